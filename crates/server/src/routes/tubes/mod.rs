//! Routes of the noun `tubes`.

pub(crate) mod overdue;
pub(crate) mod read;
pub(crate) mod receive;
pub(crate) mod seal;
mod text;
pub(crate) mod undo_sample;
