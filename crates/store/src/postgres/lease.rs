//! Leases of jobs that one node does for all.

use jiff::Timestamp;

use super::sql::Sql;
use super::tx::Tx;
use crate::codec::ms;
use crate::error::Result;

const TAKE: Sql = Sql::coordinator(
    "INSERT INTO lease (name, holder, until_ms) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
     WHERE lease.holder = excluded.holder OR lease.until_ms <= $4",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[TAKE];

/// The verb `take_lease`.
pub(super) async fn take(
    tx: &Tx,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(&TAKE, &[&name, &holder, &ms(until), &ms(now)]).await? == 1)
}
