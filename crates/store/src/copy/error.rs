//! Why a copy is refused or broken off.

use crate::error::StoreError;

/// Why a copy is refused or broken off. What is in the target by then stays, and the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of the databases failed.
    #[error("{place}: {error}")]
    Store {
        /// Which one, and at what.
        place: String,
        /// What happened.
        error: StoreError,
    },
    /// The SQLite database has another version than this program.
    #[error(
        "the SQLite database has schema version {found}, this program has {known}: start it once with the `yimatong serve` \
         of this version (which migrates it), stop it, and copy then; or copy with the newer program"
    )]
    SourceVersion {
        /// Version of the database.
        found: u32,
        /// Version of this program.
        known: u32,
    },
    /// The PostgreSQL database has a newer version than this program.
    #[error(
        "the PostgreSQL database has schema version {found}, this program has {known}: copy with the newer program"
    )]
    TargetVersion {
        /// Version of the database.
        found: u32,
        /// Version of this program.
        known: u32,
    },
    /// The SQLite database was written with other keys than those of its folder.
    #[error(
        "the SQLite database was written with another keyring than the folder's keys/store-keys.json: put back the key file \
         that belongs to it"
    )]
    SourceKeyring,
    /// The target belongs to another city.
    #[error(
        "the PostgreSQL database belongs to another keyring, so to another city: name the database of this city, or a new, \
         empty one"
    )]
    TargetKeyring,
    /// The target has rows that no copy wrote.
    #[error(
        "the PostgreSQL database has rows in table {table} and no copy into it was begun (or it was finished): name a new, \
         empty database"
    )]
    NotEmpty {
        /// The first table found with rows.
        table: &'static str,
    },
    /// The folder is on PostgreSQL already, and the target has no unfinished copy.
    #[error("the city of this folder is on PostgreSQL already, and no copy into that database is unfinished")]
    NothingUnfinished,
    /// Another process copies into the target.
    #[error("another copy into this PostgreSQL database is at work; wait for it, or stop it")]
    AtWork,
    /// What the copy had reached is not in the source.
    #[error(
        "the copy had come to table {unit}, which the SQLite database does not have (any more): it was used since the copy \
         began; begin anew with --restart"
    )]
    SourceChanged {
        /// The unit.
        unit: String,
    },
    /// A value that the target does not take.
    #[error("table {table}, key {key}: {column} {problem}")]
    Value {
        /// The table.
        table: String,
        /// The primary key of the row.
        key: String,
        /// The column.
        column: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
}

impl CopyError {
    /// An error of the source.
    pub(super) fn source(error: impl Into<StoreError>) -> Self {
        Self::Store { place: "the SQLite database".to_owned(), error: error.into() }
    }

    /// An error of the target.
    pub(super) fn target(error: StoreError) -> Self {
        Self::Store { place: "the PostgreSQL database".to_owned(), error }
    }
}
