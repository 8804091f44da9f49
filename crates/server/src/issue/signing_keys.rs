//! The city's signing keys: files with mode 0600, rotated with overlap, published as JWKS.
//!
//! A new key is published at once and signs only after gates had time to fetch it. An old key stays published
//! until nothing it signed is in force any more. The file name carries the time of creation.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use ring::rand::SecureRandom;
use yimatong_credential::{KeySet, Signer, SoftwareKey};

use crate::secret_file;

/// A new key signs after this many seconds; gates fetch the key set every few minutes while they are online.
pub const PUBLISHED_BEFORE_USE_S: i64 = 24 * 3_600;
/// An old key stays published this long after its successor began to sign: the life of a paper code and a day.
pub const PUBLISHED_AFTER_USE_S: i64 = 8 * 86_400;

/// One key and its times.
#[derive(Clone)]
pub struct SigningKey {
    /// Creation, Unix seconds.
    pub created_s: i64,
    /// The key.
    pub key: Arc<SoftwareKey>,
    /// Where it lies.
    pub path: PathBuf,
}

/// All keys on file, oldest first.
#[derive(Clone)]
pub struct SigningKeys(Vec<SigningKey>);

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKeys({})", self.0.len())
    }
}

fn folder(data: &Path) -> PathBuf {
    data.join("keys/signing")
}

impl SigningKeys {
    /// Reads the keys of a data folder and makes the first one when there is none.
    pub fn open_or_create(
        data: &Path,
        random: &Arc<dyn SecureRandom + Send + Sync>,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let keys = Self::open(data, random)?;
        if keys.0.is_empty() {
            create(data, random, now)?;
            return Self::open(data, random);
        }
        Ok(keys)
    }

    /// Reads the keys of a data folder.
    pub fn open(data: &Path, random: &Arc<dyn SecureRandom + Send + Sync>) -> anyhow::Result<Self> {
        let mut keys = Vec::new();
        let folder = folder(data);
        if !folder.exists() {
            return Ok(Self(keys));
        }
        for file in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = file?.path();
            if path.extension().is_none_or(|extension| extension != "p8") {
                continue;
            }
            let created_s = path
                .file_stem()
                .and_then(|stem| stem.to_str()?.parse().ok())
                .with_context(|| format!("{} must be named <creation in Unix seconds>.p8", path.display()))?;
            let key = SoftwareKey::from_pkcs8(&secret_file::read(&path)?, Arc::clone(random) as _)
                .with_context(|| format!("{} is not a P-256 key in PKCS #8", path.display()))?;
            keys.push(SigningKey { created_s, key: Arc::new(key), path });
        }
        keys.sort_by_key(|key| key.created_s);
        Ok(Self(keys))
    }

    /// Every key on file, oldest first.
    #[must_use]
    pub fn all(&self) -> &[SigningKey] {
        &self.0
    }

    /// From when on each key signs: the first at once, a later one after its time of publication.
    fn signs_from_s(&self, at: usize) -> i64 {
        if at == 0 { i64::MIN } else { self.0[at].created_s.saturating_add(PUBLISHED_BEFORE_USE_S) }
    }

    /// The key that signs at `now`.
    pub fn signer(&self, now: Timestamp) -> anyhow::Result<&SigningKey> {
        (0..self.0.len())
            .rev()
            .find(|at| self.signs_from_s(*at) <= now.as_second())
            .map(|at| &self.0[at])
            .context("there is no signing key; run: yimatong keys rotate")
    }

    /// The keys that gates must know at `now`.
    #[must_use]
    pub fn published(&self, now: Timestamp) -> Vec<&SigningKey> {
        let retired = |at: usize| {
            at + 1 < self.0.len()
                && self.signs_from_s(at + 1).saturating_add(PUBLISHED_AFTER_USE_S) <= now.as_second()
        };
        (0..self.0.len()).filter(|at| !retired(*at)).map(|at| &self.0[at]).collect()
    }

    /// The published keys as a JWK set (RFC 7517).
    #[must_use]
    pub fn jwks(&self, now: Timestamp) -> KeySet {
        KeySet::new(self.published(now).into_iter().map(|key| key.key.public_key()))
    }
}

/// Makes a new key. It is published at once and signs a day later (unless it is the first).
pub fn create(
    data: &Path,
    random: &Arc<dyn SecureRandom + Send + Sync>,
    now: Timestamp,
) -> anyhow::Result<PathBuf> {
    let (_, pkcs8) = SoftwareKey::generate(Arc::clone(random) as _)?;
    let path = folder(data).join(format!("{}.p8", now.as_second()));
    if path.exists() {
        bail!("a key was made in this very second: {}", path.display());
    }
    secret_file::create(&path, &pkcs8)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_key_is_published_before_it_signs_and_the_old_one_after() {
        let folder = tempfile::tempdir().unwrap();
        let random = crate::random::system();
        let start = 1_640_000_000;
        let at = |seconds: i64| Timestamp::from_second(start + seconds).unwrap();
        let first = SigningKeys::open_or_create(folder.path(), &random, at(0)).unwrap();
        assert_eq!(first.all().len(), 1);
        assert_eq!(first.signer(at(0)).unwrap().created_s, start);

        create(folder.path(), &random, at(1_000)).unwrap();
        let keys = SigningKeys::open(folder.path(), &random).unwrap();
        assert_eq!(keys.published(at(1_000)).len(), 2);
        assert_eq!(keys.signer(at(1_000)).unwrap().created_s, start);
        let used = 1_000 + PUBLISHED_BEFORE_USE_S;
        assert_eq!(keys.signer(at(used - 1)).unwrap().created_s, start);
        assert_eq!(keys.signer(at(used)).unwrap().created_s, start + 1_000);
        assert_eq!(keys.published(at(used + PUBLISHED_AFTER_USE_S - 1)).len(), 2);
        assert_eq!(keys.published(at(used + PUBLISHED_AFTER_USE_S)).len(), 1);
    }

    #[test]
    fn a_damaged_key_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let random = crate::random::system();
        secret_file::create(&folder.path().join("keys/signing/7.p8"), b"junk").unwrap();
        let error = SigningKeys::open(folder.path(), &random).unwrap_err();
        assert!(error.to_string().contains("7.p8"), "{error}");
    }
}
