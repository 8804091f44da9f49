//! Tables of check-ins, one pair per city day, so that retention is a drop.
//!
//! `venue_check_in_YYYYMMDD` is keyed by venue and id, with an index by venue and time; `person_check_in_YYYYMMDD` is a
//! copy keyed by person and time. The two are never joined: on a cluster they live on different machines.

use jiff::civil::Date;
use rusqlite::Connection;

use super::tx::{Tx, View};
use crate::error::Result;

/// The suffix of a day's tables.
pub(super) fn suffix(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// Makes the tables of a day unless they are there.
pub(super) fn create(tx: &Tx<'_>, day: Date) -> Result<()> {
    if tx.check_in_days.borrow().contains(&day) {
        return Ok(());
    }
    create_tables(tx.sql, day)?;
    tx.check_in_days.borrow_mut().insert(day);
    Ok(())
}

fn create_tables(sql: &Connection, day: Date) -> Result<()> {
    let day = suffix(day);
    sql.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS venue_check_in_{day} (
             venue_id    INTEGER NOT NULL,
             check_in_id BLOB    NOT NULL,
             at_ms       INTEGER NOT NULL,
             person_id   INTEGER NOT NULL,
             outcome     INTEGER NOT NULL,
             staff_id    INTEGER,
             PRIMARY KEY (venue_id, check_in_id)
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX IF NOT EXISTS venue_check_in_{day}_by_time ON venue_check_in_{day} (venue_id, at_ms);
         CREATE TABLE IF NOT EXISTS person_check_in_{day} (
             person_id   INTEGER NOT NULL,
             at_ms       INTEGER NOT NULL,
             check_in_id BLOB    NOT NULL,
             venue_id    INTEGER NOT NULL,
             outcome     INTEGER NOT NULL,
             PRIMARY KEY (person_id, at_ms, check_in_id)
         ) STRICT, WITHOUT ROWID;"
    ))?;
    Ok(())
}

/// Whether a day has tables.
pub(super) fn exists(view: &View<'_>, day: Date) -> Result<bool> {
    Ok(view
        .sql
        .prepare_cached("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")?
        .exists([format!("venue_check_in_{}", suffix(day))])?)
}

/// Drops the tables of all days before one; answers how many days that were.
pub(super) fn drop_before(tx: &Tx<'_>, day: Date) -> Result<usize> {
    let tables = tx
        .sql
        .prepare_cached(
            "SELECT name FROM sqlite_master
             WHERE type = 'table' AND (name GLOB 'venue_check_in_[0-9]*' OR name GLOB 'person_check_in_[0-9]*')
             ORDER BY name",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let first_kept = suffix(day);
    let mut days = 0;
    for table in tables {
        // Suffixes have one length, so text order is the order of days.
        let old = table.rsplit('_').next().is_some_and(|suffix| suffix < first_kept.as_str());
        if old {
            tx.sql.execute_batch(&format!("DROP TABLE {table}"))?;
            days += usize::from(table.starts_with("venue"));
        }
    }
    tx.check_in_days.borrow_mut().clear();
    Ok(days)
}
