//! XLSX: the first sheet of a workbook to lines of cells.
//!
//! The file is a ZIP, so what it inflates to is counted before anything is read from it; and cells come one by one, since a
//! sheet may say that its last cell is in row 1,048,576.

use std::io::{self, Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use zip::ZipArchive;

use crate::cell::Cell;
use crate::error::FileError;
use crate::file::{Lines, MOST_COLUMNS};
use crate::moment;

/// Most bytes a workbook may inflate to: three times a list of 20,000 rows.
const MOST_INFLATED: u64 = 32 << 20;
/// Most parts a workbook may have; twenty are usual.
const MOST_PARTS: usize = 200;
/// Days between the two calendars of spreadsheets.
const DAYS_FROM_1900_TO_1904: i64 = 1_462;

/// The lines of the first sheet.
pub(crate) fn lines(bytes: &[u8]) -> Result<Lines, FileError> {
    refuse_bomb(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(wrong)?;
    let starts_1904 = book.has_1904_epoch();
    let name = book.sheet_names().into_iter().next().ok_or(FileError::NoHeader)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(wrong)?;
    let mut lines = Lines::default();
    while let Some(found) = cells.next_cell().map_err(wrong)? {
        let (row, column) = found.get_position();
        let cell = cell(found.get_value(), starts_1904);
        if cell.is_empty() {
            continue;
        }
        let line = row.saturating_add(1);
        lines.begin(line)?;
        if column as usize >= MOST_COLUMNS {
            return Err(FileError::TooManyColumns { line });
        }
        lines.put(column as usize, cell)?;
    }
    Ok(lines)
}

fn wrong(error: impl std::fmt::Display) -> FileError {
    FileError::Workbook(error.to_string().chars().take(200).collect())
}

/// Refuses a file that inflates to more than any list of results.
fn refuse_bomb(bytes: &[u8]) -> Result<(), FileError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(wrong)?;
    if archive.len() > MOST_PARTS {
        return Err(FileError::Inflated);
    }
    let mut left = MOST_INFLATED;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(wrong)?;
        // What the archive says of its sizes may be a lie.
        let inflated = io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(wrong)?;
        left = left.checked_sub(inflated).ok_or(FileError::Inflated)?;
    }
    Ok(())
}

fn cell(value: &DataRef<'_>, starts_1904: bool) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::of(text),
        DataRef::SharedString(text) => Cell::of(text),
        DataRef::Bool(value) => Cell::of(if *value { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) => {
            let days = moment.as_f64();
            let shown = moment::of_number(days).and_then(|moment| calendar(moment, starts_1904));
            shown.map_or(Cell::Number(days), Cell::Moment)
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::of(text),
        DataRef::Error(error) => Cell::of(&error.to_string()),
        DataRef::Empty => Cell::of(""),
    }
}

fn calendar(moment: DateTime, starts_1904: bool) -> Option<DateTime> {
    if !starts_1904 {
        return Some(moment);
    }
    moment.checked_add(DAYS_FROM_1900_TO_1904.days()).ok()
}
