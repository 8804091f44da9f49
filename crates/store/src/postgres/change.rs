//! The feed of changed people that the registry of every node follows.
//!
//! No follower may pass a number whose change it has not seen, whoever commits first.
//!
//! *One database*: numbers come from one row (`sequence`, name `change`), which a transaction locks until its commit is
//! visible. So a higher number is given out only after every lower one is visible or rolled back, and whoever reads a
//! number has read all below it. To keep the lock short it is taken last, right before the commit.
//!
//! *A cluster*: `sequence` and `change` lie on the coordinator and become visible together, but the person's shard may
//! commit a moment later (two-phase commit without a common snapshot). Each change also writes its number to the person's
//! row (`person.seq`), on the same shard as everything else of that person. A reader therefore compares: where the
//! person's row is older than the change, the change has not arrived, and the page ends before it. The numbers of
//! transactions that are in doubt come with the cluster's own recovery.
//!
//! Numbers by transaction id were considered (no lock row): they need one clock of transactions, which a cluster lacks.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join;
use jiff::Timestamp;
use yimatong_model::ids::PersonId;

use super::attempt::{Mode, transact};
use super::open::Shared;
use super::reachable::IN_DOUBT;
use super::sequence;
use super::sql::{PURGED_AT_ONCE, Sql};
use super::state;
use super::tx::{Parameter, Tx, at};
use crate::codec::{ms, narrow};
use crate::error::{Noun, Result, StoreError, corrupt};
use crate::sequence::{Fact, Sequence};
use crate::state::{Changes, PersonState, States, Unreached};
use crate::state_rows::person_id;

/// How long change rows are kept.
const KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// Most people in one statement.
const CHUNK: usize = 1_000;

const INSERT: Sql = Sql::coordinator(
    "INSERT INTO change (seq, person_id, at_ms)
     SELECT seq, person_id, $3::bigint FROM unnest($1::bigint[], $2::bigint[]) AS new (seq, person_id)",
);
const NUMBER_ONE: Sql = Sql::key("person_id", "UPDATE person SET seq = $2 WHERE person_id = $1");
const NUMBER_MANY: Sql = Sql::keys(
    "person_id",
    "UPDATE person SET seq = new.seq FROM unnest($1::bigint[], $2::bigint[]) AS new (person_id, seq)
     WHERE person.person_id = new.person_id AND person.person_id = ANY($1)",
);
/// The name of a log file begins with the number of the timeline: another one after a replica has taken over or the
/// database was put back to a moment (PostgreSQL, "Continuous Archiving", timelines).
const TIMELINE: Sql =
    Sql::coordinator("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM sequence WHERE name = $1");
const SINCE: Sql = Sql::coordinator("SELECT seq, person_id FROM change WHERE seq > $1 ORDER BY seq LIMIT $2");
const ARRIVED: Sql =
    Sql::keys("person_id", "SELECT person_id, seq FROM person WHERE person_id = ANY($1) ORDER BY person_id");
const OLD: Sql = Sql::coordinator(
    "SELECT coalesce((SELECT min(seq) - 1 FROM change WHERE at_ms >= $1), (SELECT max(seq) FROM change), 0)",
);
const DELETE: Sql = Sql::coordinator(
    "DELETE FROM change WHERE seq IN (SELECT seq FROM change WHERE seq <= $1 ORDER BY seq LIMIT $2)",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[INSERT, NUMBER_ONE, NUMBER_MANY, TIMELINE, SINCE, ARRIVED, OLD, DELETE];

/// Notes that people changed; answers their states, by person. The last thing a verb does, and the people are locked. From
/// the number on every other change of the city waits, so whatever can be read or written before, is.
pub(super) async fn note(tx: &Tx, people: &BTreeSet<PersonId>, now: Timestamp) -> Result<Vec<PersonState>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut states = state::of_many(tx, people).await?;
    let numbers: BTreeMap<PersonId, i64> =
        people.iter().copied().zip(number(tx, people, now).await?..).collect();
    for state in &mut states {
        let number = numbers.get(&state.person_id).copied().ok_or_else(|| corrupt("a state"))?;
        state.seq = narrow(number, "a change number")?;
    }
    Ok(states)
}

/// Notes that one person changed; answers the state.
pub(super) async fn note_one(tx: &Tx, person: PersonId, now: Timestamp) -> Result<PersonState> {
    let states = note(tx, &BTreeSet::from([person]), now).await?;
    states.into_iter().next().ok_or(StoreError::NotFound(Noun::Person))
}

/// Numbers the people in their order; answers the first number.
async fn number(tx: &Tx, people: &BTreeSet<PersonId>, now: Timestamp) -> Result<i64> {
    let ids: Vec<i64> = people.iter().map(|person| person.as_i64()).collect();
    let first = sequence::take(tx, Sequence::Change, ids.len()).await?;
    let numbers: Vec<i64> = (first..).take(ids.len()).collect();
    for (ids, numbers) in ids.chunks(CHUNK).zip(numbers.chunks(CHUNK)) {
        let at_ms = ms(now);
        let inserted: [Parameter<'_>; 3] = [&numbers, &ids, &at_ms];
        let (sql, numbered): (_, [Parameter<'_>; 2]) = match (ids, numbers) {
            ([person], [seq]) => (&NUMBER_ONE, [person, seq]),
            _ => (&NUMBER_MANY, [&ids, &numbers]),
        };
        try_join(tx.execute(&INSERT, &inserted), tx.execute(sql, &numbered)).await?;
    }
    Ok(first)
}

/// Appends changes whose people are written with their numbers.
pub(super) async fn append(tx: &Tx, seqs: &[i64], people: &[i64], at_ms: i64) -> Result<()> {
    tx.execute(&INSERT, &[&seqs, &people, &at_ms]).await?;
    Ok(())
}

/// Number of the latest change that has arrived with all before it.
pub(super) async fn latest(tx: &Tx) -> Result<u64> {
    let latest = sequence::next(tx, Sequence::Change).await? - 1;
    if !tx.is_cluster {
        return narrow(latest, "the change sequence");
    }
    let changes = in_doubt(tx).await?;
    let people: BTreeSet<i64> = changes.iter().map(|(_, person)| *person).collect();
    let people: Vec<i64> = people.into_iter().collect();
    let mut arrived = BTreeMap::new();
    for people in people.chunks(CHUNK) {
        for row in tx.rows(&ARRIVED, &[&people]).await? {
            arrived.insert(at::<i64>(&row, 0)?, at::<i64>(&row, 1)?);
        }
    }
    let end = end_of_arrived(&changes, &arrived).unwrap_or(latest);
    narrow(end, "the change sequence")
}

/// Numbers and people of changes that may not have arrived: those of transactions that a cluster has not tidied up.
async fn in_doubt(tx: &Tx) -> Result<Vec<(i64, i64)>> {
    let rows = tx.rows(&IN_DOUBT, &[]).await?;
    rows.iter().map(|row| Ok((at(row, 0)?, at(row, 1)?))).collect()
}

/// The last number before the first change that has not arrived; none when all have.
fn end_of_arrived(changes: &[(i64, i64)], arrived: &BTreeMap<i64, i64>) -> Option<i64> {
    let missing = |(seq, person): &&(i64, i64)| arrived.get(person).is_none_or(|at| at < seq);
    changes.iter().filter(missing).map(|(seq, _)| seq - 1).min()
}

/// Which history the numbers belong to.
pub(super) async fn epoch(tx: &Tx) -> Result<u32> {
    let row = tx.row(&TIMELINE, &[&Sequence::Change.name()]).await?.ok_or_else(|| corrupt("a sequence"))?;
    u32::from_str_radix(at(&row, 0)?, 16).map_err(|_| corrupt("the name of a log file"))
}

/// Numbers and people of changes, by number; none when the feed does not go back that far.
type Numbers = Option<Vec<(i64, i64)>>;

/// The verb `changes_since`.
pub(super) async fn since(store: &Shared, seq: u64, limit: usize) -> Result<Changes> {
    if !store.is_cluster() {
        return transact!(store, "changes_since", Mode::Read, tx => async {
            let Some(changes) = numbers(tx, seq, limit).await? else { return Ok(Changes::TooOld) };
            let states = state::of_many(tx, &people_of(&changes)?).await?;
            page(seq, changes, States { states, unreached: Vec::new() })
        });
    }
    // Shards have no common snapshot anyway: people are read after the numbers, each machine's on their own.
    let changes = transact!(store, "changes_since", Mode::Read, tx => numbers(tx, seq, limit))?;
    let Some(changes) = changes else { return Ok(Changes::TooOld) };
    let states = store.states_of(&people_of(&changes)?, false).await?;
    page(seq, changes, states)
}

fn people_of(changes: &[(i64, i64)]) -> Result<BTreeSet<PersonId>> {
    changes.iter().map(|(_, person)| person_id(*person)).collect()
}

async fn numbers(tx: &Tx, seq: u64, limit: usize) -> Result<Numbers> {
    let after = i64::try_from(seq).unwrap_or(i64::MAX);
    let floor = sequence::fact(tx, Fact::ChangeFloor).await?.unwrap_or(0);
    if after < floor || after >= sequence::next(tx, Sequence::Change).await? {
        return Ok(None);
    }
    let most = i64::try_from(limit.max(1)).unwrap_or(i64::MAX);
    let mut changes: Vec<(i64, i64)> = Vec::new();
    for row in tx.rows(&SINCE, &[&after, &most]).await? {
        changes.push((at(&row, 0)?, at(&row, 1)?));
    }
    Ok(Some(changes))
}

/// The page of changes and the states that could be read. People out of reach don't end it: they are asked for again.
fn page(seq: u64, mut changes: Vec<(i64, i64)>, read: States) -> Result<Changes> {
    let States { mut states, unreached } = read;
    let mut arrived = BTreeMap::new();
    for state in &states {
        arrived.insert(state.person_id.as_i64(), i64::try_from(state.seq).unwrap_or(i64::MAX));
    }
    arrived.extend(unreached.iter().map(|person| (person.as_i64(), i64::MAX)));
    if let Some(end) = end_of_arrived(&changes, &arrived) {
        changes.retain(|(seq, _)| *seq <= end);
    }
    // Of several changes of a person the last number stays.
    let latest: BTreeMap<i64, i64> = changes.iter().map(|(seq, person)| (*person, *seq)).collect();
    states.retain(|state| latest.contains_key(&state.person_id.as_i64()));
    let unreached = unreached.into_iter().filter_map(|person| {
        let seq = u64::try_from(*latest.get(&person.as_i64())?).ok()?;
        Some(Unreached { person, seq })
    });
    let last_seq = match changes.last() {
        Some((seq, _)) => narrow(*seq, "a change number")?,
        None => seq,
    };
    Ok(Changes::Page { states, last_seq, unreached: unreached.collect() })
}

/// Removes old change rows, [`PURGED_AT_ONCE`] at most; answers how many.
pub(super) async fn purge(tx: &Tx, now: Timestamp) -> Result<u64> {
    // Rows stand in order of time nearly, but clocks step back: cut at the first row that is young enough.
    let row = tx.row(&OLD, &[&(ms(now) - KEPT_MS)]).await?;
    let floor: i64 = row.map_or(Ok(0), |row| at(&row, 0))?;
    let gone = tx.execute(&DELETE, &[&floor, &PURGED_AT_ONCE]).await?;
    if gone > 0 {
        sequence::raise_fact(tx, Fact::ChangeFloor, floor).await?;
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_before_the_first_change_that_has_not_arrived() {
        let changes = [(7, 1), (8, 2), (9, 1), (10, 3)];
        let arrived = |pairs: &[(i64, i64)]| pairs.iter().copied().collect::<BTreeMap<_, _>>();
        assert_eq!(end_of_arrived(&changes, &arrived(&[(1, 9), (2, 8), (3, 12)])), None);
        assert_eq!(end_of_arrived(&changes, &arrived(&[(1, 7), (2, 8), (3, 12)])), Some(8));
        assert_eq!(end_of_arrived(&changes, &arrived(&[(1, 9), (3, 12)])), Some(7), "nobody is there yet");
        assert_eq!(end_of_arrived(&[], &arrived(&[])), None);
    }

    #[test]
    fn people_out_of_reach_are_named_with_their_latest_number_and_hold_up_nobody() {
        let changes = vec![(7, 1), (8, 2), (9, 1), (10, 3)];
        let unreached =
            vec![PersonId::from_low_bits(1), PersonId::from_low_bits(2), PersonId::from_low_bits(3)];
        let Changes::Page { last_seq, unreached, .. } =
            page(6, changes.clone(), States { states: Vec::new(), unreached }).unwrap()
        else {
            panic!()
        };
        let named: Vec<_> = unreached.iter().map(|missed| (missed.person.as_i64(), missed.seq)).collect();
        assert_eq!((last_seq, named), (10, vec![(1, 9), (2, 8), (3, 10)]));
        let unreached = vec![PersonId::from_low_bits(1), PersonId::from_low_bits(3)];
        let Changes::Page { last_seq, unreached, .. } =
            page(6, changes, States { states: Vec::new(), unreached }).unwrap()
        else {
            panic!()
        };
        let named: Vec<_> = unreached.iter().map(|missed| (missed.person.as_i64(), missed.seq)).collect();
        assert_eq!(
            (last_seq, named),
            (7, vec![(1, 7)]),
            "a change that has not arrived ends the page all the same"
        );
    }
}
