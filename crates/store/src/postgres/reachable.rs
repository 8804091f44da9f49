//! States of people of whom some may be out of reach: on a cluster the machines that hold them are asked one by one, each for
//! a bounded time, so that the people of the others are read whatever one of them does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::Instant;
use yimatong_model::ids::PersonId;

use super::attempt::{Attempts, Mode, transact};
use super::open::Shared;
use super::sql::Sql;
use super::state;
use super::tx::{Tx, at};
use crate::deadline;
use crate::error::{Outage, Result, StoreError};
use crate::state::States;
use crate::state_rows::person_id;

/// Most people that a machine is asked for at once, and the time it has for them.
const CHUNK: usize = 500;
pub(super) const WITHIN: Duration = Duration::from_millis(500);
/// How long a machine that did not answer is left alone: finding that out anew takes each reader a moment.
const RESTS: Duration = Duration::from_secs(4);

/// Which machine of a cluster holds each person; asks the coordinator's own tables. Run on a cluster only.
pub(super) const MACHINES: Sql = Sql::coordinator(
    "SELECT given.person_id, p.groupid FROM unnest($1::bigint[]) AS given (person_id)
     JOIN pg_dist_placement p ON p.shardid = get_shard_id_for_distribution_column('person', given.person_id)
     ORDER BY given.person_id",
);
/// Changes of transactions in two phases that are not known to be over on every machine. The cluster's own row about a
/// transaction is written by that transaction, as is the change: both carry its number. Reads the changes of a week, which takes
/// a second for each some millions; asked only by registries that begin. Run on a cluster only.
pub(super) const IN_DOUBT: Sql = Sql::coordinator(
    "SELECT c.seq, c.person_id FROM change c
     WHERE c.xmin IN (SELECT d.xmin FROM pg_dist_transaction d) ORDER BY c.seq",
);

/// The statements of this file, which have no meaning elsewhere.
#[cfg(test)]
pub(super) const ALL_ON_CLUSTERS: &[Sql] = &[MACHINES, IN_DOUBT];

/// Machines, by number, that did not answer lately, with the time until which they are left alone.
#[derive(Default)]
pub(super) struct Away(Mutex<BTreeMap<i32, Instant>>);

impl Away {
    /// Whether it is not asked at all: a first reading never waits for a machine known to be away, asking again does so
    /// when it has rested.
    pub(super) fn skips(&self, machine: i32, asks_again: bool) -> bool {
        self.skips_at(machine, asks_again, Instant::now())
    }

    fn skips_at(&self, machine: i32, asks_again: bool, now: Instant) -> bool {
        self.lock().get(&machine).is_some_and(|until| !asks_again || now < *until)
    }

    /// Remembers whether it answered.
    pub(super) fn note(&self, machine: i32, answers: bool) {
        self.note_at(machine, answers, Instant::now());
    }

    fn note_at(&self, machine: i32, answers: bool, now: Instant) {
        let mut away = self.lock();
        if answers {
            away.remove(&machine);
        } else {
            away.insert(machine, now + RESTS);
        }
    }

    /// Whether it did not answer when it was asked last.
    pub(super) fn has(&self, machine: i32) -> bool {
        self.lock().contains_key(&machine)
    }

    /// Whether all machines are there, as far as is known.
    pub(super) fn is_nobody(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i32, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// The states of people; those out of reach are named. `asks_again`: they were out of reach before.
    pub(super) async fn states_of(&self, people: &BTreeSet<PersonId>, asks_again: bool) -> Result<States> {
        if people.is_empty() {
            return Ok(States::default());
        }
        if !self.is_cluster() {
            let states =
                transact!(self, "states_of", Mode::Read, tx => async { state::of_many(tx, people).await })?;
            return Ok(States { states, unreached: Vec::new() });
        }
        let machines = transact!(self, "states_of", Mode::Read, tx => async { machines(tx, people).await })?;
        let asked =
            machines.iter().map(|(machine, people)| self.states_of_machine(*machine, people, asks_again));
        let mut all = States::default();
        for part in try_join_all(asked).await? {
            all.states.extend(part.states);
            all.unreached.extend(part.unreached);
        }
        all.states.sort_unstable_by_key(|state| state.person_id);
        all.unreached.sort_unstable();
        Ok(all)
    }

    async fn states_of_machine(&self, machine: i32, people: &[PersonId], asks_again: bool) -> Result<States> {
        let mut found = States::default();
        for chunk in people.chunks(CHUNK) {
            if self.away.skips(machine, asks_again) {
                found.unreached.extend(chunk);
                continue;
            }
            let own = deadline::current().map(Instant::from_std);
            let people: BTreeSet<PersonId> = chunk.iter().copied().collect();
            // The machine's time begins when there is a connection to ask it by: waiting for one says nothing of the machine.
            let mut attempts = Attempts::new(self, "states_of", Mode::Read).bounded(WITHIN);
            let read = transact!(&mut attempts, tx => async { state::of_many(tx, &people).await });
            match read {
                Ok(states) => {
                    self.away.note(machine, true);
                    found.states.extend(states);
                }
                // The caller's time is over, which says nothing of the machine either.
                Err(StoreError::Deadline) if own.is_some_and(|own| Instant::now() >= own) => {
                    return Err(StoreError::Deadline);
                }
                Err(error) if attempts.has_begun() && is_silence(&error) => {
                    self.away.note(machine, false);
                    found.unreached.extend(chunk);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// Whether a statement that failed so may have found a machine away.
pub(super) fn is_silence(error: &StoreError) -> bool {
    matches!(error, StoreError::Deadline | StoreError::Unavailable(Outage::Io(_) | Outage::RolledBack))
}

/// The people by the machine that holds them.
pub(super) async fn machines(tx: &Tx, people: &BTreeSet<PersonId>) -> Result<BTreeMap<i32, Vec<PersonId>>> {
    let ids: Vec<i64> = people.iter().map(|person| person.as_i64()).collect();
    let mut machines: BTreeMap<i32, Vec<PersonId>> = BTreeMap::new();
    for row in tx.rows(&MACHINES, &[&ids]).await? {
        machines.entry(at(&row, 1)?).or_default().push(person_id(at(&row, 0)?)?);
    }
    Ok(machines)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio_postgres::{Client, NoTls};
    use yimatong_test_database::Database;

    use super::*;
    use crate::deadline::with_deadline;
    use crate::keyring::Keyring;
    use crate::{PostgresOptions, PostgresStore};

    /// A store of one connection, and a session of somebody else. One database stands for a machine: how its silence is taken
    /// is the same.
    async fn opened(database: &Database) -> (PostgresStore, Client) {
        #[allow(clippy::disallowed_methods, reason = "the test stands where the server's source stands")]
        let random = ring::rand::SystemRandom::new();
        let folder = tempfile::tempdir().unwrap();
        let (keys, _) = Keyring::open_or_create(&folder.path().join("keys"), &random).unwrap();
        let options = PostgresOptions { connections: 1, ..PostgresOptions::new(database.url()) };
        let store = PostgresStore::open(&options, Arc::new(keys), Arc::new(random)).await.unwrap();
        let (client, driver) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
        tokio::spawn(driver);
        (store, client)
    }

    #[tokio::test]
    async fn people_of_a_machine_that_does_not_answer_a_statement_are_out_of_reach_until_it_does() {
        let database = Database::empty();
        let (store, other) = opened(&database).await;
        let people = [PersonId::from_low_bits(1), PersonId::from_low_bits(2)];
        other.batch_execute("BEGIN; LOCK TABLE person IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let read = store.states_of_machine(1, &people, false).await.unwrap();
        assert_eq!((read.states.len(), read.unreached), (0, people.to_vec()));
        assert!(store.away.has(1) && !store.away.has(2));
        other.batch_execute("ROLLBACK").await.unwrap();
        let read = store.states_of_machine(1, &people, true).await.unwrap();
        assert_eq!(read.unreached, people, "it rests");
        store.away.note_at(1, false, Instant::now() - RESTS);
        let read = store.states_of_machine(1, &people, true).await.unwrap();
        assert!(read.unreached.is_empty() && !store.away.has(1));
    }

    #[tokio::test]
    async fn a_full_pool_makes_no_machine_away() {
        let database = Database::empty();
        let (store, _other) = opened(&database).await;
        let only = store.pool.lease(None).await.unwrap();
        let deadline = (Instant::now() + WITHIN * 2).into_std();
        let people = [PersonId::from_low_bits(1)];
        let late = with_deadline(deadline, store.states_of_machine(1, &people, false)).await;
        assert_eq!(late.unwrap_err(), StoreError::Deadline);
        assert!(store.away.is_nobody());
        drop(only);
        assert!(store.states_of_machine(1, &people, false).await.unwrap().unreached.is_empty());
    }

    #[tokio::test]
    async fn a_machine_that_did_not_answer_is_left_alone_and_only_asked_again_by_who_asks_again() {
        let (away, now) = (Away::default(), Instant::now());
        assert!(!away.skips_at(1, false, now));
        away.note_at(1, false, now);
        assert!(away.skips_at(1, false, now) && away.skips_at(1, true, now) && !away.skips_at(2, false, now));
        assert!(away.skips_at(1, false, now + RESTS), "nobody waits for it but who asks again");
        assert!(!away.skips_at(1, true, now + RESTS));
        away.note_at(1, true, now + RESTS);
        assert!(!away.skips_at(1, false, now + RESTS));
    }
}
