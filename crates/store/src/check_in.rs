//! Arguments and results of the verbs about check-ins.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{PersonId, StaffId};

/// Most check-ins one call takes.
pub(crate) const MOST_CHECK_INS: usize = 10_000;

/// What the gate decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum GateOutcome {
    /// Let in.
    Allow = 0,
    /// Not let in.
    Refuse = 1,
    /// Decided by a person at the gate.
    CheckByHand = 2,
}

impl GateOutcome {
    /// The outcome with that stable number.
    pub fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Allow,
            1 => Self::Refuse,
            2 => Self::CheckByHand,
            _ => return None,
        })
    }
}

/// One check at a gate, possibly made offline and sent later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckIn {
    /// Id made by the gate; a repeat for the same venue and city day is a duplicate.
    pub id: [u8; 16],
    /// Who passed.
    pub person: PersonId,
    /// When, by the gate's clock (milliseconds kept).
    pub at: Timestamp,
    /// What the gate decided.
    pub outcome: GateOutcome,
    /// Who stood at the gate.
    pub staff: Option<StaffId>,
}
