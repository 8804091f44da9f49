//! Routes of the noun `test-results`.

pub(crate) mod post;
