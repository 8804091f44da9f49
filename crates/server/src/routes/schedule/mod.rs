//! Routes of the noun `schedule`.

pub(crate) mod read;
