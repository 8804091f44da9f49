//! One-time passwords.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use subtle::ConstantTimeEq;

use super::codec::{instant, ms};
use super::tx::Tx;
use crate::error::Result;
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
                 (phone_tag, code_hash, expires_ms, tries_left, sent_ms, hour_ms, hour_count)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
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

/// The verb `redeem_one_time_password`.
pub(super) fn redeem(
    tx: &Tx<'_>,
    phone_tag: &[u8; 32],
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Redemption> {
    let found: Option<(Option<Vec<u8>>, i64, u32)> = tx
        .sql
        .prepare_cached(
            "SELECT code_hash, expires_ms, tries_left FROM one_time_password WHERE phone_tag = ?1",
        )?
        .query_row([phone_tag], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((Some(stored), expires_ms, tries_left)) = found else { return Ok(Redemption::None) };
    if ms(now) >= expires_ms {
        return Ok(Redemption::Expired);
    }
    let Some(left) = tries_left.checked_sub(1) else { return Ok(Redemption::TooManyTries) };
    if bool::from(stored.ct_eq(code_hash)) {
        tx.sql
            .prepare_cached("UPDATE one_time_password SET code_hash = NULL WHERE phone_tag = ?1")?
            .execute([phone_tag])?;
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
