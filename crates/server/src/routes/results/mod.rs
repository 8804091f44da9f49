//! Routes of the noun `results`.

pub(crate) mod history;
pub(crate) mod proof;
pub(crate) mod text;
