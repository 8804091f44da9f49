//! CSV: bytes to lines of cells.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use crate::cell::Cell;
use crate::error::FileError;
use crate::file::Lines;

/// What may stand between cells; the one that the first line has most of does.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The text of a file: UTF-8 with or without its mark, or else GB18030, which Chinese spreadsheets write.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or(FileError::Encoding)?,
    };
    // UTF-16 has them.
    if text.contains('\0') { Err(FileError::Encoding) } else { Ok(text) }
}

fn separator(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    // The first of those that stand equally often.
    SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// The lines of a CSV.
pub(crate) fn lines(bytes: &[u8]) -> Result<Lines, FileError> {
    let text = decode(bytes)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(separator(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Lines::default();
    let mut record = StringRecord::new();
    let mut counted = Counted { text: text.as_bytes(), line: 1, to: 0 };
    loop {
        let from = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let line = counted.line_at(from);
        if !reader.read_record(&mut record).map_err(|_| FileError::Broken { line })? {
            return Ok(lines);
        }
        lines.begin(line)?;
        for cell in &record {
            lines.push(Cell::of(cell))?;
        }
    }
}

/// Counts lines as an editor does. The reader's own count lags behind empty lines.
struct Counted<'a> {
    text: &'a [u8],
    line: u32,
    to: usize,
}

impl Counted<'_> {
    /// The line on which the first record from a place on begins.
    fn line_at(&mut self, from: usize) -> u32 {
        let rest = self.text.get(from..).unwrap_or_default();
        let to = from + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.get(self.to..to).unwrap_or_default();
        let ends = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(ends).unwrap_or(u32::MAX));
        self.to = to.max(self.to);
        self.line
    }
}
