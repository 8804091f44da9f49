//! Routes of the noun `demo`.

pub(crate) mod accounts;
