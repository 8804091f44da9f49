//! Routes of the noun `venues`.

pub(crate) mod create;
pub(crate) mod list;
