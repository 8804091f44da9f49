//! Relatives and the slots under which holders show their codes.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use yimatong_model::ids::{PersonId, Slot};

use super::idempotency::{self, Once};
use super::person::{self, NewPerson, Place, name_matches, place};
use super::sql::Sql;
use super::tx::{Tx, at};
use super::{change, community, slot, state};
use crate::codec::{instant, ms, narrow};
use crate::error::{Conflict, Noun, Problem, Result, StoreError, corrupt};
use crate::idempotency::Idempotency;
use crate::person_file::PersonLink;
use crate::profile::Identity;
use crate::relative::{
    AddRelative, MOST_HOLDERS, MOST_RELATIVES, RelativeAdded, RelativeRemoved, RelativeRow,
};
use crate::slot::{Kind, NewSlot};
use crate::state_rows::{person_id, relation_of};

const INSERT: Sql = Sql::key(
    "person_id",
    "INSERT INTO relative (person_id, relative_id, relation, slot, added_ms) VALUES ($1, $2, $3, $4, $5)",
);
const INSERT_HOLDER: Sql =
    Sql::key("person_id", "INSERT INTO relative_holder (person_id, holder_id, relation) VALUES ($1, $2, $3)");
const RENEW: Sql =
    Sql::key("person_id", "UPDATE relative SET slot = $3 WHERE person_id = $1 AND relative_id = $2");
const DELETE: Sql = Sql::key("person_id", "DELETE FROM relative WHERE person_id = $1 AND relative_id = $2");
const DELETE_HOLDER: Sql =
    Sql::key("person_id", "DELETE FROM relative_holder WHERE person_id = $1 AND holder_id = $2");
const OF_HOLDER: Sql = Sql::key(
    "person_id",
    "SELECT relative_id, relation, slot, added_ms FROM relative WHERE person_id = $1 ORDER BY added_ms, slot",
);
const HOLDERS_OF: Sql = Sql::key(
    "person_id",
    "SELECT holder_id, relation FROM relative_holder WHERE person_id = $1 ORDER BY holder_id",
);
const LINK_SLOT: Sql =
    Sql::key("person_id", "SELECT slot FROM relative WHERE person_id = $1 AND relative_id = $2");
const COUNT: Sql = Sql::key("person_id", "SELECT count(*) FROM relative WHERE person_id = $1");
const COUNT_HOLDERS: Sql = Sql::key("person_id", "SELECT count(*) FROM relative_holder WHERE person_id = $1");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[
    INSERT,
    INSERT_HOLDER,
    RENEW,
    DELETE,
    DELETE_HOLDER,
    OF_HOLDER,
    HOLDERS_OF,
    LINK_SLOT,
    COUNT,
    COUNT_HOLDERS,
];

#[derive(Serialize, Deserialize)]
struct Outcome {
    person: PersonId,
    slot: Slot,
    created: bool,
}

/// The verb `add_relative`.
pub(super) async fn add(tx: &Tx, new: &AddRelative, key: Option<Idempotency>) -> Result<RelativeAdded> {
    let (outcome, state) = match idempotency::begin::<Outcome>(tx, "add_relative", key, new.now).await? {
        Once::Before(outcome) => {
            let state = state::of(tx, outcome.person).await?;
            (outcome, state)
        }
        Once::New => {
            let outcome = add_new(tx, new).await?;
            idempotency::finish(tx, key, &outcome).await?;
            let state = change::note_one(tx, outcome.person, new.now).await?;
            (outcome, state)
        }
    };
    Ok(RelativeAdded { state, slot: outcome.slot, created: outcome.created })
}

async fn add_new(tx: &Tx, new: &AddRelative) -> Result<Outcome> {
    let tag = tx.keys.document_tag(&new.document);
    let found = place(tx, &tag).await?;
    if !lock_both(tx, new.holder, found).await? {
        return Err(StoreError::NotFound(Noun::Person));
    }
    if matches!(found, Place::Known(known) if known == new.holder) {
        return Err(StoreError::invalid("document", Problem::SamePerson));
    }
    let on_file = match found {
        Place::Known(relative) => state::of(tx, relative).await?.birth_date,
        Place::Free(_) => None,
    };
    new.check_age(on_file)?;
    let relative = match found {
        Place::Known(relative) => {
            check_known(tx, relative, new).await?;
            relative
        }
        Place::Free(relative) => relative,
    };
    if count(tx, &COUNT, new.holder).await? >= MOST_RELATIVES {
        return Err(Conflict::TooManyRelatives.into());
    }
    let created = matches!(found, Place::Free(_));
    if created {
        create(tx, relative, &tag, new).await?;
    }
    Ok(Outcome { person: relative, slot: link(tx, relative, new).await?, created })
}

/// Locks both, the lower id first, so that two families never wait for each other; false when the holder is nobody.
async fn lock_both(tx: &Tx, holder: PersonId, relative: Place) -> Result<bool> {
    match relative {
        Place::Known(relative) if relative < holder => {
            state::lock(tx, relative).await?;
            state::lock(tx, holder).await
        }
        Place::Known(relative) => {
            let found = state::lock(tx, holder).await?;
            state::lock(tx, relative).await?;
            Ok(found)
        }
        Place::Free(_) => state::lock(tx, holder).await,
    }
}

/// Refuses a known person who can't be linked.
async fn check_known(tx: &Tx, relative: PersonId, new: &AddRelative) -> Result<()> {
    if !name_matches(tx, relative, &new.name).await? {
        return Err(Conflict::NameMismatch.into());
    }
    if link_slot(tx, new.holder, relative).await?.is_some() {
        return Err(Conflict::AlreadyLinked.into());
    }
    if count(tx, &COUNT_HOLDERS, relative).await? >= MOST_HOLDERS {
        return Err(Conflict::TooManyHolders.into());
    }
    Ok(())
}

async fn create(tx: &Tx, relative: PersonId, tag: &[u8; 32], new: &AddRelative) -> Result<()> {
    community::check(tx, new.community).await?;
    let sealed = Identity::from(new).seal(&tx.keys, tx.rng.as_ref(), relative)?;
    let row = NewPerson {
        person: relative,
        tag,
        seq: 0,
        sealed: &sealed,
        nationality: new.nationality,
        community: new.community,
        household: None,
        now: new.now,
    };
    if person::insert(tx, &row).await? {
        return Ok(());
    }
    // Registered by somebody else at this very moment: asked again, the person is known.
    Err(tx.clash())
}

async fn link(tx: &Tx, relative: PersonId, new: &AddRelative) -> Result<Slot> {
    let slot =
        NewSlot { person: relative, kind: Kind::Relative, holder: Some(new.holder), key: None, now: new.now };
    let slot = slot::issue(tx, &slot).await?;
    let (holder, id) = (new.holder.as_i64(), relative.as_i64());
    let relation = i64::from(new.relation as u8);
    tx.execute(&INSERT, &[&holder, &id, &relation, &i64::from(slot.0), &ms(new.now)]).await?;
    tx.execute(&INSERT_HOLDER, &[&id, &holder, &relation]).await?;
    Ok(slot)
}

/// Locks a holder and all relatives, in order of their ids, so that two families never wait for each other; answers the
/// relatives.
pub(super) async fn lock_family(tx: &Tx, holder: PersonId) -> Result<Vec<RelativeRow>> {
    let links = of_holder(tx, holder).await?;
    let mut people: BTreeSet<PersonId> = links.iter().map(|link| link.person).collect();
    people.insert(holder);
    for person in &people {
        state::lock(tx, *person).await?;
    }
    let locked = of_holder(tx, holder).await?;
    // Nobody joins a family whose holder is locked; before that somebody may have.
    if locked.iter().any(|link| !people.contains(&link.person)) {
        return Err(tx.clash());
    }
    Ok(locked)
}

/// Voids the slots under which a holder's earlier device shows the relatives, who are locked.
pub(super) async fn void_slots(tx: &Tx, links: &[RelativeRow], now: Timestamp) -> Result<()> {
    let voided = links.iter().map(|link| slot::void(tx, link.person, Kind::Relative, link.slot, now));
    try_join_all(voided).await.map(drop)
}

/// Links the relatives with slots of the holder's new device, in their order.
pub(super) async fn renew(tx: &Tx, holder: PersonId, links: &[RelativeRow], slots: &[Slot]) -> Result<()> {
    let renewed = links.iter().zip(slots).map(|(link, slot)| async move {
        let (holder, person, slot) = (holder.as_i64(), link.person.as_i64(), i64::from(slot.0));
        tx.execute(&RENEW, &[&holder, &person, &slot]).await
    });
    try_join_all(renewed).await.map(drop)
}

/// The verb `remove_relative`.
pub(super) async fn remove(
    tx: &Tx,
    holder: PersonId,
    relative: PersonId,
    now: Timestamp,
) -> Result<RelativeRemoved> {
    lock_both(tx, holder, Place::Known(relative)).await?;
    let slot = link_slot(tx, holder, relative).await?.ok_or(StoreError::NotFound(Noun::Relative))?;
    tx.execute(&DELETE, &[&holder.as_i64(), &relative.as_i64()]).await?;
    tx.execute(&DELETE_HOLDER, &[&relative.as_i64(), &holder.as_i64()]).await?;
    slot::void(tx, relative, Kind::Relative, slot, now).await?;
    let mut states = change::note(tx, &BTreeSet::from([relative]), now).await?;
    let state = states.pop().ok_or(StoreError::NotFound(Noun::Person))?;
    Ok(RelativeRemoved { state, slot })
}

/// The verb `relatives_of`.
pub(super) async fn of_holder(tx: &Tx, holder: PersonId) -> Result<Vec<RelativeRow>> {
    tx.rows(&OF_HOLDER, &[&holder.as_i64()]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<RelativeRow> {
    Ok(RelativeRow {
        person: person_id(at(row, 0)?)?,
        relation: relation_of(at(row, 1)?)?,
        slot: Slot(narrow(at(row, 2)?, "a slot")?),
        added_at: instant(at(row, 3)?)?,
    })
}

/// The holders of a relative, by id.
pub(super) async fn holders_of(tx: &Tx, relative: PersonId) -> Result<Vec<PersonLink>> {
    let link =
        |row: &Row| Ok(PersonLink { person: person_id(at(row, 0)?)?, relation: relation_of(at(row, 1)?)? });
    tx.rows(&HOLDERS_OF, &[&relative.as_i64()]).await?.iter().map(link).collect()
}

async fn link_slot(tx: &Tx, holder: PersonId, relative: PersonId) -> Result<Option<Slot>> {
    let row = tx.row(&LINK_SLOT, &[&holder.as_i64(), &relative.as_i64()]).await?;
    row.map(|row| Ok(Slot(narrow(at(&row, 0)?, "a slot")?))).transpose()
}

async fn count(tx: &Tx, sql: &Sql, person: PersonId) -> Result<usize> {
    let row = tx.row(sql, &[&person.as_i64()]).await?.ok_or_else(|| corrupt("a count"))?;
    narrow(at(&row, 0)?, "a count")
}
