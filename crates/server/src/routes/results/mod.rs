//! Routes of the noun `results`.

pub(crate) mod history;
