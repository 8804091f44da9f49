//! Routes of the noun `status-lists`.

pub(crate) mod index;
pub(crate) mod read;
