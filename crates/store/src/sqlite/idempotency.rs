//! Writes that happen once per idempotency key.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::tx::Tx;
use crate::codec::ms;
use crate::error::corrupt;
use crate::error::{Result, StoreError};
use crate::idempotency::{Idempotency, KEPT_H};

/// Runs a write unless its key was used before; then answers the outcome of that time. Outcomes hold ids only,
/// never personal data; states are read anew.
pub(super) fn once<T: Serialize + DeserializeOwned>(
    tx: &Tx<'_>,
    verb: &'static str,
    key: Option<Idempotency>,
    now: Timestamp,
    write: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let Some(Idempotency { key, request }) = key else { return write() };
    let found: Option<(Vec<u8>, String, String)> = tx
        .sql
        .prepare_cached("SELECT request, verb, outcome FROM idempotency WHERE key = ?1 AND at_ms > ?2")?
        .query_row(params![key, ms(now) - KEPT_H * 3_600_000], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    if let Some((stored, stored_verb, outcome)) = found {
        if stored != request || stored_verb != verb {
            return Err(StoreError::IdempotencyMismatch);
        }
        return serde_json::from_str(&outcome).map_err(|_| corrupt("a stored outcome"));
    }
    let outcome = write()?;
    let text = serde_json::to_string(&outcome).map_err(|_| corrupt("an outcome"))?;
    tx.sql
        .prepare_cached(
            "INSERT OR REPLACE INTO idempotency (key, request, verb, outcome, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![key, request, verb, text, ms(now)])?;
    Ok(outcome)
}

/// Removes outcomes past their time; answers how many.
pub(super) fn purge(tx: &Tx<'_>, now: Timestamp) -> Result<usize> {
    Ok(tx
        .sql
        .prepare_cached("DELETE FROM idempotency WHERE at_ms <= ?1")?
        .execute([ms(now) - KEPT_H * 3_600_000])?)
}
