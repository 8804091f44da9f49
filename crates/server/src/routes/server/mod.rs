//! Routes of the noun `server`.

pub(crate) mod describe;
