//! Arguments and results of the verbs about one-time passwords.

use jiff::Timestamp;

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
