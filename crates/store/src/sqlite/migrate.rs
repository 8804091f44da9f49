//! Migrations: numbered files, each applied once, all in one transaction.

use rusqlite::{Connection, TransactionBehavior, params};

use crate::error::{Result, StoreError};
use crate::migrations::{Migration, migrations};

const MIGRATIONS: &[Migration] = migrations!("sqlite");

/// Number of migrations of this program.
pub(crate) fn known() -> u32 {
    u32::try_from(MIGRATIONS.len()).expect("invariant: there are few migrations")
}

/// Version of a database that has one.
pub(crate) fn version(connection: &Connection) -> Result<u32> {
    let newest = "SELECT coalesce(max(version), 0) FROM schema_version";
    Ok(connection.query_row(newest, [], |row| row.get(0))?)
}

/// Brings the database to the newest version this program knows; refuses a newer one.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    // Immediate: of two programs starting at once, one waits and then finds the work done.
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT",
    )?;
    let (found, known) = (version(&tx)?, known());
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for (version, Migration { name, sql }) in (1..).zip(MIGRATIONS).skip(found as usize) {
        tx.execute_batch(sql)?;
        tx.execute("INSERT INTO schema_version (version, name) VALUES (?1, ?2)", params![version, name])?;
    }
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        let count: i64 =
            connection.query_row("SELECT count(*) FROM schema_version", [], |row| row.get(0)).unwrap();
        assert_eq!(count, MIGRATIONS.len() as i64);
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused_with_both_versions() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("INSERT INTO schema_version VALUES (999, '0999_later')", []).unwrap();
        let error = migrate(&mut connection).unwrap_err();
        assert_eq!(error, StoreError::NewerSchema { found: 999, known: MIGRATIONS.len() as u32 });
        assert!(error.to_string().contains("999"), "{error}");
    }

    #[test]
    fn old_outcomes_are_found_through_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let plan: String = connection
            .query_row("EXPLAIN QUERY PLAN DELETE FROM idempotency WHERE at_ms <= 1", [], |row| row.get(3))
            .unwrap();
        assert!(plan.contains("USING INDEX idempotency_by_time"), "{plan}");
    }

    #[test]
    fn migration_files_are_numbered_without_gaps() {
        for (version, Migration { name, .. }) in (1..).zip(MIGRATIONS) {
            assert!(name.starts_with(&format!("{version:04}_")), "{name}");
        }
    }
}
