//! What a copied table looks like.

/// Type of a column, as far as the two databases differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 64 bits.
    Integer,
    /// 64 bits in SQLite, 32 in PostgreSQL.
    Small,
    /// 0 or 1 in SQLite.
    Boolean,
    Real,
    Bytes,
    Text,
}

/// A column's name and type.
pub(super) type Column = (&'static str, Kind);

/// How a table gets its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// In chunks, in the order of the key.
    InChunks,
    /// In chunks; cut into city days, each a table of its own in SQLite and a partition in PostgreSQL.
    ByDay,
    /// Few rows, some of them made by the migrations: all at once, in place of those that are there.
    AtOnce,
}

/// A table. Its first columns are its primary key, in order.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) way: Way,
    /// Number of columns of the primary key.
    pub(super) key: usize,
    pub(super) columns: &'static [Column],
    /// Which rows are the city's, where not all are; a condition both databases understand.
    pub(super) only: Option<&'static str>,
}

impl Table {
    pub(super) const fn in_chunks(name: &'static str, key: usize, columns: &'static [Column]) -> Self {
        Self { name, way: Way::InChunks, key, columns, only: None }
    }

    pub(super) const fn by_day(name: &'static str, key: usize, columns: &'static [Column]) -> Self {
        Self { name, way: Way::ByDay, key, columns, only: None }
    }

    pub(super) const fn at_once(name: &'static str, key: usize, columns: &'static [Column]) -> Self {
        Self { name, way: Way::AtOnce, key, columns, only: None }
    }

    /// The columns of the primary key.
    pub(super) fn key_columns(&self) -> &'static [Column] {
        &self.columns[..self.key]
    }

    /// Names of all columns, with commas.
    pub(super) fn column_names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}
