//! Routes of the noun `sample-problems`.

pub(crate) mod list;
pub(crate) mod resolve;
