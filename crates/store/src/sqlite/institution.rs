//! Numbers of testing institutions.

use rusqlite::{OptionalExtension, params};

use super::sequence;
use super::tx::{Tx, View};
use crate::error::Result;
use crate::institution;
use crate::sequence::Sequence;

/// The verb `add_institution`.
pub(super) fn add(tx: &Tx<'_>, name: &str) -> Result<u16> {
    let name = institution::checked_name(name)?;
    let found = tx
        .sql
        .prepare_cached("SELECT number FROM institution WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if let Some(number) = found {
        return Ok(number);
    }
    let number = institution::number(sequence::take(tx, Sequence::Institution, 1)?)?;
    tx.sql
        .prepare_cached("INSERT INTO institution (name, number) VALUES (?1, ?2)")?
        .execute(params![name, number])?;
    Ok(number)
}

/// The verb `institutions`.
pub(super) fn all(view: &View<'_>) -> Result<Vec<(u16, String)>> {
    let mut statement = view.sql.prepare_cached("SELECT number, name FROM institution ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
