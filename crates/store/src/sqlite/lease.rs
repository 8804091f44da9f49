//! Leases of jobs that one node does for all.

use jiff::Timestamp;
use rusqlite::params;

use super::tx::Tx;
use crate::codec::ms;
use crate::error::Result;

/// The verb `take_lease`.
pub(super) fn take(tx: &Tx<'_>, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
    let taken = tx
        .sql
        .prepare_cached(
            "INSERT INTO lease (name, holder, until_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
             WHERE lease.holder = excluded.holder OR lease.until_ms <= ?4",
        )?
        .execute(params![name, holder, ms(until), ms(now)])?;
    Ok(taken == 1)
}
