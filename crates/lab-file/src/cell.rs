//! One cell as it stands in a file.

use std::borrow::Cow;

use jiff::civil::DateTime;

use crate::moment;

/// From here on the numbers of a spreadsheet have lost digits.
const FIRST_INEXACT: f64 = 1e15;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Text, without spaces around it; empty when there is nothing.
    Text(String),
    /// A number.
    Number(f64),
    /// A day and a time without zone.
    Moment(DateTime),
}

impl Cell {
    /// A cell of a text.
    pub(crate) fn of(text: &str) -> Self {
        let text = text.trim();
        // What `errors_csv` put in front of it.
        let text = text.strip_prefix('\'').filter(|rest| crate::errors_csv::is_formula(rest)).unwrap_or(text);
        Self::Text(text.to_owned())
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// Whether it is a number that has lost digits.
    pub(crate) fn is_inexact(&self) -> bool {
        matches!(self, Self::Number(number) if number.abs() >= FIRST_INEXACT || !number.is_finite())
    }

    /// The cell as text.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Moment(moment) => Cow::Owned(moment::shown(*moment)),
        }
    }
}
