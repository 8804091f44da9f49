//! Opening and closing the store, and sending verbs to its threads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ring::rand::SecureRandom;
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::oneshot;

use super::provision::{Connection as InUse, Provision, Provisioned};
use super::readers::Readers;
use super::tx::{Tx, View};
use super::writer::{Writer, WriterParts};
use super::{community, connection, migrate};
use crate::community::CommunityRow;
use crate::counters::StoreCounters;
use crate::counting::Counting;
use crate::error::{Outage, Result, StoreError};
use crate::keyring::Keyring;
use crate::keyring::Random;

/// How to open the store.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The database file; created when it is not there.
    pub path: PathBuf,
    /// Number of reading threads.
    pub readers: usize,
    /// Most writes, and most reads, that may wait; beyond that verbs answer `Unavailable(QueueFull)`.
    pub queue: usize,
    /// The monotonic clock, for batching, deadlines and counters (`Instant::now` outside of tests).
    pub monotonic: fn() -> Instant,
    /// For drills and benches only: behave as a database of that size. None: as fast as SQLite is.
    pub provision: Option<Provision>,
}

impl SqliteOptions {
    /// Four readers and 8,192 places in each queue.
    pub fn new(path: impl Into<PathBuf>, monotonic: fn() -> Instant) -> Self {
        Self { path: path.into(), readers: 4, queue: 8_192, monotonic, provision: None }
    }
}

/// The store in one SQLite file.
pub struct SqliteStore {
    pools: RwLock<Option<Pools>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    counting: Arc<Counting>,
    provisioned: Option<Provisioned>,
    pub(super) keys: Arc<Keyring>,
    pub(super) rng: Arc<Random>,
}

struct Pools {
    writer: Writer,
    readers: Readers,
}

impl SqliteStore {
    /// The communities of a database file, also while a node has it open. Nothing is written or migrated.
    ///
    /// # Errors
    /// When there is no such file, or it is of another layout.
    pub fn communities_of_file(path: &Path) -> Result<Vec<CommunityRow>> {
        community::of_file(path)
    }

    /// Opens the database, applies migrations and starts the threads. Blocks; call it before serving.
    ///
    /// # Errors
    /// `NewerSchema` when a newer program wrote it, `Corrupt` when it belongs to another keyring or is damaged.
    pub fn open(
        options: &SqliteOptions,
        keys: Arc<Keyring>,
        rng: Arc<dyn SecureRandom + Send + Sync>,
    ) -> Result<Self> {
        let mut connection = connection::writing(&options.path)?;
        migrate::migrate(&mut connection)?;
        check_keyring(&connection, &keys)?;
        let counting = Arc::new(Counting::default());
        let parts = WriterParts {
            connection,
            keys: Arc::clone(&keys),
            rng: Arc::clone(&rng),
            counting: Arc::clone(&counting),
            monotonic: options.monotonic,
        };
        let (readers, mut threads) = Readers::start(
            &options.path,
            options.readers,
            options.queue,
            Arc::clone(&keys),
            &counting,
            options.monotonic,
        )?;
        let (writer, thread) = Writer::start(parts, options.queue)?;
        // The writer is joined last: the last connection to close folds the log into the database.
        threads.push(thread);
        let pools = RwLock::new(Some(Pools { writer, readers }));
        let provisioned = options.provision.map(Provisioned::new);
        Ok(Self { pools, threads: Mutex::new(threads), counting, provisioned, keys, rng })
    }

    /// Runs a verb in a transaction of the writer.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        verb: &'static str,
        write: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _in_use = self.connect().await?;
        let wait = self.with_pools(|pools| pools.writer.submit(verb, write))?;
        answer(wait).await
    }

    /// Runs a verb in a snapshot of a reader.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        verb: &'static str,
        read: impl FnOnce(&View<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _in_use = self.connect().await?;
        let wait = self.with_pools(|pools| pools.readers.submit(verb, read))?;
        answer(wait).await
    }

    /// Makes every verb that was not answered yet, and every later one, wait for so long: a drill's stalled database.
    /// Does nothing to a store that was opened without a [`Provision`].
    pub fn stall(&self, time: Duration) {
        if let Some(provisioned) = &self.provisioned {
            provisioned.stall(time);
        }
    }

    async fn connect(&self) -> Result<Option<InUse>> {
        match &self.provisioned {
            Some(provisioned) => provisioned.connect().await.map(Some),
            None => Ok(None),
        }
    }

    /// Counts so far.
    pub(super) fn count(&self) -> StoreCounters {
        self.counting.read()
    }

    /// Lets the queues run dry and ends the threads.
    pub(super) async fn shut_down(&self) -> Result<()> {
        drop(self.pools.write().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = tokio::task::spawn_blocking(move || threads.into_iter().try_for_each(JoinHandle::join));
        match joined.await {
            Ok(Ok(())) => Ok(()),
            _ => Err(StoreError::Unavailable(Outage::Io("a thread of the store ended early".to_owned()))),
        }
    }

    fn with_pools<T>(&self, submit: impl FnOnce(&Pools) -> Result<T>) -> Result<T> {
        match self.pools.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(pools) => submit(pools),
            None => Err(StoreError::Unavailable(Outage::Closed)),
        }
    }
}

async fn answer<T>(wait: oneshot::Receiver<Result<T>>) -> Result<T> {
    // No answer comes from a verb that panicked; the queues run dry before their threads end.
    wait.await.unwrap_or(Err(StoreError::Unavailable(Outage::RolledBack)))
}

/// Marks a new database with its keyring and refuses one that was written with another: with the wrong pepper
/// every look-up would miss and people would be registered twice.
fn check_keyring(connection: &Connection, keys: &Keyring) -> Result<()> {
    let own = keys.fingerprint();
    let found: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM store_fact WHERE name = 'keyring'", [], |row| row.get(0))
        .optional()?;
    match found {
        Some(found) if found == own => Ok(()),
        Some(_) => Err(StoreError::Corrupt(
            "it was written with another keyring: put back the keys/store-keys.json that belongs to this database"
                .to_owned(),
        )),
        None => {
            connection.execute("INSERT INTO store_fact (name, value) VALUES ('keyring', ?1)", [own])?;
            Ok(())
        }
    }
}
