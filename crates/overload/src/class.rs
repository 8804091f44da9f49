//! The classes of requests, by what refusing them would cost the city.

use serde::{Deserialize, Serialize};

/// What a request is to the city; decided by its route (and by a pass), before its body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Operations: gates' sync, samplers, labs, all staff.
    B0,
    /// Flows that were admitted: whoever was let in finishes.
    B1,
    /// Showing a code and all else that lies in memory; needs no permit.
    B2,
    /// New flows; too many of them wait in the room.
    B3,
    /// Reads that can wait: history, statistics, export.
    B4,
}

impl Class {
    /// Every class, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::B0, Self::B1, Self::B2, Self::B3, Self::B4];

    /// 0 to 4.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// `b0` to `b4`, as in metrics and settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        ["b0", "b1", "b2", "b3", "b4"][self.index()]
    }
}

/// A salted hash of a device id, or of an address when a request names no device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Device(pub u64);
