//! Rules of colours.

pub(super) mod preview;
