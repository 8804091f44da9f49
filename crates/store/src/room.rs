//! The waiting room's one row, shared by all nodes.

use crate::error::{Problem, Result, StoreError};

/// Highest place: the largest integer that a browser's numbers hold exactly.
pub(crate) const HIGHEST_PLACE: u64 = (1 << 53) - 1;
/// No store finishes more requests than this in a second.
const HIGHEST_CAPACITY_PER_S: f64 = 1e9;

/// The line of places. It begins at place 1, with nobody waiting: `issued` and `serving` are 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoomRow {
    /// The next place to be given out.
    pub issued: u64,
    /// Places below this one have been called.
    pub serving: u64,
    /// What the store could do when the row was written, in requests per second; 0 if that is not known.
    pub capacity_per_s: f64,
}

/// What one node adds: `issued += issued_by`, then `serving = min(serving + called_by, issued)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoomStep {
    /// Places given out.
    pub issued_by: u64,
    /// Places called; more than there are calls all of them.
    pub called_by: u64,
    /// What this node's store can do, in requests per second; 0 if that is not known, and then the row keeps its own.
    pub capacity_per_s: f64,
}

impl RoomStep {
    /// Refuses numbers that no room can mean.
    pub(crate) fn check(&self) -> Result<()> {
        for (field, number) in [("issuedBy", self.issued_by), ("calledBy", self.called_by)] {
            if number > HIGHEST_PLACE {
                return Err(StoreError::invalid(field, Problem::TooLarge));
            }
        }
        // Said so that not-a-number is refused as well.
        if !(0.0..=HIGHEST_CAPACITY_PER_S).contains(&self.capacity_per_s) {
            return Err(StoreError::invalid("capacityPerS", Problem::Malformed));
        }
        Ok(())
    }
}
