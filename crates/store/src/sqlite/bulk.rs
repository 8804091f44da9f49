//! Bulk import: people are sealed on all cores outside the transaction, then inserted in key order.

use std::collections::BTreeSet;
use std::thread;

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId};
use yimatong_model::test_result::TestResult;

use super::codec::{day_number, ms};
use super::person::{Place, claim_phone, place};
use super::profile::{Identity, SealedIdentity};
use super::result::{encode_latest, insert as insert_result};
use super::tx::{Random, Tx};
use super::{change, community, reason};
use crate::error::{Noun, Result, StoreError};
use crate::keyring::{Keyring, person_id_of};
use crate::person::{ImportPerson, Imported};

/// A person ready to insert under the id of the tag.
pub(super) struct Prepared {
    /// Place in the batch.
    index: usize,
    given: ImportPerson,
    tag: [u8; 32],
    phone_tag: Option<[u8; 32]>,
    sealed: SealedIdentity,
}

/// Computes tags and seals columns of a batch; answers it in order of ids.
pub(super) fn prepare(keys: &Keyring, rng: &Random, people: Vec<ImportPerson>) -> Result<Vec<Prepared>> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = people.len().div_ceil(threads).max(1);
    let mut shares: Vec<Vec<(usize, ImportPerson)>> = Vec::with_capacity(threads);
    let mut people = people.into_iter().enumerate().peekable();
    while people.peek().is_some() {
        shares.push(people.by_ref().take(share).collect());
    }
    let mut prepared = thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .map(|share| {
                scope.spawn(move || {
                    share
                        .into_iter()
                        .map(|(index, given)| one(keys, rng, index, given))
                        .collect::<Result<Vec<_>>>()
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(share) => all.append(&mut share?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, StoreError>(all)
    })?;
    prepared.sort_unstable_by_key(|person| (person_id_of(&person.tag), person.index));
    Ok(prepared)
}

fn one(keys: &Keyring, rng: &Random, index: usize, given: ImportPerson) -> Result<Prepared> {
    let tag = keys.document_tag(&given.person.document);
    let phone_tag = given.person.phone.as_ref().map(|phone| keys.phone_tag(phone));
    let sealed = identity(&given).seal(keys, rng, person_id_of(&tag))?;
    Ok(Prepared { index, given, tag, phone_tag, sealed })
}

fn identity(given: &ImportPerson) -> Identity<'_> {
    let person = &given.person;
    Identity {
        document: &person.document,
        name: &person.name,
        phone: person.phone.as_ref(),
        birth_date: person.birth_date,
        sex: person.sex,
    }
}

/// The verb `import_people`.
pub(super) fn import(tx: &Tx<'_>, people: &[Prepared], now: Timestamp) -> Result<Imported> {
    check_communities(tx, people)?;
    let seq = change::outside_feed(tx)?;
    let mut ids = vec![PersonId::from_low_bits(0); people.len()];
    let mut phones = Vec::new();
    let mut created = 0;
    for person in people {
        // Inserted one by one, so that a second person of the batch with the same prefix finds the id taken.
        let own = person_id_of(&person.tag);
        let (id, inserted) = if insert(tx, own, person, seq, now)? {
            (own, true)
        } else {
            match place(tx, &person.tag)? {
                Place::Known(id) => (id, false),
                Place::Free(id) => (id, insert(tx, id, person, seq, now)?),
            }
        };
        ids[person.index] = id;
        if inserted {
            phones.extend(person.phone_tag.map(|tag| (tag, id)));
            created += 1;
        }
    }
    let phones_taken = claim_phones(tx, phones)?;
    Ok(Imported { people: ids, created, phones_taken })
}

fn check_communities(tx: &Tx<'_>, people: &[Prepared]) -> Result<()> {
    let named: BTreeSet<CommunityId> =
        people.iter().filter_map(|person| person.given.person.community).collect();
    for community in named {
        if !community::exists(tx, community)? {
            return Err(StoreError::NotFound(Noun::Community));
        }
    }
    Ok(())
}

/// Inserts a person with all that comes along; false, and nothing is done, when the id is taken.
fn insert(tx: &Tx<'_>, id: PersonId, person: &Prepared, seq: i64, now: Timestamp) -> Result<bool> {
    // Values are bound to the id: a person whose own id was taken is sealed again for the next one.
    let sealed_again = (id != person_id_of(&person.tag))
        .then(|| identity(&person.given).seal(tx.keys, tx.rng, id))
        .transpose()?;
    let sealed = sealed_again.as_ref().unwrap_or(&person.sealed);
    let given = &person.given;
    let mut results: Vec<TestResult> = given.results.clone();
    results.sort_by_key(|result| std::cmp::Reverse(result.sampled));
    let inserted = tx
        .sql
        .prepare_cached(
            "INSERT INTO person (person_id, tag, seq, profile, document, name, phone, nationality, community_id,
                                 household_id, registered_ms, latest_results, doses, last_dose_day)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            id.as_i64(),
            person.tag,
            seq,
            sealed.profile,
            sealed.document,
            sealed.name,
            sealed.phone,
            given.person.nationality.as_str(),
            given.person.community.map(|community| community.0),
            given.person.household.map(HouseholdId::as_i64),
            ms(now),
            (!results.is_empty()).then(|| encode_latest(&results)),
            given.vaccination.map(|vaccination| vaccination.doses),
            given.vaccination.map(|vaccination| day_number(vaccination.last))
        ])?;
    if inserted == 0 {
        return Ok(false);
    }
    for (number, result) in (0..).zip(&results) {
        insert_result(tx, id, &imported_result_id(id, number), result)?;
    }
    for given in &given.reasons {
        reason::add(tx, id, given)?;
    }
    Ok(true)
}

/// Imported results have no id of a lab: person and place in the list name them.
fn imported_result_id(person: PersonId, number: u64) -> [u8; 16] {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&person.get().to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    id
}

/// Claims the phones of new people in key order; answers how many were taken and left out.
fn claim_phones(tx: &Tx<'_>, mut phones: Vec<([u8; 32], PersonId)>) -> Result<usize> {
    phones.sort_unstable();
    let mut taken = 0;
    for (tag, person) in &phones {
        if !claim_phone(tx, tag, *person)? {
            taken += 1;
            tx.sql
                .prepare_cached("UPDATE person SET phone = NULL WHERE person_id = ?1")?
                .execute([person.as_i64()])?;
        }
    }
    Ok(taken)
}
