//! Devices: log in, log out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{PersonId, Slot};

use super::idempotency::once;
use super::slot;
use super::tx::Tx;
use super::{change, person, relative, state};
use crate::error::{Noun, Problem, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::person::{BindDevice, Bound};
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
    pub(super) fn bound(&self, tx: &Tx<'_>) -> Result<Bound> {
        Ok(Bound { state: state::of(tx, self.person)?, slot: self.slot, relatives: Vec::new() })
    }
}

/// The verb `bind_device`.
pub(super) fn bind(tx: &Tx<'_>, new: &BindDevice, key: Option<Idempotency>) -> Result<Bound> {
    let outcome = once(tx, "bind_device", key, new.now, || {
        let person = person::by_phone(tx, &new.phone)?.ok_or(StoreError::NotFound(Noun::Person))?;
        if let Some(tail) = &new.document_tail
            && !tail.trim().eq_ignore_ascii_case(&state::of(tx, person)?.document_tail)
        {
            return Err(StoreError::invalid("documentTail", Problem::Mismatch));
        }
        slot::void_all(tx, person, Kind::Device, new.now)?;
        let device = NewSlot { person, kind: Kind::Device, holder: None, key: Some(&new.key), now: new.now };
        let slot = slot::issue(tx, &device)?;
        let mut changed = relative::renew(tx, person, new.now)?;
        changed.insert(person);
        change::note(tx, &changed, new.now)?;
        Ok(SlotOutcome { person, slot })
    })?;
    let relatives = relative::of_holder(tx, outcome.person)?;
    let relatives = relatives.iter().map(|link| state::of(tx, link.person)).collect::<Result<_>>()?;
    Ok(Bound { relatives, ..outcome.bound(tx)? })
}

/// The verb `unbind_device`.
pub(super) fn unbind(tx: &Tx<'_>, person: PersonId, slot: Slot, now: Timestamp) -> Result<PersonState> {
    if !slot::void(tx, person, Kind::Device, slot, now)? {
        return Err(StoreError::NotFound(Noun::Slot));
    }
    change::note_one(tx, person, now)?;
    state::of(tx, person)
}
