//! What nodes have to hear about staff at once.

use jiff::Timestamp;
use rusqlite::params;

use super::sequence;
use super::tx::{Tx, View};
use crate::codec::{instant, ms, narrow};
use crate::error::Result;
use crate::sequence::Sequence;
use crate::staff::{ACCOUNT_TOLD_MS, StaffChanges};

/// Notes that an account was made, disabled or enabled.
pub(super) fn note_account(tx: &Tx<'_>, now: Timestamp) -> Result<()> {
    note(tx, None, ms(now) + ACCOUNT_TOLD_MS)
}

/// The verb `end_staff_session`.
pub(super) fn end_session(tx: &Tx<'_>, session: [u8; 8], until: Timestamp) -> Result<()> {
    note(tx, Some(session), ms(until))
}

fn note(tx: &Tx<'_>, session: Option<[u8; 8]>, until_ms: i64) -> Result<()> {
    let change = sequence::take(tx, Sequence::StaffChange, 1)?;
    tx.sql
        .prepare_cached("INSERT INTO staff_change (change, session_id, until_ms) VALUES (?1, ?2, ?3)")?
        .execute(params![change, session, until_ms])?;
    Ok(())
}

/// The verb `staff_changes_since`.
pub(super) fn since(view: &View<'_>, change: u64) -> Result<StaffChanges> {
    let mut changes = StaffChanges { last: change, ended: Vec::new(), accounts: false };
    let mut statement = view.sql.prepare_cached(
        "SELECT change, session_id, until_ms FROM staff_change WHERE change > ?1 ORDER BY change",
    )?;
    let mut rows = statement.query([i64::try_from(change).unwrap_or(i64::MAX)])?;
    while let Some(row) = rows.next()? {
        changes.last = narrow(row.get(0)?, "a number of a change")?;
        match row.get::<_, Option<[u8; 8]>>(1)? {
            Some(session) => changes.ended.push((session, instant(row.get(2)?)?)),
            None => changes.accounts = true,
        }
    }
    Ok(changes)
}

/// Removes what is of no interest any more; answers how many.
pub(super) fn purge(tx: &Tx<'_>, now: Timestamp) -> Result<usize> {
    Ok(tx.sql.prepare_cached("DELETE FROM staff_change WHERE until_ms <= ?1")?.execute([ms(now)])?)
}
