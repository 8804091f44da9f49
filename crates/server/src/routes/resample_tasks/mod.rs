//! Routes of the noun `resample-tasks`.

pub(crate) mod list;
