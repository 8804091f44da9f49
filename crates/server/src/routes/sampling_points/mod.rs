//! Routes of the noun `sampling-points`.

pub(crate) mod close;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod point;
pub(crate) mod queue;
pub(crate) mod queues;
