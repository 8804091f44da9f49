//! Names and numbers of testing institutions.

use crate::error::{Problem, Result, StoreError};

/// Longest name kept, in bytes.
const LONGEST_NAME: usize = 200;

/// The name without blanks around it; refuses empty and over-long ones.
pub(crate) fn checked_name(name: &str) -> Result<&str> {
    match name.trim() {
        "" => Err(StoreError::invalid("institution", Problem::Empty)),
        name if name.len() > LONGEST_NAME => Err(StoreError::invalid("institution", Problem::TooLong)),
        name => Ok(name),
    }
}

/// A number taken from the sequence, while there are any.
pub(crate) fn number(taken: i64) -> Result<u16> {
    u16::try_from(taken).map_err(|_| StoreError::invalid("institution", Problem::TooManyRows))
}
