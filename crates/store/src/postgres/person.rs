//! Registration and look-up of people.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use yimatong_model::document::Document;
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId, Slot};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;

use super::idempotency::{self, Once};
use super::sql::Sql;
use super::tx::{Tx, at};
use super::{change, community, slot, state};
use crate::codec::ms;
use crate::error::{Conflict, Noun, Result, StoreError, corrupt};
use crate::idempotency::Idempotency;
use crate::keyring::person_id_of;
use crate::person::{RegisterPerson, Registered};
use crate::profile::{Identity, SealedIdentity, seal_phone};
use crate::slot::{Kind, NewSlot};
use crate::state_rows::person_id;

const TAG: Sql = Sql::key("person_id", "SELECT tag FROM person WHERE person_id = $1");
const PHONE_OWNER: Sql = Sql::key("phone_tag", "SELECT person_id FROM phone_claim WHERE phone_tag = $1");
const INSERT: Sql = Sql::key(
    "person_id",
    "INSERT INTO person (person_id, tag, seq, profile, document, name, phone, nationality, community_id,
                         household_id, registered_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
);
const CLAIM_PHONE: Sql = Sql::key(
    "phone_tag",
    "INSERT INTO phone_claim (phone_tag, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
);
const NAME: Sql = Sql::key("person_id", "SELECT name FROM person WHERE person_id = $1");
const HAS_PHONE: Sql =
    Sql::key("person_id", "SELECT phone IS NOT NULL FROM person WHERE person_id = $1 FOR UPDATE");
const COMPLETE: Sql = Sql::key(
    "person_id",
    "UPDATE person SET phone = $2, community_id = coalesce($3, community_id) WHERE person_id = $1",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[TAG, PHONE_OWNER, INSERT, CLAIM_PHONE, NAME, HAS_PHONE, COMPLETE];

/// Where the tag of a document leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// To this person.
    Known(PersonId),
    /// To nobody; this id is free for it.
    Free(PersonId),
}

/// Finds a tag: its own id, or when others with the same prefix were first, one of the ids after it.
/// People are never removed one by one, so the first free id ends the search.
pub(super) async fn place(tx: &Tx, tag: &[u8; 32]) -> Result<Place> {
    let mut id = person_id_of(tag);
    loop {
        match tx.row(&TAG, &[&id.as_i64()]).await? {
            None => return Ok(Place::Free(id)),
            Some(row) if at::<&[u8]>(&row, 0)? == tag => return Ok(Place::Known(id)),
            Some(_) => id = PersonId::from_low_bits(id.get() + 1),
        }
    }
}

/// The person with a document.
pub(super) async fn find(tx: &Tx, document: &Document) -> Result<Option<PersonId>> {
    Ok(match place(tx, &tx.keys.document_tag(document)).await? {
        Place::Known(person) => Some(person),
        Place::Free(_) => None,
    })
}

/// The person with a phone.
pub(super) async fn by_phone(tx: &Tx, phone: &Phone) -> Result<Option<PersonId>> {
    let row = tx.row(&PHONE_OWNER, &[&&tx.keys.phone_tag(phone)[..]]).await?;
    row.map(|row| person_id(at(&row, 0)?)).transpose()
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

/// Inserts a person; false when somebody was registered under the id meanwhile.
pub(super) async fn insert(tx: &Tx, new: &NewPerson<'_>) -> Result<bool> {
    let inserted = tx
        .execute(
            &INSERT,
            &[
                &new.person.as_i64(),
                &&new.tag[..],
                &new.seq,
                &new.sealed.profile,
                &new.sealed.document,
                &new.sealed.name,
                &new.sealed.phone,
                &new.nationality.as_str(),
                &new.community.map(|community| i64::from(community.0)),
                &new.household.map(HouseholdId::as_i64),
                &ms(new.now),
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Claims a phone; false when it belongs to somebody else.
pub(super) async fn claim_phone(tx: &Tx, phone_tag: &[u8; 32], person: PersonId) -> Result<bool> {
    Ok(tx.execute(&CLAIM_PHONE, &[&&phone_tag[..], &person.as_i64()]).await? == 1)
}

/// Whether the name given is the one on file.
pub(super) async fn name_matches(tx: &Tx, person: PersonId, name: &PersonName) -> Result<bool> {
    let row = tx.row(&NAME, &[&person.as_i64()]).await?.ok_or(StoreError::NotFound(Noun::Person))?;
    let stored = tx.keys.open(person, "name", at(&row, 0)?)?;
    Ok(stored.ct_eq(name.as_str().as_bytes()).into())
}

#[derive(Serialize, Deserialize)]
struct Outcome {
    person: PersonId,
    slot: Option<Slot>,
    created: bool,
}

/// What is kept under the idempotency key of a registration.
pub(super) fn outcome_text(person: PersonId, slot: Option<Slot>, created: bool) -> Result<String> {
    serde_json::to_string(&Outcome { person, slot, created }).map_err(|_| corrupt("an outcome"))
}

/// The verb `register_person`.
pub(super) async fn register(tx: &Tx, new: &RegisterPerson, key: Option<Idempotency>) -> Result<Registered> {
    let (outcome, state) = match idempotency::begin::<Outcome>(tx, "register_person", key, new.now).await? {
        Once::Before(outcome) => {
            let state = state::of(tx, outcome.person).await?;
            (outcome, state)
        }
        Once::New => {
            let outcome = register_new(tx, new).await?;
            idempotency::finish(tx, key, &outcome).await?;
            let state = change::note_one(tx, outcome.person, new.now).await?;
            (outcome, state)
        }
    };
    Ok(Registered { state, slot: outcome.slot, created: outcome.created })
}

async fn register_new(tx: &Tx, new: &RegisterPerson) -> Result<Outcome> {
    community::check(tx, new.community).await?;
    let tag = tx.keys.document_tag(&new.document);
    let (person, created) = loop {
        match place(tx, &tag).await? {
            Place::Known(person) => {
                complete(tx, person, new).await?;
                break (person, false);
            }
            // Somebody else may take the id at this moment; then it is looked at again.
            Place::Free(person) if create(tx, person, &tag, new).await? => break (person, true),
            Place::Free(_) => {}
        }
    };
    if let Some(phone) = &new.phone
        && !claim_phone(tx, &tx.keys.phone_tag(phone), person).await?
    {
        return Err(Conflict::PhoneTaken.into());
    }
    let slot = match &new.device {
        None => None,
        Some(device) => {
            slot::void_all(tx, person, Kind::Device, new.now).await?;
            let slot = NewSlot { person, kind: Kind::Device, holder: None, key: Some(device), now: new.now };
            Some(slot::issue(tx, &slot).await?)
        }
    };
    Ok(Outcome { person, slot, created })
}

async fn create(tx: &Tx, person: PersonId, tag: &[u8; 32], new: &RegisterPerson) -> Result<bool> {
    let sealed = Identity::from(new).seal(&tx.keys, tx.rng.as_ref(), person)?;
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
    .await
}

/// Gives a phone to a person who is known without one: a relative or an imported person who registers now.
async fn complete(tx: &Tx, person: PersonId, new: &RegisterPerson) -> Result<()> {
    let row = tx.row(&HAS_PHONE, &[&person.as_i64()]).await?.ok_or(StoreError::NotFound(Noun::Person))?;
    let has_phone: bool = at(&row, 0)?;
    let Some(phone) = new.phone.as_ref().filter(|_| !has_phone) else {
        let owner = match &new.phone {
            Some(phone) => by_phone(tx, phone).await?,
            None => None,
        };
        return Err(Conflict::AlreadyRegistered { phone_matches: owner == Some(person) }.into());
    };
    if !name_matches(tx, person, &new.name).await? {
        return Err(Conflict::NameMismatch.into());
    }
    let sealed = seal_phone(&tx.keys, tx.rng.as_ref(), person, phone)?;
    let community = new.community.map(|community| i64::from(community.0));
    tx.execute(&COMPLETE, &[&person.as_i64(), &sealed, &community]).await?;
    Ok(())
}
