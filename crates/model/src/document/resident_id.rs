//! Resident ID numbers (GB 11643-1999): division, birth date, sequence, check character.

use jiff::civil::Date;

use super::{DocumentError, DocumentKind, DocumentNote, Facts, check_digit};
use crate::division::division;
use crate::person::Sex;

/// The standard's own example was born in 1880. Nobody born before is alive, so it is a typing error.
const EARLIEST_BIRTH_YEAR: i16 = 1880;

/// Checks 18 characters, which are ASCII letters and digits already.
pub(super) fn check(number: &[u8], today: Date) -> Result<Facts, DocumentError> {
    let kind = DocumentKind::ResidentId;
    let Ok(number) = <&[u8; 18]>::try_from(number) else {
        let old = number.len() == 15 && number.iter().all(u8::is_ascii_digit);
        return Err(if old {
            DocumentError::OldNumber
        } else {
            DocumentError::Length { kind, got: number.len() }
        });
    };
    let (birth_date, sex) = body(number, kind, today)?;
    let code = decimal(&number[..6]);
    let known = division(code).ok_or(DocumentError::UnknownDivision { code })?;
    if !known.is_in_ids() {
        return Err(DocumentError::StatisticalDivision { code });
    }
    let notes = if known.is_retired() {
        vec![DocumentNote::RetiredDivision { code, name: known.name, last_year: known.last_year }]
    } else {
        Vec::new()
    };
    Ok(Facts { birth_date: Some(birth_date), sex: Some(sex), notes })
}

/// What all 18-character numbers share: digits with a check character, a birth date, and the sex in digit 17.
pub(super) fn body(number: &[u8; 18], kind: DocumentKind, today: Date) -> Result<(Date, Sex), DocumentError> {
    let (digits, check) = number.split_first_chunk::<17>().expect("18 characters hold 17");
    if let Some(at) = digits.iter().position(|b| !b.is_ascii_digit()) {
        return Err(DocumentError::Characters { kind, position: at + 1 });
    }
    if !check[0].is_ascii_digit() && check[0] != b'X' {
        return Err(DocumentError::Characters { kind, position: 18 });
    }
    // The check character comes first: after a mistyped digit every other message would mislead.
    if check_digit(digits) != check[0] {
        return Err(DocumentError::CheckDigit);
    }
    let birth_date = birth_date(&digits[6..14], today)?;
    let sex = if digits[16] % 2 == 1 { Sex::Male } else { Sex::Female };
    Ok((birth_date, sex))
}

fn birth_date(yyyymmdd: &[u8], today: Date) -> Result<Date, DocumentError> {
    let part = |range: std::ops::Range<usize>| decimal(&yyyymmdd[range]);
    let year = i16::try_from(part(0..4)).map_err(|_| DocumentError::ImpossibleDate)?;
    let month = i8::try_from(part(4..6)).map_err(|_| DocumentError::ImpossibleDate)?;
    let day = i8::try_from(part(6..8)).map_err(|_| DocumentError::ImpossibleDate)?;
    let birth = Date::new(year, month, day).map_err(|_| DocumentError::ImpossibleDate)?;
    if birth > today {
        return Err(DocumentError::FutureBirthDate);
    }
    if year < EARLIEST_BIRTH_YEAR {
        return Err(DocumentError::AncientBirthDate);
    }
    Ok(birth)
}

/// The value of at most nine ASCII digits.
fn decimal(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit & 0x0f))
}
