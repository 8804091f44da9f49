//! The SQLite side: its checks, its days, and its rows in the order of their keys.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params_from_iter};
use tokio::sync::mpsc;

use super::error::CopyError;
use super::unit::{Day, Unit};
use super::value::{Row, Value};
use crate::keyring::Keyring;
use crate::sqlite;

/// Chunks read ahead of the target.
const AHEAD: usize = 2;

/// A SQLite database that nobody writes.
#[derive(Debug, Clone)]
pub(super) struct Source {
    path: PathBuf,
    pub(super) days: Vec<Day>,
}

impl Source {
    /// Looks at version, keyring and days.
    pub(super) fn open(path: &Path, keys: &Keyring) -> Result<Self, CopyError> {
        let connection = sqlite::connection::reading(path).map_err(CopyError::source)?;
        check_version(&connection)?;
        check_keyring(&connection, keys)?;
        let days = days(&connection)?;
        Ok(Self { path: path.to_owned(), days })
    }

    /// The rows of a unit after a key, or all, in chunks; read in a thread, which ends when nobody takes them any more.
    pub(super) fn rows(
        &self,
        unit: &Unit,
        after: Vec<Value>,
        chunk_rows: usize,
    ) -> mpsc::Receiver<Result<Vec<Row>, CopyError>> {
        let (send, chunks) = mpsc::channel(AHEAD);
        let (path, unit) = (self.path.clone(), unit.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = read(&path, &unit, &after, chunk_rows, &send) {
                // Nobody is there to hear it when whoever asked has gone.
                let _ = send.blocking_send(Err(error));
            }
        });
        chunks
    }
}

fn check_version(connection: &Connection) -> Result<(), CopyError> {
    let known = sqlite::migrate::known();
    let found = sqlite::migrate::version(connection).map_err(CopyError::source)?;
    if found == known { Ok(()) } else { Err(CopyError::SourceVersion { found, known }) }
}

fn check_keyring(connection: &Connection, keys: &Keyring) -> Result<(), CopyError> {
    let find = "SELECT value FROM store_fact WHERE name = 'keyring'";
    let found: Option<Vec<u8>> =
        connection.query_row(find, [], |row| row.get(0)).optional().map_err(CopyError::source)?;
    if found.as_deref() == Some(&keys.fingerprint()) { Ok(()) } else { Err(CopyError::SourceKeyring) }
}

/// The days that have tables of check-ins, oldest first.
fn days(connection: &Connection) -> Result<Vec<Day>, CopyError> {
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'venue_check_in_[0-9]*' ORDER BY name";
    let mut statement = connection.prepare(tables).map_err(CopyError::source)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0)).map_err(CopyError::source)?;
    names.map(|name| Day::of_table(&name.map_err(CopyError::source)?).map_err(CopyError::source)).collect()
}

fn read(
    path: &Path,
    unit: &Unit,
    after: &[Value],
    chunk_rows: usize,
    send: &mpsc::Sender<Result<Vec<Row>, CopyError>>,
) -> Result<(), CopyError> {
    let connection = sqlite::connection::reading(path).map_err(CopyError::source)?;
    let mut statement =
        connection.prepare(&unit.sqlite_select(!after.is_empty())).map_err(CopyError::source)?;
    let after = params_from_iter(unit.sqlite_key_values(after));
    let mut rows = statement.query(after).map_err(CopyError::source)?;
    let mut chunk = Vec::new();
    while let Some(row) = rows.next().map_err(CopyError::source)? {
        chunk.push(values(unit, row)?);
        if chunk.len() == chunk_rows && send.blocking_send(Ok(std::mem::take(&mut chunk))).is_err() {
            return Ok(());
        }
    }
    if !chunk.is_empty() {
        // As above.
        let _ = send.blocking_send(Ok(chunk));
    }
    Ok(())
}

fn values(unit: &Unit, row: &rusqlite::Row<'_>) -> Result<Row, CopyError> {
    let mut values = Vec::with_capacity(unit.table.columns.len());
    for (at, (column, kind)) in unit.table.columns.iter().enumerate() {
        let value = row.get_ref(at).map_err(CopyError::source)?;
        let value = Value::of_sqlite(value, *kind).map_err(|problem| CopyError::Value {
            table: unit.name(),
            key: key_text(&values[..at.min(unit.table.key)]),
            column,
            problem,
        })?;
        values.push(value);
    }
    Ok(values)
}

/// A key for people.
pub(super) fn key_text(key: &[Value]) -> String {
    format!("({})", key.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
}
