//! The feed of changed people.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::ids::PersonId;

use super::sequence;
use super::state;
use super::tx::{Tx, View};
use crate::codec::{ms, narrow};
use crate::error::Result;
use crate::sequence::{Fact, Sequence};
use crate::state::{Changes, PersonState};

/// How long change rows are kept.
const KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// Notes that people changed; answers their states, by person.
pub(super) fn note(tx: &Tx<'_>, people: &BTreeSet<PersonId>, now: Timestamp) -> Result<Vec<PersonState>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let first = sequence::take(tx, Sequence::Change, people.len())?;
    let mut states = Vec::with_capacity(people.len());
    for (seq, person) in (first..).zip(people) {
        tx.sql
            .prepare_cached("INSERT INTO change (seq, person_id, at_ms) VALUES (?1, ?2, ?3)")?
            .execute(params![seq, person.as_i64(), ms(now)])?;
        tx.sql
            .prepare_cached("UPDATE person SET seq = ?2 WHERE person_id = ?1")?
            .execute(params![person.as_i64(), seq])?;
        states.push(state::of(tx, *person)?);
    }
    Ok(states)
}

/// Notes that one person changed.
pub(super) fn note_one(tx: &Tx<'_>, person: PersonId, now: Timestamp) -> Result<()> {
    note(tx, &BTreeSet::from([person]), now).map(drop)
}

/// Takes a number for changes that are not in the feed, so that its followers load anew.
pub(super) fn outside_feed(tx: &Tx<'_>) -> Result<i64> {
    let seq = sequence::take(tx, Sequence::Change, 1)?;
    sequence::raise_fact(tx, Fact::ChangeFloor, seq)?;
    Ok(seq)
}

/// Number of the latest change.
pub(super) fn latest(view: &View<'_>) -> Result<u64> {
    narrow(sequence::next(view, Sequence::Change)? - 1, "the change sequence")
}

/// People changed after a number.
pub(super) fn since(view: &View<'_>, seq: u64, limit: usize) -> Result<Changes> {
    let after = i64::try_from(seq).unwrap_or(i64::MAX);
    let floor = sequence::fact(view, Fact::ChangeFloor)?.unwrap_or(0);
    if after < floor || after >= sequence::next(view, Sequence::Change)? {
        return Ok(Changes::TooOld);
    }
    let mut people = BTreeSet::new();
    let mut last_seq = seq;
    let mut changes =
        view.sql.prepare_cached("SELECT seq, person_id FROM change WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
    let mut rows = changes.query(params![after, i64::try_from(limit.max(1)).unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        last_seq = narrow(row.get(0)?, "a change number")?;
        people.insert(state::person_id(row.get(1)?)?);
    }
    let states = people.into_iter().map(|person| state::of(view, person)).collect::<Result<_>>()?;
    Ok(Changes::Page { states, last_seq, unreached: Vec::new() })
}

/// Removes old change rows; answers how many.
pub(super) fn purge(tx: &Tx<'_>, now: Timestamp) -> Result<usize> {
    let before = ms(now) - KEPT_MS;
    // Rows stand in order of time nearly, but clocks step back: cut at the first row that is young enough.
    let floor: i64 = tx
        .sql
        .prepare_cached(
            "SELECT coalesce((SELECT min(seq) - 1 FROM change WHERE at_ms >= ?1), (SELECT max(seq) FROM change), 0)",
        )?
        .query_row([before], |row| row.get(0))?;
    let gone = tx.sql.prepare_cached("DELETE FROM change WHERE seq <= ?1")?.execute([floor])?;
    if gone > 0 {
        sequence::raise_fact(tx, Fact::ChangeFloor, floor)?;
    }
    Ok(gone)
}
