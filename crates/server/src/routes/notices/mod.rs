//! The notice for residents.

pub(super) mod post;
pub(super) mod withdraw;
