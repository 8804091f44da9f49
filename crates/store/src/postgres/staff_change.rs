//! What nodes have to hear about staff at once.

use jiff::Timestamp;

use super::sequence;
use super::sql::{PURGED_AT_ONCE, Sql};
use super::tx::{Tx, at};
use crate::codec::{instant, ms, narrow};
use crate::error::{Result, corrupt};
use crate::sequence::Sequence;
use crate::staff::{ACCOUNT_TOLD_MS, StaffChanges};

const INSERT: Sql =
    Sql::coordinator("INSERT INTO staff_change (change, session_id, until_ms) VALUES ($1, $2, $3)");
const SINCE: Sql = Sql::coordinator(
    "SELECT change, session_id, until_ms FROM staff_change WHERE change > $1 ORDER BY change",
);
const PURGE: Sql = Sql::coordinator(
    "DELETE FROM staff_change WHERE change IN
        (SELECT change FROM staff_change WHERE until_ms <= $1 ORDER BY change LIMIT $2)",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[INSERT, SINCE, PURGE];

/// Notes that an account was made, disabled or enabled.
pub(super) async fn note_account(tx: &Tx, now: Timestamp) -> Result<()> {
    note(tx, None, ms(now) + ACCOUNT_TOLD_MS).await
}

/// The verb `end_staff_session`.
pub(super) async fn end_session(tx: &Tx, session: [u8; 8], until: Timestamp) -> Result<()> {
    note(tx, Some(session.to_vec()), ms(until)).await
}

/// Whoever takes a number waits for who took the one before it to commit, so numbers become visible in their order.
async fn note(tx: &Tx, session: Option<Vec<u8>>, until_ms: i64) -> Result<()> {
    let change = sequence::take(tx, Sequence::StaffChange, 1).await?;
    tx.execute(&INSERT, &[&change, &session, &until_ms]).await?;
    Ok(())
}

/// The verb `staff_changes_since`.
pub(super) async fn since(tx: &Tx, change: u64) -> Result<StaffChanges> {
    let mut changes = StaffChanges { last: change, ended: Vec::new(), accounts: false };
    for row in tx.rows(&SINCE, &[&i64::try_from(change).unwrap_or(i64::MAX)]).await? {
        changes.last = narrow(at(&row, 0)?, "a number of a change")?;
        match at::<Option<&[u8]>>(&row, 1)? {
            Some(session) => {
                let session = session.try_into().map_err(|_| corrupt("a session's id"))?;
                changes.ended.push((session, instant(at(&row, 2)?)?));
            }
            None => changes.accounts = true,
        }
    }
    Ok(changes)
}

/// Removes what is of no interest any more, [`PURGED_AT_ONCE`] at most; answers how many.
pub(super) async fn purge(tx: &Tx, now: Timestamp) -> Result<u64> {
    tx.execute(&PURGE, &[&ms(now), &PURGED_AT_ONCE]).await
}
