//! Routes of the noun `communities`.

pub(crate) mod list;
