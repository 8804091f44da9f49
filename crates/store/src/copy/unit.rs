//! A table to copy, or one day of a table that is cut into days, and the statements that read it.

use super::table::{Kind, Table, Way};
use super::tables::TABLES;
use super::value::Value;
use crate::codec;
use crate::error::{Result, corrupt};

/// A table, or a day of one.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) table: &'static Table,
    pub(super) day: Option<Day>,
}

/// A city day that has check-ins.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day {
    /// How the names of its tables end: YYYYMMDD.
    pub(super) suffix: String,
    /// Days since 1970-01-01.
    pub(super) number: i32,
}

impl Day {
    /// The day of a table's name.
    pub(super) fn of_table(name: &str) -> Result<Self> {
        let suffix = name.rsplit('_').next().unwrap_or_default();
        let date = jiff::civil::Date::strptime("%Y%m%d", suffix)
            .map_err(|_| corrupt("the name of a table of check-ins"))?;
        Ok(Self { suffix: suffix.to_owned(), number: codec::day_number(date) })
    }
}

/// All units of a city with check-ins of some days, in the order in which they are copied.
pub(super) fn all(days: &[Day]) -> Vec<Unit> {
    let mut units = Vec::new();
    for table in TABLES {
        match table.way {
            Way::ByDay => units.extend(days.iter().map(|day| Unit { table, day: Some(day.clone()) })),
            Way::InChunks | Way::AtOnce => units.push(Unit { table, day: None }),
        }
    }
    units
}

impl Unit {
    /// Its name, which is its table's name in SQLite.
    pub(super) fn name(&self) -> String {
        match &self.day {
            None => self.table.name.to_owned(),
            Some(day) => format!("{}_{}", self.table.name, day.suffix),
        }
    }

    /// Reads the rows after a key, or all, from SQLite, in the order of the key.
    pub(super) fn sqlite_select(&self, is_after_key: bool) -> String {
        let columns = self.table.columns.iter().map(|(name, _)| match (&self.day, *name) {
            (Some(day), "day") => day.number.to_string(),
            (_, name) => name.to_owned(),
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        let key = self.sqlite_key().map(|(_, name)| name).collect::<Vec<_>>();
        let places = vec!["?"; key.len()].join(", ");
        let key = key.join(", ");
        let after = is_after_key.then(|| format!("({key}) > ({places})"));
        let conditions = conditions(self.table.only.map(str::to_owned).into_iter().chain(after));
        format!("SELECT {columns} FROM {}{conditions} ORDER BY {key}", self.name())
    }

    /// The values of a key that its table in SQLite has columns for.
    pub(super) fn sqlite_key_values<'a>(&self, key: &'a [Value]) -> Vec<&'a Value> {
        self.sqlite_key().filter_map(|(at, _)| key.get(at)).collect()
    }

    /// Columns of the key with their places; a table of one day has no column for it.
    fn sqlite_key(&self) -> impl Iterator<Item = (usize, &'static str)> {
        let has_day_column = self.day.is_none();
        let key = self.table.key_columns().iter().map(|(name, _)| *name).enumerate();
        key.filter(move |(_, name)| has_day_column || *name != "day")
    }

    /// Reads all rows from PostgreSQL, in the order of the key.
    pub(super) fn postgres_select(&self) -> String {
        let order = self.table.key_columns().iter().map(|(name, kind)| match kind {
            // By bytes, as SQLite does, whatever the language of the database.
            Kind::Text => format!("{name} COLLATE \"C\""),
            _ => (*name).to_owned(),
        });
        let order = order.collect::<Vec<_>>().join(", ");
        let day = self.day.as_ref().map(|day| format!("day = {}", day.number));
        let conditions = conditions(self.table.only.map(str::to_owned).into_iter().chain(day));
        format!("SELECT {} FROM {}{conditions} ORDER BY {order}", self.table.column_names(), self.table.name)
    }
}

fn conditions(all: impl Iterator<Item = String>) -> String {
    let all = all.collect::<Vec<_>>().join(" AND ");
    if all.is_empty() { all } else { format!(" WHERE {all}") }
}
