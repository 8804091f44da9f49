//! Routes of the noun `samples`.

pub(crate) mod check;
pub(crate) mod history;
pub(crate) mod person;
pub(crate) mod record;
