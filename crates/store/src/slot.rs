//! What slots are for, and how many a person is given.

use jiff::Timestamp;
use yimatong_model::ids::PersonId;

use crate::error::{Result, corrupt};
use crate::person::DeviceKey;

/// Most slots of one kind a person is given in [`LIMIT_MS`], for kinds that no text message limits: every slot takes
/// its place in the status lists and in the person's state for ever.
pub(crate) const MOST: i64 = 20;
/// The time [`MOST`] is counted over.
pub(crate) const LIMIT_MS: i64 = 24 * 3_600_000;

/// What a slot's code is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Device = 0,
    Relative = 1,
    Paper = 2,
}

impl Kind {
    /// The kind of a stored number.
    pub(crate) fn from_i64(number: i64) -> Result<Self> {
        match number {
            0 => Ok(Self::Device),
            1 => Ok(Self::Relative),
            2 => Ok(Self::Paper),
            _ => Err(corrupt("a slot's kind")),
        }
    }
}

/// A slot to give out.
pub(crate) struct NewSlot<'a> {
    pub(crate) person: PersonId,
    pub(crate) kind: Kind,
    pub(crate) holder: Option<PersonId>,
    pub(crate) key: Option<&'a DeviceKey>,
    pub(crate) now: Timestamp,
}
