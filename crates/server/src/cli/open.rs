//! Opening a data folder: its lock, its keys and its database.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use ring::rand::SecureRandom;
use secrecy::ExposeSecret as _;
use yimatong_store::{Keyring, PostgresOptions, PostgresStore, Provision, SqliteOptions, SqliteStore, Store};

use super::shared_keys;
use crate::clock::monotonic;
use crate::config::Config;
use crate::demo;

/// A data folder in use. The lock ends with the value.
pub(super) struct DataFolder {
    pub(super) store: Arc<dyn Store>,
    /// The store again, where it is SQLite: only that one can be made slow for a drill.
    pub(super) sqlite: Option<Arc<SqliteStore>>,
    /// The store again, where it is PostgreSQL: several nodes may use it.
    pub(super) postgres: Option<Arc<PostgresStore>>,
    pub(super) keyring: Arc<Keyring>,
    _lock: File,
}

/// Opens a data folder, making it on the first run. A demo city that was never finished is no city.
pub(super) async fn open(
    config: &Config,
    random: &Arc<dyn SecureRandom + Send + Sync>,
) -> anyhow::Result<DataFolder> {
    let lock = lock(&config.store.data)?;
    demo::refuse_unfinished(&config.store.data)?;
    open_locked(lock, config, random, None).await
}

/// Opens the keys and the database of a folder that this process has locked; a drill says what the store is like.
pub(super) async fn open_locked(
    lock: File,
    config: &Config,
    random: &Arc<dyn SecureRandom + Send + Sync>,
    provision: Option<Provision>,
) -> anyhow::Result<DataFolder> {
    let data = &config.store.data;
    check_city(data, config.city.code)?;
    refuse_lost_keyring(data)?;
    let (keyring, warnings) =
        Keyring::open_or_create(&data.join("keys"), &**random).context("cannot open the keyring")?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let keyring = Arc::new(keyring);
    check_store(data, config.store.is_postgres())?;
    if config.store.is_postgres() {
        if provision.is_some() {
            bail!("a drill measures its own SQLite store; leave --store out");
        }
        let store = open_postgres(config, &keyring, random).await?;
        return Ok(DataFolder {
            store: store.clone(),
            sqlite: None,
            postgres: Some(store),
            keyring,
            _lock: lock,
        });
    }
    let options = SqliteOptions { provision, ..SqliteOptions::new(data.join("yimatong.db"), monotonic) };
    let store = SqliteStore::open(&options, Arc::clone(&keyring), Arc::clone(random))
        .with_context(|| format!("cannot open the database in {}", data.display()))?;
    let sqlite = Arc::new(store);
    Ok(DataFolder { store: sqlite.clone(), sqlite: Some(sqlite), postgres: None, keyring, _lock: lock })
}

async fn open_postgres(
    config: &Config,
    keyring: &Arc<Keyring>,
    random: &Arc<dyn SecureRandom + Send + Sync>,
) -> anyhow::Result<Arc<PostgresStore>> {
    let options = PostgresOptions {
        replica_url: config.store.replica_url.as_ref().map(|url| url.expose_secret().to_owned()),
        connections: config.store.connections,
        migrate: config.store.migrate,
        ..PostgresOptions::new(config.store.url.expose_secret())
    };
    let store = PostgresStore::open(&options, Arc::clone(keyring), Arc::clone(random)).await;
    let store = store.context("cannot open the database of store.url")?;
    shared_keys::check(&store, &config.store.data, config.city.code, &**random).await?;
    Ok(Arc::new(store))
}

/// Kinds of stores, as the file `store-kind` of a folder names them.
const SQLITE: &str = "sqlite";
pub(super) const POSTGRES: &str = "postgres";
const STORE_KIND: &str = "store-kind";

/// The kind of store that a folder was used with, if it was used.
pub(super) fn kept_kind(data: &Path) -> anyhow::Result<Option<String>> {
    let path = data.join(STORE_KIND);
    match fs::read_to_string(&path) {
        Ok(kept) => Ok(Some(kept.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(data.join("yimatong.db").exists().then(|| SQLITE.to_owned()))
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// From now on the folder's store is PostgreSQL; whole and on the disk, or not at all.
pub(super) fn mark_postgres(data: &Path) -> anyhow::Result<()> {
    let (path, fresh) = (data.join(STORE_KIND), data.join("store-kind.new"));
    fs::write(&fresh, format!("{POSTGRES}\n"))
        .and_then(|()| File::open(&fresh)?.sync_all())
        .and_then(|()| fs::rename(&fresh, &path))
        .and_then(|()| File::open(data)?.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))
}

/// A folder keeps to one kind of store: its snapshot of the registry counts that store's changes.
fn check_store(data: &Path, is_postgres: bool) -> anyhow::Result<()> {
    let kind = if is_postgres { POSTGRES } else { SQLITE };
    match kept_kind(data)? {
        Some(kept) if kept == SQLITE && is_postgres => bail!(
            "{} holds a city on SQLite, but store.url names a PostgreSQL database; move the city with `yimatong copy`, or give \
             another --data folder with a copy of keys/ in it",
            data.display()
        ),
        Some(kept) if kept != kind => bail!(
            "{} was used with a {kept} store, but store.url names a {kind} one; give another --data folder and copy keys/ \
             into it",
            data.display()
        ),
        Some(_) => Ok(()),
        None => {
            let path = data.join(STORE_KIND);
            fs::write(&path, format!("{kind}\n")).with_context(|| format!("cannot write {}", path.display()))
        }
    }
}

/// A folder belongs to one city for good: its people, codes and rules are that city's.
fn check_city(data: &Path, code: u32) -> anyhow::Result<()> {
    if refuse_other_city(data, code)? {
        return Ok(());
    }
    let path = data.join("city");
    fs::write(&path, format!("{code}\n")).with_context(|| format!("cannot write {}", path.display()))
}

/// Refuses a folder of another city; false for one that belongs to none yet.
pub(super) fn refuse_other_city(data: &Path, code: u32) -> anyhow::Result<bool> {
    let path = data.join("city");
    match fs::read_to_string(&path) {
        Ok(kept) if kept.trim() == code.to_string() => Ok(true),
        Ok(kept) => bail!(
            "{} holds the city {}, but city.code is {code}; set city.code (and city.rules) to that city",
            data.display(),
            kept.trim()
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Without its keyring a database can't be read; a new keyring beside it could end up in the next backup.
pub(super) fn refuse_lost_keyring(data: &Path) -> anyhow::Result<()> {
    let keyring = data.join("keys/store-keys.json");
    if data.join("yimatong.db").exists() && !keyring.exists() {
        bail!(
            "{} is missing, and the database can't be read without it; restore it from your backup",
            keyring.display()
        );
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_city() {
        let folder = tempfile::tempdir().unwrap();
        check_city(folder.path(), 410_100).unwrap();
        check_city(folder.path(), 410_100).unwrap();
        let error = check_city(folder.path(), 610_100).unwrap_err();
        assert!(error.to_string().contains("holds the city 410100"), "{error}");
    }

    #[test]
    fn a_folder_keeps_to_one_kind_of_store() {
        let folder = tempfile::tempdir().unwrap();
        check_store(folder.path(), true).unwrap();
        check_store(folder.path(), true).unwrap();
        let error = check_store(folder.path(), false).unwrap_err();
        assert!(error.to_string().contains("used with a postgres store"), "{error}");
    }

    #[test]
    fn a_database_without_its_keyring_is_refused_before_a_new_one_is_made() {
        let folder = tempfile::tempdir().unwrap();
        refuse_lost_keyring(folder.path()).unwrap();
        fs::write(folder.path().join("yimatong.db"), "rows").unwrap();
        let error = refuse_lost_keyring(folder.path()).unwrap_err();
        assert!(error.to_string().contains("restore it from your backup"), "{error}");
    }
}
