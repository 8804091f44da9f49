//! Making staff accounts, for the API, the command line and the demo.

use jiff::Timestamp;
use ring::rand::SecureRandom;
use yimatong_model::ids::{StaffId, VenueId};
use yimatong_model::role::Role;
use yimatong_store::{AuditEntry, Keyring, NewStaff, Store};

use crate::auth::{password, totp};
use crate::problem::{Code, Problem};
use crate::random;

/// An account to make.
pub struct NewAccount {
    /// The name to sign in with.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The venue a verifier stands at.
    pub venue: Option<VenueId>,
    /// The first password.
    pub password: String,
}

/// An account that was made.
pub struct MadeAccount {
    /// Number.
    pub id: StaffId,
    /// Secret of the second factor, shown once.
    pub totp_secret: [u8; totp::SECRET_BYTES],
}

/// A password to begin with: 14 characters of 32, 70 bits.
#[must_use]
pub fn make_password(random: &dyn SecureRandom) -> String {
    random::password(random, 14)
}

/// Makes an account with a fresh second factor.
pub async fn create(
    store: &dyn Store,
    keyring: &Keyring,
    random: &(dyn SecureRandom + Send + Sync),
    account: &NewAccount,
    now: Timestamp,
) -> Result<MadeAccount, Problem> {
    check_name(&account.name)?;
    let totp_secret = random::bytes(random);
    let hashed = password::hash_in_turn(account.password.as_str().into(), random::bytes(random)).await;
    let Ok(password_hash) = hashed else { return Err(Problem::new(Code::Internal)) };
    let sealed = keyring.seal_secret(random, &account.name, &totp_secret).map_err(|error| {
        tracing::error!(%error, "a second factor can't be sealed");
        Problem::new(Code::Internal)
    })?;
    let id = store
        .create_staff(
            NewStaff {
                name: account.name.clone(),
                role: account.role,
                password_hash,
                totp_secret: sealed,
                venue: account.venue,
                at: now,
            },
            None,
        )
        .await?;
    Ok(MadeAccount { id, totp_secret })
}

/// As [`create`], and says in the audit log who made it; `by` is none for the command line.
pub async fn create_audited(
    store: &dyn Store,
    keyring: &Keyring,
    random: &(dyn SecureRandom + Send + Sync),
    account: &NewAccount,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<MadeAccount, Problem> {
    let made = create(store, keyring, random, account, now).await?;
    let entry = AuditEntry {
        at: now,
        staff: by,
        action: "create-staff".to_owned(),
        subject: None,
        purpose: Some(format!("{} as {}", account.name, account.role)),
    };
    store.append_audit(entry).await?;
    Ok(made)
}

/// Can this be the name of an account: 2 to 64 letters, digits, dots, dashes or underscores?
#[must_use]
pub fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (2..=64).contains(&name.len()) && name.chars().all(plain)
}

/// Refuses a name that could not stand in an authenticator's address.
pub fn check_name(name: &str) -> Result<(), Problem> {
    if is_name(name) {
        return Ok(());
    }
    Err(Problem::field(
        "name",
        "must be 2 to 64 letters, digits, dots, dashes or underscores",
        "用户名须为 2 到 64 个字母、数字、点、横线或下划线",
    ))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_has_one_spelling_and_an_end() {
        assert!(["gate.7", "li", "A-b_9"].into_iter().all(is_name));
        for bad in ["", "x", " gate.7", "gate.7 ", "gate 7", "门卫", "gate.7\0", &"x".repeat(65)] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
