//! Routes of the noun `boxes`.

pub(crate) mod hand_over;
pub(crate) mod pack;
pub(crate) mod receive;
mod text;
