//! Arguments and results of the verbs about check-ins.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use yimatong_model::clock::city_day;
use yimatong_model::ids::{PersonId, StaffId};

use crate::codec::{day, day_number, narrow};
use crate::error::Result;
use crate::row_outcome::RowProblem;

/// Most check-ins one call takes.
pub(crate) const MOST_CHECK_INS: usize = 10_000;
/// How far ahead a gate's clock may be.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// Oldest check-in taken, so that a gate with a wrong clock can't make tables for decades.
const OLDEST_D: i32 = 90;

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

impl CheckIn {
    /// The city day it belongs to, if that day is still kept and not ahead.
    pub(crate) fn day(&self, first_day: Date, now: Timestamp) -> std::result::Result<Date, RowProblem> {
        let day = city_day(self.at);
        if day < first_day {
            return Err(RowProblem::TooOld);
        }
        if self.at.duration_since(now) > SKEW {
            return Err(RowProblem::InFuture);
        }
        Ok(day)
    }
}

/// First city day whose check-ins are taken, when days before a floor were dropped.
pub(crate) fn first_day(floor: Option<i64>, now: Timestamp) -> Result<Date> {
    let dropped: i32 = narrow(floor.unwrap_or(0), "the check-in floor")?;
    day(day_number(city_day(now)).saturating_sub(OLDEST_D).max(dropped))
}
