//! One-time passwords.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use subtle::ConstantTimeEq;

use super::codec::{instant, ms};
use super::tx::Tx;
use crate::error::Result;
use crate::idempotency::Idempotency;
use crate::one_time_password::{OneTimePasswordLimits, PutOneTimePassword, Redemption};

const HOUR_MS: i64 = 3_600_000;

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
    let sent: Option<(i64, i64, u32)> = tx
        .sql
        .prepare_cached("SELECT sent_ms, hour_ms, hour_count FROM one_time_password WHERE phone_tag = ?1")?
        .query_row([phone_tag], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (hour_ms, hour_count) = match sent {
        Some((sent_ms, hour_ms, hour_count)) => {
            let next_ms = sent_ms + limits.resend_after_s * 1_000;
            if now_ms < next_ms {
                return Ok(PutOneTimePassword::Wait { until: instant(next_ms)? });
            }
            let same_hour = now_ms < hour_ms + HOUR_MS;
            if same_hour && hour_count >= limits.most_per_h {
                return Ok(PutOneTimePassword::Wait { until: instant(hour_ms + HOUR_MS)? });
            }
            if same_hour { (hour_ms, hour_count) } else { (now_ms, 0) }
        }
        None => (now_ms, 0),
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
            hour_count + 1
        ])?;
    Ok(PutOneTimePassword::Stored)
}

/// A code on file.
struct Waiting {
    code_hash: Vec<u8>,
    used: bool,
    used_by: Option<Vec<u8>>,
    expires_ms: i64,
    tries_left: u32,
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
    let is_right = bool::from(waiting.code_hash.ct_eq(code_hash));
    if waiting.used {
        // Only the request that used the code up can use it again, and a wrong guess costs nothing here.
        let is_repeat = key.is_some_and(|key| waiting.used_by.as_deref() == Some(&key.key));
        let in_time = ms(now) < waiting.expires_ms;
        return Ok(if is_repeat && is_right && in_time { Redemption::Redeemed } else { Redemption::None });
    }
    if ms(now) >= waiting.expires_ms {
        return Ok(Redemption::Expired);
    }
    let Some(left) = waiting.tries_left.checked_sub(1) else { return Ok(Redemption::TooManyTries) };
    if is_right {
        tx.sql
            .prepare_cached("UPDATE one_time_password SET used = 1, used_by = ?2 WHERE phone_tag = ?1")?
            .execute(params![phone_tag, key.map(|key| key.key)])?;
        return Ok(Redemption::Redeemed);
    }
    tx.sql
        .prepare_cached("UPDATE one_time_password SET tries_left = ?2 WHERE phone_tag = ?1")?
        .execute(params![phone_tag, left])?;
    Ok(Redemption::Wrong { left })
}

/// Removes codes past their time whose hour is over; answers how many.
pub(super) fn purge(tx: &Tx<'_>, now: Timestamp) -> Result<usize> {
    Ok(tx
        .sql
        .prepare_cached("DELETE FROM one_time_password WHERE expires_ms <= ?1 AND hour_ms <= ?2")?
        .execute([ms(now), ms(now) - HOUR_MS])?)
}
