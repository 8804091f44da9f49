//! The key file: JSON with the pepper and the data keys in hexadecimal, mode 0600.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};

use super::{KeyringError, Warning, is_private};

const FILE: &str = "store-keys.json";
const FILE_MODE: u32 = 0o600;
const DIRECTORY_MODE: u32 = 0o700;
const FORMAT: &str = "yimatong-store-keys-1";

/// 32 secret bytes, in the file as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Secret([u8; 32]);

impl Secret {
    fn generate(rng: &dyn SecureRandom) -> Result<Self, KeyringError> {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes).map_err(|_| KeyringError::Random)?;
        Ok(Self(bytes))
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        to.serialize_str(&hex)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(from)?;
        let problem = || serde::de::Error::custom("a key is 64 hexadecimal digits");
        if hex.len() != 64 || !hex.is_ascii() {
            return Err(problem());
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).map_err(|_| problem())?;
        }
        Ok(Self(bytes))
    }
}

/// Contents of the key file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct KeyFile {
    format: String,
    pepper: Secret,
    current: u16,
    data_keys: BTreeMap<u16, Secret>,
}

impl KeyFile {
    /// A new keyring with one data key.
    pub(super) fn generate(rng: &dyn SecureRandom) -> Result<Self, KeyringError> {
        Ok(Self {
            format: FORMAT.to_owned(),
            pepper: Secret::generate(rng)?,
            current: 1,
            data_keys: BTreeMap::from([(1, Secret::generate(rng)?)]),
        })
    }

    /// Adds a data key and makes it the current one.
    pub(super) fn add_key(&mut self, rng: &dyn SecureRandom) -> Result<(), KeyringError> {
        let last = self.data_keys.last_key_value().map_or(0, |(id, _)| *id);
        let id = last
            .checked_add(1)
            .ok_or(KeyringError::Malformed { path: PathBuf::from(FILE), problem: "all key ids are used" })?;
        self.data_keys.insert(id, Secret::generate(rng)?);
        self.current = id;
        Ok(())
    }

    /// Reads the file; none when there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, KeyringError> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(KeyringError::Io { path: path.to_owned(), source }),
        };
        let malformed = |problem| KeyringError::Malformed { path: path.to_owned(), problem };
        // The JSON error is dropped: it may quote key material.
        let file: Self = serde_json::from_slice(&text).map_err(|_| malformed("it can't be parsed"))?;
        if file.format != FORMAT {
            return Err(malformed("its format is unknown"));
        }
        if !file.data_keys.contains_key(&file.current) {
            return Err(malformed("its current key is missing"));
        }
        Ok(Some(file))
    }

    /// Puts the file where none is; when another process was first, its file stays.
    pub(super) fn create(&self, directory: &Path) -> Result<(), KeyringError> {
        let fresh = self.write_aside(directory)?;
        let path = path_in(directory);
        // A hard link fails when the name exists; a rename would replace keys that are in use already.
        let linked = match fs::hard_link(&fresh, &path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => other,
        };
        at(&fresh, fs::remove_file(&fresh))?;
        at(&path, linked)?;
        sync_directory(directory)
    }

    /// Replaces the file.
    pub(super) fn replace(&self, directory: &Path) -> Result<(), KeyringError> {
        let fresh = self.write_aside(directory)?;
        at(&fresh, fs::rename(&fresh, path_in(directory)))?;
        sync_directory(directory)
    }

    fn write_aside(&self, directory: &Path) -> Result<PathBuf, KeyringError> {
        // Unique among processes and threads that may be creating the keyring at once.
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = directory.join(format!("{FILE}.{}-{number}.new", std::process::id()));
        let text = serde_json::to_vec_pretty(self).expect("invariant: numbers and texts always serialise");
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&path)
            .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()));
        at(&path, written)?;
        Ok(path)
    }

    pub(super) fn pepper(&self) -> &[u8; 32] {
        &self.pepper.0
    }

    pub(super) fn current(&self) -> u16 {
        self.current
    }

    pub(super) fn data_keys(&self) -> impl Iterator<Item = (u16, &[u8; 32])> {
        self.data_keys.iter().map(|(id, key)| (*id, &key.0))
    }
}

/// Path of the key file.
pub(super) fn path_in(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// Creates the directory, readable by its owner only, unless it is there.
pub(super) fn create_directory(directory: &Path) -> Result<(), KeyringError> {
    at(directory, DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(directory))
}

/// Permissions wider than they should be.
pub(super) fn warnings(directory: &Path) -> Vec<Warning> {
    [(directory.to_owned(), DIRECTORY_MODE), (path_in(directory), FILE_MODE)]
        .into_iter()
        .filter_map(|(path, wanted)| {
            let metadata = fs::metadata(&path).ok()?;
            let mode = metadata.permissions().mode() & 0o777;
            (!is_private(&metadata)).then_some(Warning { path, mode, wanted })
        })
        .collect()
}

fn sync_directory(directory: &Path) -> Result<(), KeyringError> {
    at(directory, File::open(directory).and_then(|handle| handle.sync_all()))
}

fn at<T>(path: &Path, result: io::Result<T>) -> Result<T, KeyringError> {
    result.map_err(|source| KeyringError::Io { path: path.to_owned(), source })
}
