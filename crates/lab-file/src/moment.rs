//! Times as labs write them. One without zone is the city's.

use jiff::civil::{Date, DateTime, Time, date};
use jiff::{Timestamp, ToSpan as _};
use yimatong_model::clock::at_city_time;

/// The day before the first day of a spreadsheet that counts from 1900, as its reckoning has been since 1 March of that year.
const DAY_ZERO: Date = date(1899, 12, 30);
const SECONDS_OF_A_DAY: f64 = 86_400.0;

/// What people see.
pub(crate) fn shown(moment: DateTime) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The day and time of a spreadsheet's number: days since the turn of 1900, to the second.
pub(crate) fn of_number(days: f64) -> Option<DateTime> {
    // Days before 1970 are no times of tests, and numbers that big are no days.
    if !(25_569.0..2_958_465.0).contains(&days) {
        return None;
    }
    let seconds = (days.fract() * SECONDS_OF_A_DAY).round();
    let day = DAY_ZERO.checked_add((days.trunc() as i64).days()).ok()?;
    DateTime::from_parts(day, Time::midnight()).checked_add((seconds as i64).seconds()).ok()
}

/// An instant of a text: RFC 3339 with zone, or `2022-01-05 14:30`, `2022/1/5 14:30:00` or `2022年1月5日 14:30` in the city.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let plain: String = text
        .chars()
        .map(|c| match c {
            '/' | '.' | '年' | '月' => '-',
            'T' | '日' | '\u{3000}' => ' ',
            '：' => ':',
            c => c,
        })
        .collect();
    let mut words = plain.split_ascii_whitespace();
    let (day, time, rest) = (words.next()?, words.next()?, words.next());
    let [year, month, day] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(time, ':').or_else(|| numbers(&format!("{time}:0"), ':'))?;
    // Two digits of a year could be anything.
    if rest.is_some() || year < 1970 {
        return None;
    }
    let small = |number: i16| i8::try_from(number).ok();
    let day = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    at_city_time(DateTime::from_parts(day, time))
}

fn numbers(text: &str, between: char) -> Option<[i16; 3]> {
    let mut parts = text.split(between).map(|part| {
        let is_number = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    });
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_labs_write_them() {
        let expected: Timestamp = "2022-01-05T14:30:00+08:00".parse().unwrap();
        for text in [
            "2022-01-05T14:30:00+08:00",
            "2022-01-05T06:30:00Z",
            "2022-01-05 14:30",
            "2022/1/5 14:30:00",
            "2022.01.05 14:30",
            "2022年1月5日 14：30",
            "2022年1月5日14:30",
            "2022-01-05T14:30",
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "2022-01-05",
            "14:30",
            "22-1-5 14:30",
            "2022-13-05 14:30",
            "2022-01-05 24:30",
            "2022-01-05 14:30 x",
            "2022-01-05 -1:30",
            "昨天",
            "44566.6",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_of_a_spreadsheet_is_a_day_and_a_time() {
        let moment = of_number(44_566.604_166_666_664).unwrap();
        assert_eq!(moment, date(2022, 1, 5).at(14, 30, 0, 0));
        assert_eq!(of_number(44_565.999_999_99), Some(date(2022, 1, 5).at(0, 0, 0, 0)));
        for number in [-1.0, 0.5, 20_220_105.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(of_number(number), None, "{number}");
        }
    }
}
