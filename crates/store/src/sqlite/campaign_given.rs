//! The reason of a campaign: given when it is closed, taken back when that is reversed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use yimatong_model::ids::PersonId;
use yimatong_model::reason::{Reason, ReasonCode};

use super::state::person_id;
use super::tx::Tx;
use super::{audit, campaign, change, reason, sample};
use crate::campaign::{MOST_PEOPLE, TakenBack, batch_audit};
use crate::codec::ms;
use crate::error::{Noun, Problem, Result, StoreError};
use crate::rounds::Rounds;
use crate::state::PersonState;

/// The verb `give_missed`.
pub(super) fn give(
    tx: &Tx<'_>,
    number: u16,
    people: &[PersonId],
    now: Timestamp,
) -> Result<Vec<PersonState>> {
    if people.len() > MOST_PEOPLE {
        return Err(StoreError::invalid("people", Problem::TooManyRows));
    }
    let mut row = campaign::of(tx, number)?;
    let by = row.check_giving()?;
    let mut new = BTreeSet::new();
    for person in people.iter().copied().collect::<BTreeSet<_>>() {
        if !is_sampled(tx, number, person)? && is_first(tx, number, person, now)? {
            reason::add(tx, person, &Reason::new(ReasonCode::MissedRound, now))?;
            new.insert(person);
        }
    }
    if new.is_empty() {
        return Ok(Vec::new());
    }
    // Also refuses people whom nobody knows.
    let states = change::note(tx, &new, now)?;
    row.count_given(new.len())?;
    campaign::save(tx, &row)?;
    audit::append(tx, &batch_audit(&row, by, "give-missed", new.len(), now))?;
    Ok(states)
}

/// Was a sample of the person taken in this campaign after all?
fn is_sampled(tx: &Tx<'_>, number: u16, person: PersonId) -> Result<bool> {
    let rounds: Option<Vec<u8>> = tx
        .sql
        .prepare_cached("SELECT rounds FROM person WHERE person_id = ?1")?
        .query_row([person.as_i64()], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound(Noun::Person))?;
    match Rounds::decode(rounds.as_deref())?.contain(number) {
        Some(is_sampled) => Ok(is_sampled),
        None => Ok(sample::rounds_of(tx, person)?.contains(&number)),
    }
}

/// Notes that a person was given the reason; false when that is so already.
fn is_first(tx: &Tx<'_>, number: u16, person: PersonId, now: Timestamp) -> Result<bool> {
    let inserted = tx
        .sql
        .prepare_cached(
            "INSERT INTO campaign_given (person_id, campaign, since_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![person.as_i64(), number, ms(now)])?;
    Ok(inserted == 1)
}

/// The verb `take_back_missed`.
pub(super) fn take_back(tx: &Tx<'_>, number: u16, limit: usize, now: Timestamp) -> Result<TakenBack> {
    let limit = limit.clamp(1, MOST_PEOPLE);
    let mut row = campaign::of(tx, number)?;
    let by = row.check_taking_back()?;
    let people = still_given(tx, number, limit)?;
    if people.is_empty() {
        return Ok(TakenBack { states: Vec::new(), done: true });
    }
    for person in &people {
        undo(tx, number, *person, now)?;
    }
    row.undone += u32::try_from(people.len()).unwrap_or(u32::MAX);
    campaign::save(tx, &row)?;
    audit::append(tx, &batch_audit(&row, by, "take-back-missed", people.len(), now))?;
    Ok(TakenBack { states: change::note(tx, &people, now)?, done: people.len() < limit })
}

/// Takes the reason of a campaign back from somebody of whom a sample was taken before it was given, which a device told only now.
/// It ends for good; answers whether it had not ended before.
pub(super) fn release_sampled(
    tx: &Tx<'_>,
    (person, campaign, sampled): (PersonId, u16, Timestamp),
    now: Timestamp,
) -> Result<bool> {
    let released = tx
        .sql
        .prepare_cached(
            "UPDATE reason SET released_ms = ?5, until_ms = min(coalesce(until_ms, ?5), ?5)
             WHERE person_id = ?1 AND code = ?2 AND (released_ms IS NULL OR released_ms > ?5) AND since_ms =
                 (SELECT since_ms FROM campaign_given WHERE person_id = ?1 AND campaign = ?3 AND since_ms > ?4)",
        )?
        .execute(params![
            person.as_i64(),
            ReasonCode::MissedRound.as_u8(),
            campaign,
            ms(sampled),
            ms(now)
        ])?;
    Ok(released > 0)
}

fn still_given(tx: &Tx<'_>, number: u16, limit: usize) -> Result<BTreeSet<PersonId>> {
    let mut statement = tx.sql.prepare_cached(
        "SELECT person_id FROM campaign_given WHERE campaign = ?1 AND undone_ms IS NULL ORDER BY person_id LIMIT ?2",
    )?;
    let mut rows = statement.query(params![number, limit as i64])?;
    let mut people = BTreeSet::new();
    while let Some(row) = rows.next()? {
        people.insert(person_id(row.get(0)?)?);
    }
    Ok(people)
}

/// Releases the reason, unless a test has done so before. It also ends now for good: a test that is corrected later must not
/// bring it back.
fn undo(tx: &Tx<'_>, number: u16, person: PersonId, now: Timestamp) -> Result<()> {
    let since_ms: Option<i64> = tx
        .sql
        .prepare_cached(
            "UPDATE campaign_given SET undone_ms = ?3 WHERE person_id = ?1 AND campaign = ?2 RETURNING since_ms",
        )?
        .query_row(params![person.as_i64(), number, ms(now)], |row| row.get(0))
        .optional()?;
    let since_ms = since_ms.ok_or(StoreError::NotFound(Noun::Person))?;
    tx.sql
        .prepare_cached(
            "UPDATE reason SET released_ms = min(coalesce(released_ms, ?4), ?4), until_ms = min(coalesce(until_ms, ?4), ?4)
             WHERE person_id = ?1 AND code = ?2 AND since_ms = ?3",
        )?
        .execute(params![person.as_i64(), ReasonCode::MissedRound.as_u8(), since_ms, ms(now)])?;
    Ok(())
}
