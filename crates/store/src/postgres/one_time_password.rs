//! One-time passwords.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::sql::{PURGED_AT_ONCE, Sql};
use super::tx::{Tx, at};
use crate::codec::{ms, narrow};
use crate::error::Result;
use crate::idempotency::Idempotency;
use crate::one_time_password::{
    Change, HOUR_MS, OneTimePasswordLimits, PutOneTimePassword, Redemption, Sent, Waiting,
};

const SENT: Sql = Sql::coordinator(
    "SELECT sent_ms, hour_ms, hour_count FROM one_time_password WHERE phone_tag = $1 FOR UPDATE",
);
/// Only over the row that was looked at: of two first codes for a phone at one moment one comes back and is told to wait.
const PUT: Sql = Sql::coordinator(
    "INSERT INTO one_time_password
         (phone_tag, code_hash, used, used_by, expires_ms, tries_left, sent_ms, hour_ms, hour_count)
     VALUES ($1, $2, false, NULL, $3, $4, $5, $6, $7)
     ON CONFLICT (phone_tag) DO UPDATE
         SET code_hash = excluded.code_hash, used = excluded.used, used_by = excluded.used_by,
             expires_ms = excluded.expires_ms, tries_left = excluded.tries_left, sent_ms = excluded.sent_ms,
             hour_ms = excluded.hour_ms, hour_count = excluded.hour_count
         WHERE one_time_password.sent_ms = $8",
);
const WAITING: Sql = Sql::coordinator(
    "SELECT code_hash, used, used_by, expires_ms, tries_left FROM one_time_password
     WHERE phone_tag = $1 FOR UPDATE",
);
const USE_UP: Sql =
    Sql::coordinator("UPDATE one_time_password SET used = true, used_by = $2 WHERE phone_tag = $1");
const TRIES_LEFT: Sql = Sql::coordinator("UPDATE one_time_password SET tries_left = $2 WHERE phone_tag = $1");
const PURGE: Sql = Sql::coordinator(
    "DELETE FROM one_time_password WHERE phone_tag IN (
        SELECT phone_tag FROM one_time_password WHERE expires_ms <= $1 AND hour_ms <= $2 LIMIT $3)",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[SENT, PUT, WAITING, USE_UP, TRIES_LEFT, PURGE];

/// The verb `put_one_time_password`.
pub(super) async fn put(
    tx: &Tx,
    phone_tag: &[u8; 32],
    code_hash: &[u8; 32],
    expires: Timestamp,
    limits: OneTimePasswordLimits,
    now: Timestamp,
) -> Result<PutOneTimePassword> {
    let (phone_tag, code_hash) = (&phone_tag[..], &code_hash[..]);
    loop {
        let sent = tx.row(&SENT, &[&phone_tag]).await?.map(|row| sent(&row)).transpose()?;
        let looked_at = sent.as_ref().map(|sent| sent.at_ms);
        let (hour_ms, hour_count) = match Sent::next(sent, limits, now)? {
            Ok(hour) => hour,
            Err(until) => return Ok(PutOneTimePassword::Wait { until }),
        };
        let (tries, count) = (i64::from(limits.most_tries), i64::from(hour_count));
        let written = tx
            .execute(
                &PUT,
                &[&phone_tag, &code_hash, &ms(expires), &tries, &ms(now), &hour_ms, &count, &looked_at],
            )
            .await?;
        if written == 1 {
            return Ok(PutOneTimePassword::Stored);
        }
    }
}

fn sent(row: &Row) -> Result<Sent> {
    let hour_count = narrow(at(row, 2)?, "a count")?;
    Ok(Sent { at_ms: at(row, 0)?, hour_ms: at(row, 1)?, hour_count })
}

/// The verb `redeem_one_time_password`.
pub(super) async fn redeem(
    tx: &Tx,
    phone_tag: &[u8; 32],
    code_hash: &[u8; 32],
    key: Option<Idempotency>,
    now: Timestamp,
) -> Result<Redemption> {
    let phone_tag = &phone_tag[..];
    let Some(row) = tx.row(&WAITING, &[&phone_tag]).await? else { return Ok(Redemption::None) };
    let waiting = Waiting {
        code_hash: at(&row, 0)?,
        used: at(&row, 1)?,
        used_by: at(&row, 2)?,
        expires_ms: at(&row, 3)?,
        tries_left: narrow(at(&row, 4)?, "a count")?,
    };
    let (redemption, change) = waiting.redeem(code_hash, key, now);
    match change {
        None => {}
        Some(Change::UseUp) => {
            let used_by = key.map(|key| key.key.to_vec());
            tx.execute(&USE_UP, &[&phone_tag, &used_by]).await?;
        }
        Some(Change::TriesLeft(left)) => {
            tx.execute(&TRIES_LEFT, &[&phone_tag, &i64::from(left)]).await?;
        }
    }
    Ok(redemption)
}

/// Removes codes past their time whose hour is over; answers how many.
pub(super) async fn purge(tx: &Tx, now: Timestamp) -> Result<u64> {
    tx.execute(&PURGE, &[&ms(now), &(ms(now) - HOUR_MS), &PURGED_AT_ONCE]).await
}
