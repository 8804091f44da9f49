//! Arguments and results of the verbs about staff accounts.

use jiff::Timestamp;
use yimatong_model::ids::{StaffId, VenueId};
use yimatong_model::role::Role;

use crate::error::{Problem, Result, StoreError};

/// Longest log-in name, in bytes.
const LONGEST_NAME: usize = 64;

/// A staff account to create.
#[derive(Clone)]
pub struct NewStaff {
    /// Log-in name, unique, 1 to 64 bytes.
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// Password hash in PHC form (argon2id); never a password.
    pub password_hash: String,
    /// TOTP secret sealed by [`Keyring::seal_secret`](crate::Keyring::seal_secret).
    pub totp_secret: Vec<u8>,
    /// Venue a verifier belongs to.
    pub venue: Option<VenueId>,
    /// When it was created.
    pub at: Timestamp,
}

impl NewStaff {
    /// The name without blanks around it; refuses empty and over-long ones.
    pub(crate) fn checked_name(&self) -> Result<&str> {
        match self.name.trim() {
            "" => Err(StoreError::invalid("name", Problem::Empty)),
            name if name.len() > LONGEST_NAME => Err(StoreError::invalid("name", Problem::TooLong)),
            name => Ok(name),
        }
    }
}

/// A staff account on file. `Debug` leaves the secrets out.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// The account.
    pub id: StaffId,
    /// Log-in name.
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// Password hash in PHC form.
    pub password_hash: String,
    /// Sealed TOTP secret.
    pub totp_secret: Vec<u8>,
    /// Venue a verifier belongs to.
    pub venue: Option<VenueId>,
    /// Since when the account is disabled (milliseconds kept).
    pub disabled_at: Option<Timestamp>,
    /// When it was created (milliseconds kept).
    pub created_at: Timestamp,
}

/// What changed about staff since a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffChanges {
    /// Ask again from here.
    pub last: u64,
    /// Sessions that ended before their time, and until when they would have lasted.
    pub ended: Vec<([u8; 8], Timestamp)>,
    /// Was an account made, disabled or enabled? Read them all again.
    pub accounts: bool,
}

/// How long other nodes are told of a changed account, in ms; they read all accounts once a minute anyway.
pub(crate) const ACCOUNT_TOLD_MS: i64 = 3_600_000;

impl std::fmt::Debug for StaffRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffRow").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}
