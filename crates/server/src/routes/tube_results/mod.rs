//! Routes of the noun `tube-results`.

mod outcome;
pub(crate) mod post;
