//! One-time passwords for phones: six digits, kept only as a keyed hash.

use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use ring::rand::SecureRandom;
use yimatong_model::phone::Phone;

use crate::random;

/// How long a one-time password is good, in seconds.
pub const LIFETIME_S: i64 = 300;
/// Seconds until another one can be sent to the same phone.
pub const RESEND_AFTER_S: i64 = 60;

/// A new one-time password.
#[must_use]
pub fn generate(random: &dyn SecureRandom) -> String {
    random::digits(random, 6)
}

/// When a password made at `now` ends.
#[must_use]
pub fn expires_at(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_secs(LIFETIME_S)
}

/// Is this six digits at all? Anything else need not reach the store.
#[must_use]
pub fn is_well_formed(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())
}

/// What the store keeps instead of the password.
#[must_use]
pub fn hash(key: &hmac::Key, phone: &Phone, code: &str) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    context.update(phone.canonical().as_bytes());
    context.update(b"\0");
    context.update(code.as_bytes());
    context.sign().as_ref().try_into().expect("HMAC-SHA256 has 32 bytes")
}
