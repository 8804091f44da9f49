//! Numbers of testing institutions.

use super::sequence;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::narrow;
use crate::error::Result;
use crate::institution;
use crate::sequence::Sequence;

const FIND: Sql = Sql::reference("SELECT number FROM institution WHERE name = $1");
const ADD: Sql =
    Sql::reference("INSERT INTO institution (name, number) VALUES ($1, $2) ON CONFLICT DO NOTHING");
const LIST: Sql = Sql::reference("SELECT number, name FROM institution ORDER BY number");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[FIND, ADD, LIST];

/// The verb `add_institution`.
pub(super) async fn add(tx: &Tx, name: &str) -> Result<u16> {
    let name = institution::checked_name(name)?;
    if let Some(number) = find(tx, name).await? {
        return Ok(number);
    }
    // Who holds the sequence is the only one to add; looked at again, since somebody else may just have been.
    let number = institution::number(sequence::take(tx, Sequence::Institution, 1).await?)?;
    if let Some(meanwhile) = find(tx, name).await? {
        return Ok(meanwhile);
    }
    tx.execute(&ADD, &[&name, &i64::from(number)]).await?;
    Ok(number)
}

async fn find(tx: &Tx, name: &str) -> Result<Option<u16>> {
    let row = tx.row(&FIND, &[&name]).await?;
    row.map(|row| narrow(at(&row, 0)?, "an institution")).transpose()
}

/// The verb `institutions`.
pub(super) async fn all(tx: &Tx) -> Result<Vec<(u16, String)>> {
    let rows = tx.rows(&LIST, &[]).await?;
    rows.iter().map(|row| Ok((narrow(at(row, 0)?, "an institution")?, at(row, 1)?))).collect()
}
