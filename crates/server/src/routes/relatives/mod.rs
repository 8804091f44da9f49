//! Routes of the noun `relatives`.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod remove;
