//! Routes of the noun `case-files`.

pub(crate) mod list;
