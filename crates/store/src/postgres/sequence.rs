//! Numbers the application gives out, and single facts about the store.

use super::connection::Connection;
use super::error::store_error;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::error::{Result, corrupt};
use crate::sequence::{Fact, Sequence};

const TAKE: Sql =
    Sql::coordinator("UPDATE sequence SET next = next + $2 WHERE name = $1 RETURNING next - $2");
/// As [`TAKE`], for the number that is taken last. Who holds it holds up every change of the city, so from here on this
/// transaction waits for nobody: what another one has locked, and may give back only when it gets a number, is left to
/// that one, and this one is tried again. (On a cluster the workers' own locks end by its deadlock detection, and this form can't
/// be planned: there it is two statements.)
const TAKE_LAST: Sql = Sql::coordinator(
    "UPDATE sequence SET next = next + $2 WHERE name = $1
     RETURNING next - $2, set_config('lock_timeout', '50ms', true)",
);
const NEXT: Sql = Sql::coordinator("SELECT next FROM sequence WHERE name = $1");
const SKIP_PAST: Sql =
    Sql::coordinator("UPDATE sequence SET next = $2::bigint + 1 WHERE name = $1 AND next <= $2");
const FACT: Sql =
    Sql::coordinator("SELECT convert_from(value, 'UTF8')::bigint FROM store_fact WHERE name = $1");
const VALUE: Sql = Sql::coordinator("SELECT value FROM store_fact WHERE name = $1");
const RAISE_FACT: Sql = Sql::coordinator(
    "INSERT INTO store_fact (name, value) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value
     WHERE convert_from(store_fact.value, 'UTF8')::bigint < convert_from(excluded.value, 'UTF8')::bigint",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[TAKE, TAKE_LAST, NEXT, SKIP_PAST, FACT, VALUE, RAISE_FACT];

/// Takes `count` numbers; answers the first. Whoever else takes some waits until this transaction is over: take them
/// last, and in the order of [`Sequence`].
pub(super) async fn take(tx: &Tx, sequence: Sequence, count: usize) -> Result<i64> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let is_last = matches!(sequence, Sequence::Change);
    let in_one = is_last && !tx.is_cluster;
    let row = tx.row(if in_one { &TAKE_LAST } else { &TAKE }, &[&sequence.name(), &count]).await?;
    if is_last && !in_one {
        tx.batch("SET LOCAL lock_timeout = '50ms'").await?;
    }
    at(&row.ok_or_else(|| corrupt("a sequence"))?, 0)
}

/// Lowest number not given out yet.
pub(super) async fn next(tx: &Tx, sequence: Sequence) -> Result<i64> {
    let row = tx.row(&NEXT, &[&sequence.name()]).await?;
    at(&row.ok_or_else(|| corrupt("a sequence"))?, 0)
}

/// Never gives out numbers up to this one, which came from outside.
pub(super) async fn skip_past(tx: &Tx, sequence: Sequence, number: i64) -> Result<()> {
    tx.execute(&SKIP_PAST, &[&sequence.name(), &number]).await?;
    Ok(())
}

/// A fact of any kind as it is kept, if it was ever set.
pub(super) async fn value(tx: &Tx, name: &str) -> Result<Option<Vec<u8>>> {
    tx.row(&VALUE, &[&name]).await?.map(|row| at(&row, 0)).transpose()
}

/// The same before there is a store, or without one.
pub(crate) async fn value_at(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let row = connection.client.query_opt(VALUE.text, &[&name]).await.map_err(|error| store_error(&error))?;
    row.map(|row| at(&row, 0)).transpose()
}

/// A fact, if it was ever set.
pub(super) async fn fact(tx: &Tx, fact: Fact) -> Result<Option<i64>> {
    tx.row(&FACT, &[&fact.name()]).await?.map(|row| at(&row, 0)).transpose()
}

/// Raises a fact; facts never sink.
pub(super) async fn raise_fact(tx: &Tx, which: Fact, value: i64) -> Result<()> {
    tx.execute(&RAISE_FACT, &[&which.name(), &value.to_string().into_bytes()]).await?;
    Ok(())
}
