//! Paper codes.

use jiff::Timestamp;
use yimatong_model::ids::PersonId;

use super::device::SlotOutcome;
use super::idempotency::{self, Once};
use super::tx::Tx;
use super::{audit, change, slot, state};
use crate::access::{Access, AuditEntry};
use crate::error::{Noun, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::person::Bound;
use crate::slot::{Kind, NewSlot};

/// The verb `issue_paper_code`.
pub(super) async fn issue(
    tx: &Tx,
    person: PersonId,
    by: Option<&Access>,
    now: Timestamp,
    key: Option<Idempotency>,
) -> Result<Bound> {
    by.map(Access::check).transpose()?;
    let outcome: SlotOutcome = match idempotency::begin(tx, "issue_paper_code", key, now).await? {
        Once::Before(outcome) => outcome,
        Once::New => {
            if !state::lock(tx, person).await? {
                return Err(StoreError::NotFound(Noun::Person));
            }
            slot::void_all(tx, person, Kind::Paper, now).await?;
            let new = NewSlot { person, kind: Kind::Paper, holder: None, key: None, now };
            let outcome = SlotOutcome { person, slot: slot::issue(tx, &new).await? };
            idempotency::finish(tx, key, &outcome).await?;
            if let Some(access) = by {
                audit::append(tx, &AuditEntry::of(access, "issue-paper-code", Some(person))).await?;
            }
            let state = change::note_one(tx, person, now).await?;
            return Ok(Bound { state, slot: outcome.slot, relatives: Vec::new() });
        }
    };
    outcome.bound(tx).await
}
