//! Reads what a lab exports as a file, CSV or XLSX, into results of tubes. Pure: bytes in, rows and mistakes out.
//!
//! A file is foreign input: its size, its rows, its columns and what it inflates to are bounded, and a mistake names line
//! and column in Chinese and English. What is wrong with one row does not touch the others.

mod cell;
mod column;
mod contradiction;
mod error;
mod errors_csv;
mod file;
mod moment;
mod row;
mod sheet;
mod text;

pub use column::Column;
pub use error::FileError;
pub use errors_csv::errors_csv;
pub use file::{LabFile, Line, MOST_ROWS, read};
pub use row::{LabRow, Mistake};
