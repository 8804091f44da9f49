//! Arguments and results of the verbs about one-time passwords.

use jiff::Timestamp;
use subtle::ConstantTimeEq;

use crate::codec::{instant, ms};
use crate::error::Result;
use crate::idempotency::Idempotency;

/// The span codes are counted over.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// How often a code may be sent to one phone and tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneTimePasswordLimits {
    /// Least seconds between two codes.
    pub resend_after_s: i64,
    /// Most codes in an hour.
    pub most_per_h: u32,
    /// Most tries at one code.
    pub most_tries: u32,
}

impl Default for OneTimePasswordLimits {
    fn default() -> Self {
        Self { resend_after_s: 60, most_per_h: 5, most_tries: 5 }
    }
}

/// Whether a new code replaced the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutOneTimePassword {
    /// Stored: send it. An earlier code for the phone is worthless now.
    Stored,
    /// Too soon or too often: send nothing before that time.
    Wait {
        /// When the next code may be sent.
        until: Timestamp,
    },
}

/// What became of a try at a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// Right, and used up now.
    Redeemed,
    /// Wrong.
    Wrong {
        /// Tries left.
        left: u32,
    },
    /// The code is past its time.
    Expired,
    /// The code was tried too often; a new one is needed.
    TooManyTries,
    /// No code is waiting for this phone.
    None,
}

/// What is known of the code sent last.
pub(crate) struct Sent {
    pub(crate) at_ms: i64,
    /// Start of the hour that is counted.
    pub(crate) hour_ms: i64,
    /// Codes sent in it.
    pub(crate) hour_count: u32,
}

impl Sent {
    /// Start and count of the hour once one more code is sent now; or until when to wait.
    pub(crate) fn next(
        last: Option<Self>,
        limits: OneTimePasswordLimits,
        now: Timestamp,
    ) -> Result<std::result::Result<(i64, u32), Timestamp>> {
        let now_ms = ms(now);
        let Some(last) = last else { return Ok(Ok((now_ms, 1))) };
        let next_ms = last.at_ms + limits.resend_after_s * 1_000;
        if now_ms < next_ms {
            return Ok(Err(instant(next_ms)?));
        }
        let same_hour = now_ms < last.hour_ms + HOUR_MS;
        if same_hour && last.hour_count >= limits.most_per_h {
            return Ok(Err(instant(last.hour_ms + HOUR_MS)?));
        }
        Ok(Ok(if same_hour { (last.hour_ms, last.hour_count + 1) } else { (now_ms, 1) }))
    }
}

/// A code on file.
pub(crate) struct Waiting {
    pub(crate) code_hash: Vec<u8>,
    pub(crate) used: bool,
    pub(crate) used_by: Option<Vec<u8>>,
    pub(crate) expires_ms: i64,
    pub(crate) tries_left: u32,
}

/// What a try changes in the row.
pub(crate) enum Change {
    /// The code is used up, by the request with the caller's key.
    UseUp,
    /// So many tries are left.
    TriesLeft(u32),
}

impl Waiting {
    /// Judges a try.
    pub(crate) fn redeem(
        &self,
        code_hash: &[u8; 32],
        key: Option<Idempotency>,
        now: Timestamp,
    ) -> (Redemption, Option<Change>) {
        let is_right = bool::from(self.code_hash.ct_eq(code_hash));
        let in_time = ms(now) < self.expires_ms;
        if self.used {
            // Only the request that used the code up can use it again, and a wrong guess costs nothing here.
            let is_repeat = key.is_some_and(|key| self.used_by.as_deref() == Some(&key.key));
            let again = is_repeat && is_right && in_time;
            return (if again { Redemption::Redeemed } else { Redemption::None }, None);
        }
        if !in_time {
            return (Redemption::Expired, None);
        }
        let Some(left) = self.tries_left.checked_sub(1) else { return (Redemption::TooManyTries, None) };
        if is_right {
            return (Redemption::Redeemed, Some(Change::UseUp));
        }
        (Redemption::Wrong { left }, Some(Change::TriesLeft(left)))
    }
}
