//! Routes of the noun `tube-results`.

pub(crate) mod import;
mod outcome;
pub(crate) mod post;
