//! Devices: log in, log out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{PersonId, Slot};

use super::idempotency::{self, Once};
use super::tx::Tx;
use super::{change, person, relative, slot, state};
use crate::error::{Noun, Problem, Result, StoreError, corrupt};
use crate::idempotency::Idempotency;
use crate::person::{BindDevice, Bound};
use crate::relative::RelativeRow;
use crate::slot::{Kind, NewSlot};
use crate::state::PersonState;

/// Outcome of a verb that gives a person a slot.
#[derive(Serialize, Deserialize)]
pub(super) struct SlotOutcome {
    pub(super) person: PersonId,
    pub(super) slot: Slot,
}

impl SlotOutcome {
    /// The answer, with the present state.
    pub(super) async fn bound(&self, tx: &Tx) -> Result<Bound> {
        Ok(Bound { state: state::of(tx, self.person).await?, slot: self.slot, relatives: Vec::new() })
    }
}

/// The verb `bind_device`.
pub(super) async fn bind(tx: &Tx, new: &BindDevice, key: Option<Idempotency>) -> Result<Bound> {
    let outcome: SlotOutcome = match idempotency::begin(tx, "bind_device", key, new.now).await? {
        Once::Before(outcome) => outcome,
        Once::New => return bind_new(tx, new, key).await,
    };
    let relatives = relative::of_holder(tx, outcome.person).await?;
    let relatives = relatives.iter().map(|link| link.person).collect();
    let relatives = state::of_many(tx, &relatives).await?;
    Ok(Bound { relatives, ..outcome.bound(tx).await? })
}

async fn bind_new(tx: &Tx, new: &BindDevice, key: Option<Idempotency>) -> Result<Bound> {
    let person = person::by_phone(tx, &new.phone).await?.ok_or(StoreError::NotFound(Noun::Person))?;
    let family = relative::lock_family(tx, person).await?;
    if let Some(tail) = &new.document_tail
        && !tail.trim().eq_ignore_ascii_case(&state::of(tx, person).await?.document_tail)
    {
        return Err(StoreError::invalid("documentTail", Problem::Mismatch));
    }
    slot::void_all(tx, person, Kind::Device, new.now).await?;
    relative::void_slots(tx, &family, new.now).await?;
    // Log-ins are limited by their text messages, so these slots need no limit.
    let device = NewSlot { person, kind: Kind::Device, holder: None, key: Some(&new.key), now: new.now };
    let of_relative = |link: &RelativeRow| NewSlot {
        person: link.person,
        kind: Kind::Relative,
        holder: Some(person),
        key: None,
        now: new.now,
    };
    let wanted: Vec<NewSlot<'_>> = std::iter::once(device).chain(family.iter().map(of_relative)).collect();
    let slots = slot::give(tx, &wanted).await?;
    let [slot, of_relatives @ ..] = &slots[..] else { return Err(corrupt("a slot")) };
    relative::renew(tx, person, &family, of_relatives).await?;
    idempotency::finish(tx, key, &SlotOutcome { person, slot: *slot }).await?;
    let mut changed: BTreeSet<PersonId> = family.iter().map(|link| link.person).collect();
    changed.insert(person);
    let states = change::note(tx, &changed, new.now).await?;
    let (own, relatives): (Vec<_>, Vec<_>) = states.into_iter().partition(|state| state.person_id == person);
    let state = own.into_iter().next().ok_or(StoreError::NotFound(Noun::Person))?;
    Ok(Bound { state, slot: *slot, relatives })
}

/// The verb `unbind_device`.
pub(super) async fn unbind(tx: &Tx, person: PersonId, slot: Slot, now: Timestamp) -> Result<PersonState> {
    if !state::lock(tx, person).await? || !slot::void(tx, person, Kind::Device, slot, now).await? {
        return Err(StoreError::NotFound(Noun::Slot));
    }
    change::note_one(tx, person, now).await
}
