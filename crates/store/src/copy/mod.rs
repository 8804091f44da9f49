//! Moving a city from SQLite to PostgreSQL: every table in the order of its primary key, then every row verified by hash.
//!
//! A chunk of rows and the note of how far the copy has come ([`progress`]) are one transaction of the target, so that a
//! copy that is broken off at any moment goes on without a row lost or doubled. While that note is there no node opens
//! the target. The source is never written.

mod city_copy;
mod error;
mod progress;
mod sampling_tables;
mod source;
mod table;
mod tables;
mod target;
mod unit;
mod value;
mod verify;

#[cfg(test)]
mod tables_tests;

pub use city_copy::{CityCopy, CopyPhase, CopyStart, CopyStep};
pub use error::CopyError;
pub use verify::{RowDifference, Verified};
