//! Routes of the noun `one-time-passwords`.

pub(crate) mod create;
