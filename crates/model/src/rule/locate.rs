//! Where in a pack the TOML reader found an error, as a key that can be searched for.

use super::RuleError;

/// Turns the error of the TOML reader, which knows a place and a message, into one with a key and a fix.
pub(super) fn syntax_error(toml: &str, error: &toml::de::Error) -> RuleError {
    let problem = error.message().lines().collect::<Vec<_>>().join(", ");
    let place = error.span().map(|span| Place::new(toml, span.start));
    let field = problem.split('`').nth(1).unwrap_or_default();
    let (key, fix) = if problem.starts_with("missing field") {
        let key = place.as_ref().map_or_else(|| field.into(), |place| place.key_of_missing(field));
        (key, "add the key")
    } else if problem.starts_with("unknown field") {
        let key = place.as_ref().map_or_else(|| field.into(), |place| place.key_of_unknown(field));
        (key, "remove the key or correct its name")
    } else {
        let key = place.as_ref().map(Place::key).unwrap_or_default();
        (key, "correct the value or the syntax there; rules/xian-2021-12.toml shows every key")
    };
    RuleError { line: place.map(|place| place.line), key, problem, fix: fix.into() }
}

/// The number of the line that holds the byte, from 1.
pub(crate) fn line_of(toml: &str, offset: usize) -> usize {
    toml.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count() + 1
}

/// A line of the file within its table.
struct Place<'a> {
    line: usize,
    /// Name of the last `[table]` at or before the line.
    table: &'a str,
    /// What stands before the `=`; empty on the line of a table.
    key: &'a str,
    value: &'a str,
}

impl<'a> Place<'a> {
    fn new(toml: &'a str, offset: usize) -> Self {
        let line = line_of(toml, offset);
        let header = |line: &'a str| line.trim().strip_prefix('[').and_then(|rest| rest.split(']').next());
        let table = toml.lines().take(line).filter_map(header).last().unwrap_or_default();
        let text = toml.lines().nth(line - 1).unwrap_or_default();
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        let key = if header(text).is_some() || key.contains('#') { "" } else { key.trim() };
        Self { line, table, key, value: value.trim() }
    }

    fn key(&self) -> String {
        join(&[self.table, self.key])
    }

    /// An unknown field is a key itself, a table, or stands inside the value of a key.
    fn key_of_unknown(&self, field: &str) -> String {
        let key = self.key();
        if key.split('.').any(|part| part == field) { key } else { join(&[&key, field]) }
    }

    /// A field is missing in a table, next to a key with dots, or inside the value of a key.
    fn key_of_missing(&self, field: &str) -> String {
        let parent = if self.value.starts_with(['{', '[']) {
            self.key
        } else {
            self.key.rsplit_once('.').map_or("", |(parent, _)| parent)
        };
        join(&[self.table, parent, field])
    }
}

fn join(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}
