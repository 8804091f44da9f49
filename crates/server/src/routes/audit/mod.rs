//! Routes of the noun `audit`.

pub(crate) mod list;
