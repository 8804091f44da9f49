//! Probes: is the process alive, can it serve, what does it count, what does it offer.

pub(crate) mod live;
pub(crate) mod metrics;
pub(crate) mod openapi;
pub(crate) mod ready;
