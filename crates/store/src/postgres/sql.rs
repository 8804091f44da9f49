//! Statements as values: each says whom it reaches, and a test holds all of them to the rules for clusters.

/// Whom a statement reaches on a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One shard: the column named is the table's key, and the statement fixes its value.
    Key(&'static str),
    /// The shards of a list of keys.
    Keys(&'static str),
    /// Tables of the coordinator.
    Coordinator,
    /// A reference table, which every machine holds.
    Reference,
    /// All shards, on purpose; the text says why that is right.
    Everywhere(&'static str),
}

/// Most rows of a table that one transaction of a purge removes: nobody shall wait behind it.
pub(super) const PURGED_AT_ONCE: i64 = 2_000;

/// One statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sql {
    pub(super) text: &'static str,
    /// Read by the test of all statements only.
    #[cfg_attr(not(test), expect(dead_code, reason = "the test of all statements reads it"))]
    pub(super) reach: Reach,
}

impl Sql {
    /// A statement for one shard.
    pub(super) const fn key(column: &'static str, text: &'static str) -> Self {
        Self { text, reach: Reach::Key(column) }
    }

    /// A statement for a list of keys.
    pub(super) const fn keys(column: &'static str, text: &'static str) -> Self {
        Self { text, reach: Reach::Keys(column) }
    }

    /// A statement on tables of the coordinator.
    pub(super) const fn coordinator(text: &'static str) -> Self {
        Self { text, reach: Reach::Coordinator }
    }

    /// A statement on reference tables.
    pub(super) const fn reference(text: &'static str) -> Self {
        Self { text, reach: Reach::Reference }
    }

    /// A statement for all shards.
    pub(super) const fn everywhere(why: &'static str, text: &'static str) -> Self {
        Self { text, reach: Reach::Everywhere(why) }
    }
}

/// An `INSERT` of many rows as `VALUES`, which clusters route row by row (they are slow with `unnest` and
/// `ON CONFLICT` together). Prepared for few numbers of rows only.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values {
    /// Up to and with `VALUES`.
    pub(super) head: &'static str,
    /// Types of the columns, in order.
    pub(super) types: &'static [&'static str],
    /// After the rows.
    pub(super) tail: &'static str,
}

/// Numbers of rows that [`Values`] is prepared for, largest first.
const SIZES: [usize; 13] = [512, 256, 128, 64, 48, 32, 24, 16, 8, 4, 3, 2, 1];

impl Values {
    /// The text for so many rows.
    pub(super) fn text(&self, rows: usize) -> String {
        let mut text = String::with_capacity(self.head.len() + rows * self.types.len() * 12);
        text.push_str(self.head);
        let mut number = 0;
        for row in 0..rows {
            text.push_str(if row == 0 { " (" } else { ", (" });
            for (column, kind) in self.types.iter().enumerate() {
                number += 1;
                let comma = if column == 0 { "" } else { ", " };
                text.push_str(&format!("{comma}${number}::{kind}"));
            }
            text.push(')');
        }
        text.push(' ');
        text.push_str(self.tail);
        text
    }

    /// Cuts so many rows into prepared sizes.
    pub(super) fn sizes(rows: usize) -> Vec<usize> {
        let mut left = rows;
        let mut sizes = Vec::new();
        for size in SIZES {
            sizes.extend(std::iter::repeat_n(size, left / size));
            left %= size;
        }
        sizes
    }
}
