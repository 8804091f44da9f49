//! Routes of the noun `session`.

pub(crate) mod end;
