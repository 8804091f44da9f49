//! Registration and look-up of people.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use yimatong_model::document::Document;
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId, Slot};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;

use super::idempotency::once;
use super::slot;
use super::state::{self, person_id};
use super::tx::{Tx, View};
use super::{change, community};
use crate::codec::ms;
use crate::error::{Conflict, Result};
use crate::idempotency::Idempotency;
use crate::keyring::person_id_of;
use crate::person::{RegisterPerson, Registered};
use crate::profile::{Identity, SealedIdentity, seal_phone};
use crate::slot::{Kind, NewSlot};

/// Where the tag of a document leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To this person.
    Known(PersonId),
    /// To nobody; this id is free for it.
    Free(PersonId),
}

/// Finds a tag: its own id, or when others with the same prefix were first, one of the ids after it.
/// People are never removed one by one, so the first free id ends the search.
pub(super) fn place(view: &View<'_>, tag: &[u8; 32]) -> Result<Place> {
    let mut id = person_id_of(tag);
    let mut tags = view.sql.prepare_cached("SELECT tag FROM person WHERE person_id = ?1")?;
    loop {
        match tags.query_row([id.as_i64()], |row| row.get::<_, Vec<u8>>(0)).optional()? {
            None => return Ok(Place::Free(id)),
            Some(stored) if stored == tag => return Ok(Place::Known(id)),
            Some(_) => id = PersonId::from_low_bits(id.get() + 1),
        }
    }
}

/// The person with a document.
pub(super) fn find(view: &View<'_>, document: &Document) -> Result<Option<PersonId>> {
    Ok(match place(view, &view.keys.document_tag(document))? {
        Place::Known(person) => Some(person),
        Place::Free(_) => None,
    })
}

/// The person with a phone.
pub(super) fn by_phone(view: &View<'_>, phone: &Phone) -> Result<Option<PersonId>> {
    view.sql
        .prepare_cached("SELECT person_id FROM phone_claim WHERE phone_tag = ?1")?
        .query_row([view.keys.phone_tag(phone)], |row| row.get(0))
        .optional()?
        .map(person_id)
        .transpose()
}

/// A row of the person table.
pub(super) struct NewPerson<'a> {
    pub(super) person: PersonId,
    pub(super) tag: &'a [u8; 32],
    pub(super) seq: i64,
    pub(super) sealed: &'a SealedIdentity,
    pub(super) nationality: Nationality,
    pub(super) community: Option<CommunityId>,
    pub(super) household: Option<HouseholdId>,
    pub(super) now: Timestamp,
}

/// Inserts a person.
pub(super) fn insert(tx: &Tx<'_>, new: &NewPerson<'_>) -> Result<()> {
    tx.sql
        .prepare_cached(
            "INSERT INTO person (person_id, tag, seq, profile, document, name, phone, nationality, community_id,
                                 household_id, registered_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            new.person.as_i64(),
            new.tag,
            new.seq,
            new.sealed.profile,
            new.sealed.document,
            new.sealed.name,
            new.sealed.phone,
            new.nationality.as_str(),
            new.community.map(|community| community.0),
            new.household.map(HouseholdId::as_i64),
            ms(new.now)
        ])?;
    Ok(())
}

/// Claims a phone; false when it belongs to somebody else.
pub(super) fn claim_phone(tx: &Tx<'_>, phone_tag: &[u8; 32], person: PersonId) -> Result<bool> {
    let inserted = tx
        .sql
        .prepare_cached(
            "INSERT INTO phone_claim (phone_tag, person_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )?
        .execute(params![phone_tag, person.as_i64()])?;
    Ok(inserted == 1)
}

/// Whether the name given is the one on file.
pub(super) fn name_matches(view: &View<'_>, person: PersonId, name: &PersonName) -> Result<bool> {
    let sealed: Vec<u8> = view
        .sql
        .prepare_cached("SELECT name FROM person WHERE person_id = ?1")?
        .query_row([person.as_i64()], |row| row.get(0))?;
    let stored = view.keys.open(person, "name", &sealed)?;
    Ok(stored.ct_eq(name.as_str().as_bytes()).into())
}

#[derive(Serialize, Deserialize)]
struct Outcome {
    person: PersonId,
    slot: Option<Slot>,
    created: bool,
}

/// The verb `register_person`.
pub(super) fn register(tx: &Tx<'_>, new: &RegisterPerson, key: Option<Idempotency>) -> Result<Registered> {
    let outcome = once(tx, "register_person", key, new.now, || {
        community::check(tx, new.community)?;
        let tag = tx.keys.document_tag(&new.document);
        let (person, created) = match place(tx, &tag)? {
            Place::Free(person) => {
                create(tx, person, &tag, new)?;
                (person, true)
            }
            Place::Known(person) => {
                complete(tx, person, new)?;
                (person, false)
            }
        };
        let slot = new.device.as_ref().map(|device| {
            slot::void_all(tx, person, Kind::Device, new.now)?;
            let slot = NewSlot { person, kind: Kind::Device, holder: None, key: Some(device), now: new.now };
            slot::issue(tx, &slot)
        });
        let slot = slot.transpose()?;
        change::note_one(tx, person, new.now)?;
        Ok(Outcome { person, slot, created })
    })?;
    let state = state::of(tx, outcome.person)?;
    Ok(Registered { state, slot: outcome.slot, created: outcome.created })
}

fn create(tx: &Tx<'_>, person: PersonId, tag: &[u8; 32], new: &RegisterPerson) -> Result<()> {
    if let Some(phone) = &new.phone
        && !claim_phone(tx, &tx.keys.phone_tag(phone), person)?
    {
        return Err(Conflict::PhoneTaken.into());
    }
    let sealed = Identity::from(new).seal(tx.keys, tx.rng, person)?;
    insert(
        tx,
        &NewPerson {
            person,
            tag,
            seq: 0,
            sealed: &sealed,
            nationality: new.nationality,
            community: new.community,
            household: None,
            now: new.now,
        },
    )
}

/// Gives a phone to a person who is known without one: a relative or an imported person who registers now.
fn complete(tx: &Tx<'_>, person: PersonId, new: &RegisterPerson) -> Result<()> {
    let has_phone: bool = tx
        .sql
        .prepare_cached("SELECT phone IS NOT NULL FROM person WHERE person_id = ?1")?
        .query_row([person.as_i64()], |row| row.get(0))?;
    let Some(phone) = new.phone.as_ref().filter(|_| !has_phone) else {
        let owner = new.phone.as_ref().map(|phone| by_phone(tx, phone)).transpose()?.flatten();
        return Err(Conflict::AlreadyRegistered { phone_matches: owner == Some(person) }.into());
    };
    if !name_matches(tx, person, &new.name)? {
        return Err(Conflict::NameMismatch.into());
    }
    if !claim_phone(tx, &tx.keys.phone_tag(phone), person)? {
        return Err(Conflict::PhoneTaken.into());
    }
    tx.sql
        .prepare_cached(
            "UPDATE person SET phone = ?2, community_id = coalesce(?3, community_id) WHERE person_id = ?1",
        )?
        .execute(params![
            person.as_i64(),
            seal_phone(tx.keys, tx.rng, person, phone)?,
            new.community.map(|community| community.0)
        ])?;
    Ok(())
}
