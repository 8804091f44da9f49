//! Travel documents whose numbers say nothing about their holder: passports and permits.

use super::{DocumentError, DocumentKind, Facts};

/// A passport: ICAO Doc 9303 gives nine characters to the number and lets longer ones run on; countries use 5 to 12
/// letters and digits, and every one has a digit.
pub(super) fn check_passport(number: &[u8]) -> Result<Facts, DocumentError> {
    let kind = DocumentKind::Passport;
    if !(5..=12).contains(&number.len()) {
        return Err(DocumentError::Length { kind, got: number.len() });
    }
    if !number.iter().any(u8::is_ascii_digit) {
        // A word, most likely a name in the wrong field.
        return Err(DocumentError::Characters { kind, position: 1 });
    }
    Ok(Facts::default())
}

/// A permit of Hong Kong (H) and Macao (M) residents: 8 digits for the person, old cards 2 more for the renewal.
pub(super) fn check_hk_macao_permit(number: &[u8]) -> Result<Facts, DocumentError> {
    let kind = DocumentKind::HkMacaoPermit;
    if !matches!(number.len(), 9 | 11) {
        return Err(DocumentError::Length { kind, got: number.len() });
    }
    if !matches!(number[0], b'H' | b'M') {
        return Err(DocumentError::Characters { kind, position: 1 });
    }
    digits_from(number, 1, kind)
}

/// A permit of Taiwan residents: 8 digits; old booklets 10 digits, to which some forms append the letter in brackets.
pub(super) fn check_taiwan_permit(number: &[u8]) -> Result<Facts, DocumentError> {
    let kind = DocumentKind::TaiwanPermit;
    match number.len() {
        8 | 10 => digits_from(number, 0, kind),
        11 if number[10].is_ascii_uppercase() => digits_from(&number[..10], 0, kind),
        11 if number[0].is_ascii_uppercase() => digits_from(number, 1, kind),
        11 => Err(DocumentError::Characters { kind, position: 11 }),
        got => Err(DocumentError::Length { kind, got }),
    }
}

fn digits_from(number: &[u8], start: usize, kind: DocumentKind) -> Result<Facts, DocumentError> {
    match number.iter().skip(start).position(|b| !b.is_ascii_digit()) {
        Some(at) => Err(DocumentError::Characters { kind, position: start + at + 1 }),
        None => Ok(Facts::default()),
    }
}
