//! Opening a data folder: its lock, its keys and its database.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use ring::rand::SecureRandom;
use yimatong_store::{Keyring, SqliteOptions, SqliteStore};

use crate::clock::monotonic;
use crate::demo;

/// A data folder in use. The lock ends with the value.
pub(super) struct DataFolder {
    pub(super) store: Arc<SqliteStore>,
    pub(super) keyring: Arc<Keyring>,
    _lock: File,
}

/// Opens a data folder, making it on the first run. A demo city that was never finished is no city.
pub(super) fn open(data: &Path, random: &Arc<dyn SecureRandom + Send + Sync>) -> anyhow::Result<DataFolder> {
    let lock = lock(data)?;
    demo::refuse_unfinished(data)?;
    open_locked(lock, data, random)
}

/// Opens the keys and the database of a folder that this process has locked.
pub(super) fn open_locked(
    lock: File,
    data: &Path,
    random: &Arc<dyn SecureRandom + Send + Sync>,
) -> anyhow::Result<DataFolder> {
    let (keyring, warnings) =
        Keyring::open_or_create(&data.join("keys"), &**random).context("cannot open the keyring")?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let keyring = Arc::new(keyring);
    let options = SqliteOptions::new(data.join("yimatong.db"), monotonic);
    let store = SqliteStore::open(&options, Arc::clone(&keyring), Arc::clone(random))
        .with_context(|| format!("cannot open the database in {}", data.display()))?;
    Ok(DataFolder { store: Arc::new(store), keyring, _lock: lock })
}

/// Locks a data folder, making it on the first run. Only one process may use it at a time: two group commits over
/// one file would each believe to be the only writer.
pub(super) fn lock(data: &Path) -> anyhow::Result<File> {
    fs::create_dir_all(data).with_context(|| format!("cannot make the data folder {}", data.display()))?;
    let path = data.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("{} is in use by another yimatong process; stop it first", data.display())
        }
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the data folder"),
    }
}

/// A runtime for commands that talk to the store.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")
}
