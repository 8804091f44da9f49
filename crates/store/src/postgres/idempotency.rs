//! Writes that happen once per idempotency key.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::attempt::Mode;
use super::sql::{PURGED_AT_ONCE, Sql};
use super::tx::{Tx, at};
use crate::codec::ms;
use crate::error::{Result, StoreError, corrupt};
use crate::idempotency::{Idempotency, KEPT_H};

/// Claims the key. An outcome past its time is replaced; a fresh one is left, and then no row comes back. Another
/// request with the same key waits here until this one is over.
const CLAIM: Sql = Sql::coordinator(
    "INSERT INTO idempotency (key, request, verb, outcome, at_ms) VALUES ($1, $2, $3, '', $4)
     ON CONFLICT (key) DO UPDATE
         SET request = excluded.request, verb = excluded.verb, outcome = '', at_ms = excluded.at_ms
         WHERE idempotency.at_ms <= $5
     RETURNING at_ms",
);
const FIND: Sql = Sql::coordinator("SELECT request, verb, outcome FROM idempotency WHERE key = $1");
const FINISH: Sql = Sql::coordinator("UPDATE idempotency SET outcome = $2 WHERE key = $1");
const PURGE: Sql = Sql::coordinator(
    "DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE at_ms <= $1 ORDER BY at_ms LIMIT $2)",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[CLAIM, FIND, FINISH, PURGE];

/// How a write with this key may be repeated.
pub(super) fn mode(key: Option<Idempotency>) -> Mode {
    if key.is_some() { Mode::WriteAgain } else { Mode::Write }
}

/// What a key was found to be.
pub(super) enum Once<T> {
    /// Unused: do the work, then [`finish`].
    New,
    /// Used by this very request, with that outcome.
    Before(T),
}

/// Claims a key, or finds the outcome of the first time. Outcomes hold ids only, never personal data; states are read
/// anew.
pub(super) async fn begin<T: DeserializeOwned>(
    tx: &Tx,
    verb: &'static str,
    key: Option<Idempotency>,
    now: Timestamp,
) -> Result<Once<T>> {
    let Some(Idempotency { key, request }) = key else { return Ok(Once::New) };
    let past_ms = ms(now) - KEPT_H * 3_600_000;
    let (key, request) = (&key[..], &request[..]);
    if tx.row(&CLAIM, &[&key, &request, &verb, &ms(now), &past_ms]).await?.is_some() {
        return Ok(Once::New);
    }
    let row = tx.row(&FIND, &[&key]).await?.ok_or_else(|| corrupt("an idempotency key"))?;
    if at::<&[u8]>(&row, 0)? != request || at::<&str>(&row, 1)? != verb {
        return Err(StoreError::IdempotencyMismatch);
    }
    serde_json::from_str(at(&row, 2)?).map(Once::Before).map_err(|_| corrupt("a stored outcome"))
}

/// Keeps the outcome under the key that was claimed.
pub(super) async fn finish<T: Serialize>(tx: &Tx, key: Option<Idempotency>, outcome: &T) -> Result<()> {
    let Some(Idempotency { key, .. }) = key else { return Ok(()) };
    let text = serde_json::to_string(outcome).map_err(|_| corrupt("an outcome"))?;
    tx.execute(&FINISH, &[&&key[..], &text]).await?;
    Ok(())
}

/// Removes outcomes past their time; answers how many.
pub(super) async fn purge(tx: &Tx, now: Timestamp) -> Result<u64> {
    tx.execute(&PURGE, &[&(ms(now) - KEPT_H * 3_600_000), &PURGED_AT_ONCE]).await
}
