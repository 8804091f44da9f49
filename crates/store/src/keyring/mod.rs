//! Keys of the store: the pepper of all look-ups and the data keys of everything sealed at rest.
//!
//! Look-ups use HMAC-SHA-256 (RFC 2104) under the pepper. Values are sealed with AES-256-GCM-SIV (RFC 8452),
//! which stays safe if a nonce is ever repeated; each sealed value names its data key and is bound to its person
//! and column by the associated data, so that a value can't be moved to another row.

mod file;
mod permissions;
mod sealed;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use aes_gcm_siv::Aes256GcmSiv;
use aes_gcm_siv::aead::KeyInit;
use ring::hmac;
use ring::rand::SecureRandom;
use yimatong_model::document::Document;
use yimatong_model::ids::PersonId;
use yimatong_model::phone::Phone;

use crate::error::{Result, StoreError};
use file::KeyFile;
pub use permissions::is_private;

/// A source of randomness that threads share.
pub(crate) type Random = dyn SecureRandom + Send + Sync;

/// Something about the key files an operator should mend; `Display` says what and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} has mode {mode:04o}, others than its owner may read it: run chmod {wanted:04o} {}", path.display(), path.display())]
pub struct Warning {
    /// The file or directory.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
    /// The permission bits it should have.
    pub wanted: u32,
}

/// Why the keyring can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: std::io::Error,
    },
    /// The key file is damaged or of another kind.
    #[error("{} is not a key file of this program: {problem}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, without its contents.
        problem: &'static str,
    },
    /// The source of randomness failed.
    #[error("the source of randomness failed")]
    Random,
}

/// The pepper and the data keys. `Debug` shows no key.
pub struct Keyring {
    pepper: hmac::Key,
    ciphers: BTreeMap<u16, Aes256GcmSiv>,
    current: u16,
}

impl Keyring {
    /// Opens the keyring in a directory (mode 0700), creating both on first run with mode 0600 for the file. The
    /// file appears atomically and is synced, so that a crash leaves either no keyring or a whole one.
    pub fn open_or_create(
        directory: &Path,
        rng: &dyn SecureRandom,
    ) -> std::result::Result<(Self, Vec<Warning>), KeyringError> {
        file::create_directory(directory)?;
        let path = file::path_in(directory);
        let file = match KeyFile::read(&path)? {
            Some(file) => file,
            None => {
                KeyFile::generate(rng)?.create(directory)?;
                KeyFile::read(&path)?
                    .ok_or(KeyringError::Malformed { path, problem: "it vanished after creation" })?
            }
        };
        Ok((Self::from_file(&file), file::warnings(directory)))
    }

    /// Adds a data key and seals with it from now on; values sealed before stay readable.
    pub fn rotate(directory: &Path, rng: &dyn SecureRandom) -> std::result::Result<Self, KeyringError> {
        let path = file::path_in(directory);
        let mut file = KeyFile::read(&path)?
            .ok_or(KeyringError::Malformed { path, problem: "there is none to rotate" })?;
        file.add_key(rng)?;
        file.replace(directory)?;
        Ok(Self::from_file(&file))
    }

    fn from_file(file: &KeyFile) -> Self {
        Self {
            pepper: hmac::Key::new(hmac::HMAC_SHA256, file.pepper()),
            ciphers: file
                .data_keys()
                .map(|(id, key)| (id, Aes256GcmSiv::new(&aes_gcm_siv::Key::<Aes256GcmSiv>::from(*key))))
                .collect(),
            current: file.current(),
        }
    }

    /// Id of the data key new values are sealed with.
    pub fn current_key_id(&self) -> u16 {
        self.current
    }

    /// Names the pepper without telling it, so that a database can refuse a foreign keyring.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        self.tag(b"keyring", b"fingerprint")
    }

    /// Tag of a document; its 63-bit prefix is the person id.
    pub(crate) fn document_tag(&self, document: &Document) -> [u8; 32] {
        self.tag(document.kind().as_str().as_bytes(), document.number().as_bytes())
    }

    /// The id of the person with a document, if anybody is registered with it; unless, once in a thousand cities, somebody
    /// else's tag begins alike. To be compared with what else is known of the person.
    #[must_use]
    pub fn likely_person(&self, document: &Document) -> PersonId {
        person_id_of(&self.document_tag(document))
    }

    /// Tag of a phone.
    pub(crate) fn phone_tag(&self, phone: &Phone) -> [u8; 32] {
        self.tag(b"phone", phone.canonical().as_bytes())
    }

    fn tag(&self, kind: &[u8], value: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.pepper);
        context.update(kind);
        context.update(&[0]);
        context.update(value);
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    /// Seals a secret that belongs to no person, such as a TOTP secret. `context` says where it belongs (for
    /// example `totp:` and the staff name) and must be given again to open it.
    pub fn seal_secret(&self, rng: &dyn SecureRandom, context: &str, secret: &[u8]) -> Result<Vec<u8>> {
        sealed::seal(self, rng, &sealed::secret_data(context), secret)
    }

    /// Opens a secret sealed by [`Keyring::seal_secret`] under the same context.
    pub fn open_secret(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        sealed::open(self, &sealed::secret_data(context), sealed)
            .ok_or_else(|| StoreError::Corrupt("a sealed secret does not open with this keyring".to_owned()))
    }

    /// Seals a column of a person.
    pub(crate) fn seal(
        &self,
        rng: &dyn SecureRandom,
        person: PersonId,
        column: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>> {
        sealed::seal(self, rng, &sealed::column_data(person, column), plain)
    }

    /// Opens a column of a person.
    pub(crate) fn open(&self, person: PersonId, column: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        sealed::open(self, &sealed::column_data(person, column), sealed).ok_or_else(|| {
            StoreError::Corrupt(format!("{column} of person {person} does not open with this keyring"))
        })
    }

    /// As [`Keyring::open`] for texts.
    pub(crate) fn open_text(&self, person: PersonId, column: &str, sealed: &[u8]) -> Result<String> {
        String::from_utf8(self.open(person, column, sealed)?)
            .map_err(|_| StoreError::Corrupt(format!("{column} of person {person} is not text")))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("current", &self.current).finish_non_exhaustive()
    }
}

/// Person id of a document tag: its first 63 bits.
pub(crate) fn person_id_of(tag: &[u8; 32]) -> PersonId {
    let mut prefix = [0; 8];
    prefix.copy_from_slice(&tag[..8]);
    PersonId::from_low_bits(u64::from_be_bytes(prefix) >> 1)
}

#[cfg(test)]
mod tests;
