//! Routes of the noun `code`.

pub(crate) mod show;
