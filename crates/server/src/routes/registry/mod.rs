//! The city in memory.

pub(super) mod reload;
