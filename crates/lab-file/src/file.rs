//! A file as a whole: its header and its rows.

use crate::cell::Cell;
use crate::column::{Column, ERROR_COLUMN};
use crate::error::FileError;
use crate::row::{self, LabRow, Mistake};
use crate::{contradiction, sheet, text};

/// Most rows of a file, without the header.
pub const MOST_ROWS: usize = 20_000;
/// Most columns of a file.
pub(crate) const MOST_COLUMNS: usize = 50;

/// How every ZIP begins, and so every XLSX.
const ZIP: &[u8] = b"PK\x03\x04";
/// How every Excel file of before 2007 begins.
const OLD_EXCEL: &[u8] = b"\xd0\xcf\x11\xe0";

/// What a lab exported.
#[derive(Clone, Debug, PartialEq)]
pub struct LabFile {
    /// The header as it stands there, without a column of errors.
    pub header: Vec<String>,
    /// The rows that are not empty.
    pub lines: Vec<Line>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which line of the file, from 1.
    pub number: u32,
    /// The cells as they stand there, without a column of errors.
    pub cells: Vec<String>,
    /// What it says, or everything that is wrong with it.
    pub row: Result<LabRow, Vec<Mistake>>,
}

impl Line {
    /// What stands in a column of the file; empty where nothing does.
    #[must_use]
    pub fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map_or("", String::as_str)
    }
}

impl LabFile {
    /// Where a column stands, from 0.
    #[must_use]
    pub fn place(&self, column: Column) -> Option<usize> {
        self.header.iter().position(|name| Column::of(name) == Some(column))
    }
}

/// Reads a file: XLSX when it begins like one, else CSV.
///
/// # Errors
/// [`FileError`] when it can't be read at all; mistakes in rows are in the rows.
pub fn read(bytes: &[u8]) -> Result<LabFile, FileError> {
    let lines = if bytes.starts_with(ZIP) {
        sheet::lines(bytes)?
    } else if bytes.starts_with(OLD_EXCEL) {
        return Err(FileError::OldExcel);
    } else {
        text::lines(bytes)?
    };
    let mut lines = lines.0.into_iter().filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let (line, header) = lines.next().ok_or(FileError::NoHeader)?;
    let header = Header::read(line, &header)?;
    let mut claims = Vec::new();
    let read = |(number, mut cells): (u32, Vec<Cell>)| {
        let (claim, row) = row::read(number, &cells, &header.places);
        claims.push(claim);
        if let Some(place) = header.error.filter(|place| *place < cells.len()) {
            cells.remove(place);
        }
        Line { number, cells: cells.iter().map(|cell| cell.text().into_owned()).collect(), row }
    };
    let mut lines: Vec<Line> = lines.map(read).collect();
    if let Some((_, outcome)) = header.places.iter().find(|(column, _)| *column == Column::Outcome) {
        contradiction::refuse(&mut lines, &claims, *outcome);
    }
    Ok(LabFile { lines, header: header.names })
}

struct Header {
    names: Vec<String>,
    /// Where the columns stand in the file, from 0.
    places: Vec<(Column, usize)>,
    /// Where the column of errors stands.
    error: Option<usize>,
}

impl Header {
    fn read(line: u32, cells: &[Cell]) -> Result<Self, FileError> {
        let mut header = Self { names: Vec::new(), places: Vec::new(), error: None };
        for (place, cell) in cells.iter().enumerate() {
            let name = cell.text();
            let is_error = ERROR_COLUMN.contains(&name.to_lowercase().as_str());
            if is_error && header.error.is_none() {
                header.error = Some(place);
                continue;
            }
            if let Some(column) = Column::of(&name) {
                if header.places.iter().any(|(known, _)| *known == column) {
                    return Err(FileError::Twice { line, place: place + 1, column });
                }
                header.places.push((column, place));
            } else if !name.is_empty() {
                let name = name.chars().take(40).collect();
                return Err(FileError::Unknown { line, place: place + 1, name });
            }
            header.names.push(name.into_owned());
        }
        let missing =
            |column: &Column| column.is_needed() && !header.places.iter().any(|(known, _)| known == column);
        match Column::ALL.into_iter().find(missing) {
            Some(column) => Err(FileError::Missing { line, column }),
            None => Ok(header),
        }
    }
}

/// Lines of cells, each with its number, within bounds.
#[derive(Default)]
pub(crate) struct Lines(Vec<(u32, Vec<Cell>)>);

impl Lines {
    /// Begins a line, unless it is the one under way.
    pub(crate) fn begin(&mut self, line: u32) -> Result<(), FileError> {
        if self.0.last().is_some_and(|(last, _)| *last == line) {
            return Ok(());
        }
        // Spreadsheets leave lines of nothing but separators.
        if self.0.last().is_some_and(|(_, cells)| cells.iter().all(Cell::is_empty)) {
            self.0.pop();
        }
        // One is the header.
        if self.0.len() > MOST_ROWS {
            return Err(FileError::TooManyRows { line });
        }
        self.0.push((line, Vec::new()));
        Ok(())
    }

    /// Adds a cell to the line under way.
    pub(crate) fn push(&mut self, cell: Cell) -> Result<(), FileError> {
        let place = self.0.last().map_or(0, |(_, cells)| cells.len());
        self.put(place, cell)
    }

    /// Puts a cell into the line under way.
    pub(crate) fn put(&mut self, place: usize, cell: Cell) -> Result<(), FileError> {
        let Some((line, cells)) = self.0.last_mut() else { return Ok(()) };
        if place >= MOST_COLUMNS {
            // Separators after the last cell are usual.
            return if cell.is_empty() { Ok(()) } else { Err(FileError::TooManyColumns { line: *line }) };
        }
        while cells.len() <= place {
            cells.push(Cell::Text(String::new()));
        }
        cells[place] = cell;
        Ok(())
    }
}
