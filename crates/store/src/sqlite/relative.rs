//! Relatives and the slots under which holders show their codes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{PersonId, Slot};

use super::idempotency::once;
use super::person::{NewPerson, Place, name_matches, place};
use super::slot;
use super::tx::{Tx, View};
use super::{change, community, person, state};
use crate::codec::{instant, ms, narrow};
use crate::error::corrupt;
use crate::error::{Conflict, Noun, Problem, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::person_file::PersonLink;
use crate::profile::Identity;
use crate::relative::{
    AddRelative, MOST_HOLDERS, MOST_RELATIVES, Relation, RelativeAdded, RelativeRemoved, RelativeRow,
};
use crate::slot::{Kind, NewSlot};

#[derive(Serialize, Deserialize)]
struct Outcome {
    person: PersonId,
    slot: Slot,
    created: bool,
}

/// The verb `add_relative`.
pub(super) fn add(tx: &Tx<'_>, new: &AddRelative, key: Option<Idempotency>) -> Result<RelativeAdded> {
    let outcome = once(tx, "add_relative", key, new.now, || {
        state::find(tx, new.holder)?.ok_or(StoreError::NotFound(Noun::Person))?;
        let tag = tx.keys.document_tag(&new.document);
        let place = place(tx, &tag)?;
        if matches!(place, Place::Known(known) if known == new.holder) {
            return Err(StoreError::invalid("document", Problem::SamePerson));
        }
        let on_file = match place {
            Place::Known(relative) => state::of(tx, relative)?.birth_date,
            Place::Free(_) => None,
        };
        new.check_age(on_file)?;
        let (relative, created) = match place {
            Place::Known(relative) => {
                check_known(tx, relative, new)?;
                (relative, false)
            }
            Place::Free(relative) => (relative, true),
        };
        if count(tx, "relative", new.holder)? >= MOST_RELATIVES {
            return Err(Conflict::TooManyRelatives.into());
        }
        if created {
            create(tx, relative, &tag, new)?;
        }
        let slot = link(tx, relative, new)?;
        change::note_one(tx, relative, new.now)?;
        Ok(Outcome { person: relative, slot, created })
    })?;
    let state = state::of(tx, outcome.person)?;
    Ok(RelativeAdded { state, slot: outcome.slot, created: outcome.created })
}

/// Refuses a known person who can't be linked.
fn check_known(tx: &Tx<'_>, relative: PersonId, new: &AddRelative) -> Result<()> {
    if !name_matches(tx, relative, &new.name)? {
        return Err(Conflict::NameMismatch.into());
    }
    if link_slot(tx, new.holder, relative)?.is_some() {
        return Err(Conflict::AlreadyLinked.into());
    }
    if count(tx, "relative_holder", relative)? >= MOST_HOLDERS {
        return Err(Conflict::TooManyHolders.into());
    }
    Ok(())
}

fn create(tx: &Tx<'_>, relative: PersonId, tag: &[u8; 32], new: &AddRelative) -> Result<()> {
    community::check(tx, new.community)?;
    let sealed = Identity::from(new).seal(tx.keys, tx.rng, relative)?;
    person::insert(
        tx,
        &NewPerson {
            person: relative,
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

fn link(tx: &Tx<'_>, relative: PersonId, new: &AddRelative) -> Result<Slot> {
    let slot =
        NewSlot { person: relative, kind: Kind::Relative, holder: Some(new.holder), key: None, now: new.now };
    let slot = slot::issue(tx, &slot)?;
    tx.sql
        .prepare_cached(
            "INSERT INTO relative (person_id, relative_id, relation, slot, added_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            new.holder.as_i64(),
            relative.as_i64(),
            new.relation as u8,
            slot.0,
            ms(new.now)
        ])?;
    tx.sql
        .prepare_cached("INSERT INTO relative_holder (person_id, holder_id, relation) VALUES (?1, ?2, ?3)")?
        .execute(params![relative.as_i64(), new.holder.as_i64(), new.relation as u8])?;
    Ok(slot)
}

/// Gives the holder's new device slots of its own for all relatives; what the earlier device shows for them is void.
/// Log-ins are limited by their text messages, so these slots need no limit. Answers the relatives.
pub(super) fn renew(tx: &Tx<'_>, holder: PersonId, now: Timestamp) -> Result<BTreeSet<PersonId>> {
    let links = of_holder(tx, holder)?;
    for link in &links {
        slot::void(tx, link.person, Kind::Relative, link.slot, now)?;
        let new = NewSlot { person: link.person, kind: Kind::Relative, holder: Some(holder), key: None, now };
        let slot = slot::give(tx, &new)?;
        tx.sql
            .prepare_cached("UPDATE relative SET slot = ?3 WHERE person_id = ?1 AND relative_id = ?2")?
            .execute(params![holder.as_i64(), link.person.as_i64(), slot.0])?;
    }
    Ok(links.into_iter().map(|link| link.person).collect())
}

/// The verb `remove_relative`.
pub(super) fn remove(
    tx: &Tx<'_>,
    holder: PersonId,
    relative: PersonId,
    now: Timestamp,
) -> Result<RelativeRemoved> {
    let slot = link_slot(tx, holder, relative)?.ok_or(StoreError::NotFound(Noun::Relative))?;
    tx.sql
        .prepare_cached("DELETE FROM relative WHERE person_id = ?1 AND relative_id = ?2")?
        .execute([holder.as_i64(), relative.as_i64()])?;
    tx.sql
        .prepare_cached("DELETE FROM relative_holder WHERE person_id = ?1 AND holder_id = ?2")?
        .execute([relative.as_i64(), holder.as_i64()])?;
    slot::void(tx, relative, Kind::Relative, slot, now)?;
    let mut states = change::note(tx, &BTreeSet::from([relative]), now)?;
    let state = states.pop().ok_or(StoreError::NotFound(Noun::Person))?;
    Ok(RelativeRemoved { state, slot })
}

/// The verb `relatives_of`.
pub(super) fn of_holder(view: &View<'_>, holder: PersonId) -> Result<Vec<RelativeRow>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT relative_id, relation, slot, added_ms FROM relative WHERE person_id = ?1
         ORDER BY added_ms, slot",
    )?;
    let mut rows = statement.query([holder.as_i64()])?;
    let mut relatives = Vec::new();
    while let Some(row) = rows.next()? {
        relatives.push(RelativeRow {
            person: state::person_id(row.get(0)?)?,
            relation: relation(row.get(1)?)?,
            slot: Slot(row.get(2)?),
            added_at: instant(row.get(3)?)?,
        });
    }
    Ok(relatives)
}

/// The holders of a relative, by id.
pub(super) fn holders_of(view: &View<'_>, relative: PersonId) -> Result<Vec<PersonLink>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT holder_id, relation FROM relative_holder WHERE person_id = ?1 ORDER BY holder_id",
    )?;
    let mut rows = statement.query([relative.as_i64()])?;
    let mut holders = Vec::new();
    while let Some(row) = rows.next()? {
        holders.push(PersonLink { person: state::person_id(row.get(0)?)?, relation: relation(row.get(1)?)? });
    }
    Ok(holders)
}

fn link_slot(view: &View<'_>, holder: PersonId, relative: PersonId) -> Result<Option<Slot>> {
    Ok(view
        .sql
        .prepare_cached("SELECT slot FROM relative WHERE person_id = ?1 AND relative_id = ?2")?
        .query_row([holder.as_i64(), relative.as_i64()], |row| row.get(0).map(Slot))
        .optional()?)
}

fn count(view: &View<'_>, table: &'static str, person: PersonId) -> Result<usize> {
    let count: i64 = view
        .sql
        .prepare_cached(&format!("SELECT count(*) FROM {table} WHERE person_id = ?1"))?
        .query_row([person.as_i64()], |row| row.get(0))?;
    narrow(count, "a count")
}

fn relation(number: u8) -> Result<Relation> {
    Relation::from_u8(number).ok_or_else(|| corrupt("a relation"))
}
