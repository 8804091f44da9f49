//! Foreign permanent resident cards: 15 characters until 2023, 18 since 1 December 2023.

use jiff::civil::Date;

use super::{DocumentError, DocumentKind, Facts, resident_id};

/// Checks either form; the characters are ASCII letters and digits already.
///
/// Old: nationality (3 letters), place of issue (4 digits), birth date without century (6), sequence (2). New: 9,
/// province of issue (2), nationality in digits (3), birth date (8), sequence (3, odd male), check character as in
/// GB 11643 (announcement of the National Immigration Administration for the 2023 card).
pub(super) fn check(number: &[u8], today: Date) -> Result<Facts, DocumentError> {
    let kind = DocumentKind::ForeignPermanentResidentCard;
    if let Ok(number) = <&[u8; 18]>::try_from(number) {
        if number[0] != b'9' {
            return Err(DocumentError::Characters { kind, position: 1 });
        }
        let (birth_date, sex) = resident_id::body(number, kind, today)?;
        return Ok(Facts { birth_date: Some(birth_date), sex: Some(sex), notes: Vec::new() });
    }
    if number.len() != 15 {
        return Err(DocumentError::Length { kind, got: number.len() });
    }
    let bad = number.iter().enumerate().position(|(at, b)| {
        let fits = if at < 3 { b.is_ascii_uppercase() } else { b.is_ascii_digit() };
        !fits
    });
    match bad {
        Some(at) => Err(DocumentError::Characters { kind, position: at + 1 }),
        None => Ok(Facts::default()),
    }
}
