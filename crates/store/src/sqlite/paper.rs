//! Paper codes.

use jiff::Timestamp;
use yimatong_model::ids::PersonId;

use super::device::SlotOutcome;
use super::idempotency::once;
use super::slot;
use super::tx::Tx;
use super::{audit, change, state};
use crate::access::{Access, AuditEntry};
use crate::error::{Noun, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::person::Bound;
use crate::slot::{Kind, NewSlot};

/// The verb `issue_paper_code`.
pub(super) fn issue(
    tx: &Tx<'_>,
    person: PersonId,
    by: Option<&Access>,
    now: Timestamp,
    key: Option<Idempotency>,
) -> Result<Bound> {
    by.map(Access::check).transpose()?;
    let outcome = once(tx, "issue_paper_code", key, now, || {
        state::find(tx, person)?.ok_or(StoreError::NotFound(Noun::Person))?;
        slot::void_all(tx, person, Kind::Paper, now)?;
        let slot = slot::issue(tx, &NewSlot { person, kind: Kind::Paper, holder: None, key: None, now })?;
        if let Some(access) = by {
            audit::append(tx, &AuditEntry::of(access, "issue-paper-code", Some(person)))?;
        }
        change::note_one(tx, person, now)?;
        Ok(SlotOutcome { person, slot })
    })?;
    outcome.bound(tx)
}
