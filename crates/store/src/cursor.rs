//! Opaque cursors: decimal numbers joined by dots.

use crate::error::{Problem, Result, StoreError};

/// The numbers of a cursor; none for the first page.
pub(crate) fn parse<const N: usize>(cursor: Option<&str>) -> Result<Option<[i64; N]>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let malformed = || StoreError::invalid("cursor", Problem::Malformed);
    let numbers: Vec<i64> =
        cursor.split('.').map(str::parse).collect::<std::result::Result<_, _>>().map_err(|_| malformed())?;
    numbers.try_into().map(Some).map_err(|_| malformed())
}

/// A cursor after a row that is named by a time and a 16-byte id.
pub(crate) fn of_time_and_id(time_ms: i64, id: &[u8; 16]) -> String {
    let (high, low) = halves(id);
    format!("{time_ms}.{high}.{low}")
}

/// The time and the id of such a cursor.
pub(crate) fn time_and_id(cursor: Option<&str>) -> Result<Option<(i64, [u8; 16])>> {
    Ok(parse::<3>(cursor)?.map(|[time_ms, high, low]| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&high.to_be_bytes());
        id[8..].copy_from_slice(&low.to_be_bytes());
        (time_ms, id)
    }))
}

/// A cursor after a row that is named by a time and a text without dots, such as a barcode.
pub(crate) fn of_time_and_text(time_ms: i64, text: &str) -> String {
    format!("{time_ms}.{text}")
}

/// The time and the text of such a cursor.
pub(crate) fn time_and_text(cursor: Option<&str>) -> Result<Option<(i64, &str)>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let parsed = cursor.split_once('.').and_then(|(time, text)| Some((time.parse().ok()?, text)));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    parsed
        .filter(|(_, text)| is_plain(text))
        .map(Some)
        .ok_or_else(|| StoreError::invalid("cursor", Problem::Malformed))
}

fn halves(id: &[u8; 16]) -> (i64, i64) {
    let half = |from: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&id[from..from + 8]);
        i64::from_be_bytes(bytes)
    };
    (half(0), half(8))
}

/// A LIKE pattern that finds texts containing the query literally; `\` escapes.
pub(crate) fn containing(query: &str) -> String {
    let mut pattern = String::with_capacity(query.len() + 2);
    pattern.push('%');
    for letter in query.trim().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_time_and_id_comes_back() {
        let id = [255, 1, 2, 3, 4, 5, 6, 7, 128, 9, 10, 11, 12, 13, 14, 15];
        assert_eq!(time_and_id(Some(&of_time_and_id(-5, &id))).unwrap(), Some((-5, id)));
    }

    #[test]
    fn a_forged_cursor_is_refused() {
        for bad in ["", "x", "1.2", "1.2.3.4", "1.2.9999999999999999999999", "' OR 1"] {
            assert!(time_and_id(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_cursor_of_time_and_text_comes_back_and_a_forged_one_is_refused() {
        assert_eq!(time_and_text(Some(&of_time_and_text(-5, "ZZ-1"))).unwrap(), Some((-5, "ZZ-1")));
        for bad in ["", "x", "x.ZZ-1", "1", "1.2.3", "1.\0", "1.' OR 1"] {
            assert!(time_and_text(Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn wildcards_in_a_query_are_taken_literally() {
        assert_eq!(containing(r" 50%_\ "), r"%50\%\_\\%");
    }
}
