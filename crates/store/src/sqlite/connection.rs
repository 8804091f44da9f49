//! Opening connections with the settings durability rests on.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Outage, Result, StoreError};

/// Prepared statements kept per connection; verbs use fewer than this, check-in days add four each.
const STATEMENTS: usize = 256;

/// The one connection that writes.
pub(super) fn writing(path: &Path) -> Result<Connection> {
    // SQLite gives its journal files the permissions of the database, so the first one decides.
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| StoreError::Unavailable(Outage::Io(format!("{}: {error}", path.display()))))?;
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL syncs the log at every commit: without it a power cut loses acknowledged writes.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.pragma_update(None, "journal_size_limit", 256 * 1024 * 1024)?;
    tune(&connection)?;
    Ok(connection)
}

/// A connection that can't write.
pub(crate) fn reading(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        // Read-write so that SQLite may recover the log; query_only refuses statements that write.
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.pragma_update(None, "query_only", true)?;
    tune(&connection)?;
    Ok(connection)
}

fn tune(connection: &Connection) -> Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise every new bound of a range throws the prepared plan away, to look into statistics that no table here has.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    /// It took a third of the writer's time to prepare them anew.
    #[test]
    fn a_statement_with_a_range_keeps_its_plan_whatever_its_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let connection = writing(&folder.path().join("city.db")).unwrap();
        let table =
            "CREATE TABLE result (person INTEGER, at_ms INTEGER, PRIMARY KEY (person, at_ms)) WITHOUT ROWID";
        connection.execute_batch(table).unwrap();
        let newest = "SELECT at_ms FROM result WHERE person = ?1 AND at_ms < ?2 ORDER BY at_ms DESC LIMIT 5";
        for bound in 0..100 {
            let mut statement = connection.prepare_cached(newest).unwrap();
            assert!(!statement.exists([1, bound]).unwrap());
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
        }
    }
}
