//! Numbers the application gives out, and single facts about the store.

use rusqlite::{OptionalExtension, params};

use super::tx::{Tx, View};
use crate::error::Result;
use crate::sequence::{Fact, Sequence};

/// Takes `count` numbers; answers the first.
pub(super) fn take(tx: &Tx<'_>, sequence: Sequence, count: usize) -> Result<i64> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Ok(tx
        .sql
        .prepare_cached("UPDATE sequence SET next = next + ?2 WHERE name = ?1 RETURNING next - ?2")?
        .query_row(params![sequence.name(), count], |row| row.get(0))?)
}

/// Lowest number not given out yet.
pub(super) fn next(view: &View<'_>, sequence: Sequence) -> Result<i64> {
    Ok(view
        .sql
        .prepare_cached("SELECT next FROM sequence WHERE name = ?1")?
        .query_row([sequence.name()], |row| row.get(0))?)
}

/// Never gives out numbers up to this one, which came from outside.
pub(super) fn skip_past(tx: &Tx<'_>, sequence: Sequence, number: i64) -> Result<()> {
    tx.sql
        .prepare_cached("UPDATE sequence SET next = max(next, ?2 + 1) WHERE name = ?1")?
        .execute(params![sequence.name(), number])?;
    Ok(())
}

/// A fact, if it was ever set.
pub(super) fn fact(view: &View<'_>, fact: Fact) -> Result<Option<i64>> {
    Ok(view
        .sql
        .prepare_cached("SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM store_fact WHERE name = ?1")?
        .query_row([fact.name()], |row| row.get(0))
        .optional()?)
}

/// Raises a fact; facts never sink.
pub(super) fn raise_fact(tx: &Tx<'_>, which: Fact, value: i64) -> Result<()> {
    if fact(tx, which)?.is_some_and(|present| present >= value) {
        return Ok(());
    }
    tx.sql
        .prepare_cached("INSERT OR REPLACE INTO store_fact (name, value) VALUES (?1, ?2)")?
        .execute(params![which.name(), value.to_string().into_bytes()])?;
    Ok(())
}
