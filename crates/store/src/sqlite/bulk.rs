//! Bulk import: people that were sealed beforehand are inserted in key order.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId};
use yimatong_model::test_result::TestResult;

use super::person::{Place, claim_phone, place};
use super::result::insert as insert_result;
use super::tx::Tx;
use super::{change, community, reason};
use crate::bulk::{Prepared, imported_result_id};
use crate::codec::{day_number, ms};
use crate::error::Result;
use crate::keyring::person_id_of;
use crate::latest_results::encode_latest;
use crate::person::Imported;

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
        community::check(tx, Some(community))?;
    }
    Ok(())
}

/// Inserts a person with all that comes along; false, and nothing is done, when the id is taken.
fn insert(tx: &Tx<'_>, id: PersonId, person: &Prepared, seq: i64, now: Timestamp) -> Result<bool> {
    let sealed = person.sealed_for(tx.keys, tx.rng, id)?;
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
        insert_result(tx, id, &imported_result_id(id, number), result, None)?;
    }
    for given in &given.reasons {
        reason::add(tx, id, given)?;
    }
    Ok(true)
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
