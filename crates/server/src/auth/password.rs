//! Staff passwords: argon2id with the parameters of OWASP's password storage guide (19 MiB, 2 passes).

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Shortest accepted password in characters.
pub const SHORTEST: usize = 10;

/// Passwords worked on at a time: each takes 19 MiB and some 20 ms of a core, whoever sent it.
static TURNS: Semaphore = Semaphore::const_new(4);

async fn turn() -> SemaphorePermit<'static> {
    TURNS.acquire().await.expect("the turns are never closed")
}

/// As [`hash`], on a thread for slow work, when it is its turn.
pub async fn hash_in_turn(password: SecretString, salt: [u8; 16]) -> anyhow::Result<String> {
    let turn = turn().await;
    // The turn goes along: it ends with the work, also when the caller has gone away.
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        hash(password.expose_secret(), &salt)
    })
    .await?
}

/// As [`verify`], on a thread for slow work, when it is its turn.
pub async fn verify_in_turn(password: SecretString, stored: String) -> bool {
    let turn = turn().await;
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        verify(password.expose_secret(), &stored)
    })
    .await
    .unwrap_or(false)
}

/// The hash to store (PHC string).
pub fn hash(password: &str, salt: &[u8; 16]) -> anyhow::Result<String> {
    let hash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|error| anyhow::anyhow!("cannot hash the password: {error}"))?;
    Ok(hash.to_string())
}

/// Does the password fit the stored hash? An unreadable hash fits nothing.
#[must_use]
pub fn verify(password: &str, stored: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), stored).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let stored = hash("correct horse", &[7; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify("correct horse", &stored));
        assert!(!verify("correct horsf", &stored));
        assert!(!verify("correct horse", "not a hash"));
    }
}
