//! The database's clock, the one that all nodes of a city can see. Nothing stored and nothing decided in SQL depends on it.

use jiff::Timestamp;

use super::sql::Sql;
use super::tx::{Tx, at};
use crate::error::{Result, corrupt};
use crate::sequence::Sequence;

/// The only statement that reads a clock: nodes compare theirs with it, and give verbs the time they have agreed on.
pub(super) const NOW: Sql = Sql::coordinator(
    "SELECT (date_part('epoch', clock_timestamp()) * 1000000)::bigint FROM sequence WHERE name = $1",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[NOW];

/// The verb `database_time`.
pub(super) async fn now(tx: &Tx) -> Result<Timestamp> {
    let row = tx.row(&NOW, &[&Sequence::Change.name()]).await?.ok_or_else(|| corrupt("a sequence"))?;
    Timestamp::from_microsecond(at(&row, 0)?).map_err(|_| corrupt("the time"))
}
