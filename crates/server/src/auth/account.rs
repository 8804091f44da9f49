//! Making staff accounts, for the API, the command line and the demo.

use jiff::Timestamp;
use ring::rand::SecureRandom;
use yimatong_model::ids::{StaffId, VenueId};
use yimatong_model::role::Role;
use yimatong_store::{Keyring, NewStaff, Store};

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
    let typed = account.password.clone();
    let salt = random::bytes(random);
    let hashed = tokio::task::spawn_blocking(move || password::hash(&typed, &salt)).await;
    let Ok(Ok(password_hash)) = hashed else { return Err(Problem::new(Code::Internal)) };
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

fn check_name(name: &str) -> Result<(), Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if (2..=64).contains(&name.len()) && name.chars().all(plain) {
        return Ok(());
    }
    Err(Problem::field(
        "name",
        "must be 2 to 64 letters, digits, dots, dashes or underscores",
        "用户名须为 2 到 64 个字母、数字、点、横线或下划线",
    ))
}
