//! Devices that show codes.

pub(crate) mod bind;
pub(crate) mod opened;
