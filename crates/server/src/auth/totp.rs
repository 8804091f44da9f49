//! The second factor of staff: time-based codes (RFC 6238: SHA-1, 6 digits, 30 s), as every authenticator
//! app makes them.

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a new secret; RFC 4226 recommends 160 bits.
pub const SECRET_BYTES: usize = 20;

fn totp(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(secret.to_vec()).with_skew(1).build().ok()
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_second()).unwrap_or(0)
}

/// The 30 s step whose code this is, when it is one of the present, the last or the next step.
#[must_use]
pub fn matching_step(secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
    totp(secret)?.check(code, seconds(now))
}

/// The code at `now`; the demo shows it on the page.
#[must_use]
pub fn code_at(secret: &[u8], now: Timestamp) -> Option<String> {
    Some(totp(secret)?.generate(seconds(now)).to_string())
}

/// The secret as apps take it typed (base32).
#[must_use]
pub fn base32(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// The `otpauth:` address that apps scan.
#[must_use]
pub fn uri(secret: &[u8], name: &str) -> String {
    // Staff names are checked to be letters, digits, dots, dashes and underscores, so no escaping is needed.
    format!("otpauth://totp/yimatong:{name}?secret={}&issuer=yimatong", base32(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        // The appendix has 8 digits; the last 6 of them are the 6-digit code.
        let secret = b"12345678901234567890";
        for (time_s, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let at = Timestamp::from_second(time_s).unwrap();
            assert_eq!(code_at(secret, at).as_deref(), Some(code));
            assert!(matching_step(secret, code, at).is_some());
        }
    }

    #[test]
    fn a_code_is_good_for_the_neighbouring_steps_only() {
        let secret = b"12345678901234567890";
        let at = |s| Timestamp::from_second(s).unwrap();
        let code = code_at(secret, at(1_640_000_000)).unwrap();
        assert!(matching_step(secret, &code, at(1_640_000_030)).is_some());
        assert!(matching_step(secret, &code, at(1_640_000_090)).is_none());
        assert!(matching_step(secret, "junk", at(1_640_000_000)).is_none());
    }
}
