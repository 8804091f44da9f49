//! Registrations on a cluster of which a machine is away. Those whose person or phone lies on it are kept out of the group, which
//! would fail as a whole, and are answered at once; everybody else is registered.

use std::collections::{BTreeMap, BTreeSet};

use yimatong_model::ids::PersonId;

use super::attempt::{Attempts, Mode, transact};
use super::bulk;
use super::group::Job;
use super::open::Shared;
use super::reachable::{self, WITHIN, is_silence};
use super::register_many::Registration;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::error::{Outage, Result, StoreError};
use crate::keyring::person_id_of;
use crate::person::Registered;

/// Which machine of a cluster holds each phone. Run on a cluster only.
pub(super) const MACHINES_OF_PHONES: Sql = Sql::coordinator(
    "SELECT given.phone_tag, p.groupid FROM unnest($1::bytea[]) AS given (phone_tag)
     JOIN pg_dist_placement p ON p.shardid = get_shard_id_for_distribution_column('phone_claim', given.phone_tag)
     ORDER BY given.phone_tag",
);

/// The statements of this file, which have no meaning elsewhere.
#[cfg(test)]
pub(super) const ALL_ON_CLUSTERS: &[Sql] = &[MACHINES_OF_PHONES];

type Jobs = Vec<Job<Registration, Registered>>;

/// What of some registrations lies on one machine.
#[derive(Default)]
struct Held {
    people: BTreeSet<PersonId>,
    phones: BTreeSet<[u8; 32]>,
}

/// The registrations that can be done now, and those of a machine that is known to be away. Asks the coordinator, and
/// nobody while no machine is away.
pub(super) async fn part(shared: &Shared, jobs: Jobs) -> (Jobs, Jobs) {
    if !shared.is_cluster() || shared.away.is_nobody() {
        return (jobs, Vec::new());
    }
    // Whatever fails here fails again, and is told, when they are registered.
    let Ok(mut held) = held(shared, &jobs).await else { return (jobs, Vec::new()) };
    held.retain(|machine, _| shared.away.has(*machine));
    jobs.into_iter().partition(|job| {
        let (person, phone) = keys(shared, &job.work);
        !held.values().any(|held| {
            held.people.contains(&person) || phone.is_some_and(|phone| held.phones.contains(&phone))
        })
    })
}

/// Asks the machines of registrations whether they are there, all at once, each for a bounded time. One known to be away is
/// asked when it has rested, and if `asks_again`.
pub(super) async fn ask(shared: &Shared, jobs: &Jobs, asks_again: bool) {
    if !shared.is_cluster() || jobs.is_empty() {
        return;
    }
    let Ok(held) = held(shared, jobs).await else { return };
    let asked = held.iter().map(|(machine, held)| ask_one(shared, *machine, held, asks_again));
    futures_util::future::join_all(asked).await;
}

/// Answers registrations of a machine that is away.
pub(super) fn refuse(jobs: Jobs) {
    let away = "the machine of the cluster that holds this person or phone is away".to_owned();
    let error = StoreError::Unavailable(Outage::Io(away));
    jobs.into_iter().for_each(|job| job.answer(Err(error.clone())));
}

async fn ask_one(shared: &Shared, machine: i32, held: &Held, asks_again: bool) {
    if shared.away.skips(machine, asks_again) {
        return;
    }
    let people: Vec<i64> = held.people.iter().take(1).map(|person| person.as_i64()).collect();
    let phones: Vec<Vec<u8>> = held.phones.iter().take(1).map(|tag| tag.to_vec()).collect();
    let mut attempts = Attempts::new(shared, "register_person", Mode::Read).bounded(WITHIN);
    let answered = transact!(&mut attempts, tx => async {
        if people.is_empty() {
            tx.rows(&bulk::CLAIMED, &[&phones]).await.map(drop)
        } else {
            tx.rows(&bulk::TAGS, &[&people]).await.map(drop)
        }
    });
    match answered {
        Ok(()) => shared.away.note(machine, true),
        Err(error) if attempts.has_begun() && is_silence(&error) => shared.away.note(machine, false),
        // The coordinator has no connection for it: that says nothing of the machine.
        Err(_) => {}
    }
}

/// Who and what lies on each machine.
async fn held(shared: &Shared, jobs: &Jobs) -> Result<BTreeMap<i32, Held>> {
    let (people, phones): (BTreeSet<PersonId>, Vec<_>) =
        jobs.iter().map(|job| keys(shared, &job.work)).unzip();
    let phones: Vec<Vec<u8>> = phones.into_iter().flatten().map(|tag| tag.to_vec()).collect();
    transact!(shared, "register_person", Mode::Read, tx => held_by(tx, &people, &phones))
}

async fn held_by(tx: &Tx, people: &BTreeSet<PersonId>, phones: &[Vec<u8>]) -> Result<BTreeMap<i32, Held>> {
    let mut machines: BTreeMap<i32, Held> = BTreeMap::new();
    for (machine, people) in reachable::machines(tx, people).await? {
        machines.entry(machine).or_default().people.extend(people);
    }
    for row in tx.rows(&MACHINES_OF_PHONES, &[&phones]).await? {
        if let Ok(tag) = <[u8; 32]>::try_from(at::<&[u8]>(&row, 0)?) {
            machines.entry(at(&row, 1)?).or_default().phones.insert(tag);
        }
    }
    Ok(machines)
}

/// What decides where a registration lies.
fn keys(shared: &Shared, given: &Registration) -> (PersonId, Option<[u8; 32]>) {
    let person = person_id_of(&shared.keys.document_tag(&given.new.document));
    (person, given.new.phone.as_ref().map(|phone| shared.keys.phone_tag(phone)))
}
