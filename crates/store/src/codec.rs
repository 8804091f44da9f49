//! Times, days and numbers as SQL integers.

use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};

use crate::error::Result;
use crate::error::corrupt;

/// Milliseconds since 1970-01-01T00:00Z.
pub(crate) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The instant of a stored number of milliseconds.
pub(crate) fn instant(ms: i64) -> Result<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|_| corrupt("a time"))
}

/// As [`instant`] for a column that may be null.
pub(crate) fn optional_instant(ms: Option<i64>) -> Result<Option<Timestamp>> {
    ms.map(instant).transpose()
}

/// Days since 1970-01-01.
pub(crate) fn day_number(day: Date) -> i32 {
    day.since(date(1970, 1, 1)).map_or(0, |span| span.get_days())
}

/// The date of a stored number of days.
pub(crate) fn day(number: i32) -> Result<Date> {
    Span::new()
        .try_days(number)
        .and_then(|span| date(1970, 1, 1).checked_add(span))
        .map_err(|_| corrupt("a day"))
}

/// A stored integer as a narrower number.
pub(crate) fn narrow<T: TryFrom<i64>>(number: i64, what: &str) -> Result<T> {
    T::try_from(number).map_err(|_| corrupt(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_before_and_after_1970_come_back() {
        for given in
            [date(1, 1, 1), date(1899, 12, 31), date(1970, 1, 1), date(2021, 12, 20), date(9999, 12, 31)]
        {
            assert_eq!(day(day_number(given)).unwrap(), given);
        }
    }

    #[test]
    fn an_impossible_stored_time_is_an_error() {
        assert!(instant(i64::MAX).is_err());
        assert!(day(i32::MAX).is_err());
    }
}
