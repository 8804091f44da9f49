//! One-time passwords.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::tx::Tx;
use crate::codec::ms;
use crate::error::Result;
use crate::idempotency::Idempotency;
use crate::one_time_password::{
    Change, HOUR_MS, OneTimePasswordLimits, PutOneTimePassword, Redemption, Sent, Waiting,
};

/// The verb `put_one_time_password`.
pub(super) fn put(
    tx: &Tx<'_>,
    phone_tag: &[u8; 32],
    code_hash: &[u8; 32],
    expires: Timestamp,
    limits: OneTimePasswordLimits,
    now: Timestamp,
) -> Result<PutOneTimePassword> {
    let now_ms = ms(now);
    let sent = tx
        .sql
        .prepare_cached("SELECT sent_ms, hour_ms, hour_count FROM one_time_password WHERE phone_tag = ?1")?
        .query_row([phone_tag], |row| {
            Ok(Sent { at_ms: row.get(0)?, hour_ms: row.get(1)?, hour_count: row.get(2)? })
        })
        .optional()?;
    let (hour_ms, hour_count) = match Sent::next(sent, limits, now)? {
        Ok(hour) => hour,
        Err(until) => return Ok(PutOneTimePassword::Wait { until }),
    };
    tx.sql
        .prepare_cached(
            "INSERT OR REPLACE INTO one_time_password
                 (phone_tag, code_hash, used, expires_ms, tries_left, sent_ms, hour_ms, hour_count)
             VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            phone_tag,
            code_hash,
            ms(expires),
            limits.most_tries,
            now_ms,
            hour_ms,
            hour_count
        ])?;
    Ok(PutOneTimePassword::Stored)
}

fn find(tx: &Tx<'_>, phone_tag: &[u8; 32]) -> Result<Option<Waiting>> {
    Ok(tx
        .sql
        .prepare_cached(
            "SELECT code_hash, used, used_by, expires_ms, tries_left FROM one_time_password WHERE phone_tag = ?1",
        )?
        .query_row([phone_tag], |row| {
            Ok(Waiting {
                code_hash: row.get(0)?,
                used: row.get(1)?,
                used_by: row.get(2)?,
                expires_ms: row.get(3)?,
                tries_left: row.get(4)?,
            })
        })
        .optional()?)
}

/// The verb `redeem_one_time_password`.
pub(super) fn redeem(
    tx: &Tx<'_>,
    phone_tag: &[u8; 32],
    code_hash: &[u8; 32],
    key: Option<Idempotency>,
    now: Timestamp,
) -> Result<Redemption> {
    let Some(waiting) = find(tx, phone_tag)? else { return Ok(Redemption::None) };
    let (redemption, change) = waiting.redeem(code_hash, key, now);
    match change {
        None => {}
        Some(Change::UseUp) => {
            tx.sql
                .prepare_cached("UPDATE one_time_password SET used = 1, used_by = ?2 WHERE phone_tag = ?1")?
                .execute(params![phone_tag, key.map(|key| key.key)])?;
        }
        Some(Change::TriesLeft(left)) => {
            tx.sql
                .prepare_cached("UPDATE one_time_password SET tries_left = ?2 WHERE phone_tag = ?1")?
                .execute(params![phone_tag, left])?;
        }
    }
    Ok(redemption)
}

/// Removes codes past their time whose hour is over; answers how many.
pub(super) fn purge(tx: &Tx<'_>, now: Timestamp) -> Result<usize> {
    Ok(tx
        .sql
        .prepare_cached("DELETE FROM one_time_password WHERE expires_ms <= ?1 AND hour_ms <= ?2")?
        .execute([ms(now), ms(now) - HOUR_MS])?)
}
