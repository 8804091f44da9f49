//! Routes of the noun `check-ins`.

pub(crate) mod record;
