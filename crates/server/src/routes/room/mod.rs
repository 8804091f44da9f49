//! The waiting room.

pub(super) mod now;
