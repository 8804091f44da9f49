//! The city in numbers.

pub(crate) mod read;
