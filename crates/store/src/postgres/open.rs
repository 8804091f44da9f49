//! Opening and closing the store.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ring::rand::SecureRandom;
use tokio::time::Instant;

use super::check_in::Batch;
use super::connection::{Connection, Target};
use super::error::store_error;
use super::group::Group;
use super::pool::Pool;
use super::reachable::Away;
use super::register_many::{self, Registration};
use super::{check_in_day, migrate, sample, sequence, statements};
use crate::counters::StoreCounters;
use crate::counting::Counting;
use crate::error::{Result, StoreError};
use crate::keyring::{Keyring, Random};
use crate::person::Registered;
use crate::row_outcome::RowOutcome;
use crate::sample::RecordedSamples;
use crate::sequence::COPY_FACT;

/// How long a replica that could not be reached is not asked.
const REPLICA_RESTS: Duration = Duration::from_secs(10);

/// How to open the store.
#[derive(Clone)]
pub struct PostgresOptions {
    /// `postgres://user:password@host:port/database`, with `sslmode` and `sslrootcert` where needed.
    pub url: String,
    /// A replica for histories and statistics, which may lag; none: they are read from the database itself.
    pub replica_url: Option<String>,
    /// Most connections to each.
    pub connections: u32,
    /// Most verbs that may wait for a connection; beyond that they answer `Unavailable(QueueFull)`.
    pub queue: usize,
    /// Longest time a statement may take where no deadline is nearer.
    pub longest_statement: Duration,
    /// How long closing waits for what is queued and under way. What it does not wait for was acknowledged to nobody.
    pub closes_within: Duration,
    /// Apply migrations when the database is older than this program.
    pub migrate: bool,
}

impl PostgresOptions {
    /// 16 connections, 8,192 places in line, half a minute for a statement, four seconds to close.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            replica_url: None,
            connections: 16,
            queue: 8_192,
            longest_statement: Duration::from_secs(30),
            closes_within: Duration::from_secs(4),
            migrate: true,
        }
    }
}

impl std::fmt::Debug for PostgresOptions {
    /// Leaves the URLs out, which may hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresOptions").field("connections", &self.connections).finish_non_exhaustive()
    }
}

/// The store in a PostgreSQL database, alone or as the coordinator of a Citus cluster.
pub struct PostgresStore {
    pub(super) shared: Arc<Shared>,
    /// Registrations that commit together.
    pub(super) registrations: Group<Registration, Registered>,
    /// Check-ins that commit together.
    pub(super) check_ins: Group<Batch, Vec<RowOutcome>>,
    /// Samples that commit together.
    pub(super) samples: Group<sample::Call, RecordedSamples>,
}

impl Deref for PostgresStore {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

/// What verbs and the workers of the group commit share.
pub struct Shared {
    pub(super) pool: Arc<Pool>,
    replica: Option<Arc<Pool>>,
    /// Until when the replica is not asked, because it could not be reached.
    replica_rests_until: Mutex<Option<Instant>>,
    pub(super) counting: Counting,
    pub(super) longest_statement: Duration,
    closes_within: Duration,
    pub(super) keys: Arc<Keyring>,
    pub(super) rng: Arc<Random>,
    /// City days, as numbers, whose check-ins have tables.
    pub(super) check_in_days: Mutex<BTreeSet<i32>>,
    is_cluster: bool,
    /// Machines of the cluster that did not answer lately.
    pub(super) away: Away,
}

impl PostgresStore {
    /// Opens the database and applies migrations.
    ///
    /// # Errors
    /// `NewerSchema` when only newer programs can use it, `Corrupt` when it belongs to another keyring, `Unavailable`
    /// when it can't be reached, `Unusable` when the URL is wrong, it holds an unfinished copy, or is older than this program and must not
    /// be migrated here.
    pub async fn open(
        options: &PostgresOptions,
        keys: Arc<Keyring>,
        rng: Arc<dyn SecureRandom + Send + Sync>,
    ) -> Result<Self> {
        let target = Target::parse(&options.url)?;
        let connection = target.connect().await?;
        if options.migrate {
            migrate::migrate(&connection.client).await?;
        } else if migrate::pending(&connection.client).await? > 0 {
            let older = "the database is older than this program: run `yimatong migrate`".to_owned();
            return Err(StoreError::Unusable(older));
        }
        refuse_unfinished_copy(&connection).await?;
        check_keyring(&connection, &keys).await?;
        statements::prepare_all(&connection).await?;
        let is_cluster = is_cluster(&connection).await?;
        if is_cluster {
            refuse_unknown_sequence(&connection).await?;
        }
        let replica = options
            .replica_url
            .as_deref()
            .map(Target::parse)
            .transpose()
            .map_err(|error| StoreError::Unusable(format!("store.replica_url: {error}")))?;
        let pool = Pool::new(target, options.connections, options.queue);
        pool.give(connection);
        let shared = Arc::new(Shared {
            pool,
            replica: replica.map(|target| Pool::new(target, options.connections, options.queue)),
            replica_rests_until: Mutex::default(),
            counting: Counting::default(),
            longest_statement: options.longest_statement,
            closes_within: options.closes_within,
            keys,
            rng,
            check_in_days: Mutex::default(),
            is_cluster,
            away: Away::default(),
        });
        Ok(Self {
            registrations: Group::start(&shared, "register_person", options.queue, |_| 1, register_many::run),
            check_ins: Group::start(
                &shared,
                "record_check_ins",
                options.queue,
                Batch::rows,
                check_in_day::run,
            ),
            samples: Group::start(&shared, "record_samples", options.queue, sample::Call::rows, sample::run),
            shared,
        })
    }

    /// Applies the migrations of a database; answers how many that were.
    ///
    /// # Errors
    /// As [`PostgresStore::open`].
    pub async fn migrate(url: &str) -> Result<usize> {
        let connection = Target::parse(url)?.connect().await?;
        migrate::migrate(&connection.client).await
    }

    /// Counts so far.
    pub(super) fn count(&self) -> StoreCounters {
        self.counting.read()
    }

    /// Lets verbs that wait finish, for a while, and closes the connections; `Deadline` when some were given up.
    pub(super) async fn shut_down(&self) -> Result<()> {
        let until = Instant::now() + self.closes_within;
        let mut all_done = self.registrations.close(until).await;
        all_done &= self.check_ins.close(until).await;
        all_done &= self.samples.close(until).await;
        all_done &= self.pool.close(until).await;
        if let Some(replica) = &self.replica {
            all_done &= replica.close(until).await;
        }
        if all_done { Ok(()) } else { Err(StoreError::Deadline) }
    }
}

impl Shared {
    /// Connections for reads that may lag, while they can be made.
    pub(super) fn replica(&self) -> Option<&Arc<Pool>> {
        let rests_until = *self.replica_rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        self.replica.as_ref().filter(|_| rests_until.is_none_or(|until| Instant::now() >= until))
    }

    /// Lets a replica that can't be reached rest for a while: finding that out anew takes each reader some seconds.
    pub(super) fn rest_replica(&self) {
        let until = Instant::now() + REPLICA_RESTS;
        *self.replica_rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    /// Whether tables are distributed.
    pub(super) fn is_cluster(&self) -> bool {
        self.is_cluster
    }
}

async fn is_cluster(connection: &Connection) -> Result<bool> {
    let found = "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')";
    let row = connection.client.query_one(found, &[]).await.map_err(|error| store_error(&error))?;
    row.try_get(0).map_err(|error| store_error(&error))
}

/// A cluster that does not know `sequence` commits a person on a worker before, and not together with, the number: a database that
/// an earlier version of the migrations made.
async fn refuse_unknown_sequence(connection: &Connection) -> Result<()> {
    let known = "SELECT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = 'sequence'::regclass)";
    let row = connection.client.query_one(known, &[]).await.map_err(|error| store_error(&error))?;
    if row.try_get(0).map_err(|error| store_error(&error))? {
        return Ok(());
    }
    let unknown = "the cluster does not know the table `sequence`, so a number and the person who gets it would not be committed \
                   together: run SELECT citus_add_local_table_to_metadata('sequence') on the coordinator";
    Err(StoreError::Unusable(unknown.to_owned()))
}

/// Half a city must not serve: whoever is not copied yet would be registered a second time.
async fn refuse_unfinished_copy(connection: &Connection) -> Result<()> {
    if sequence::value_at(connection, COPY_FACT).await?.is_none() {
        return Ok(());
    }
    let unfinished = "it holds an unfinished copy of a city: run `yimatong copy` again until it says that all rows are verified";
    Err(StoreError::Unusable(unfinished.to_owned()))
}

/// Marks a new database with its keyring and refuses one that was written with another: with the wrong pepper
/// every look-up would miss and people would be registered twice.
async fn check_keyring(connection: &Connection, keys: &Keyring) -> Result<()> {
    let own = keys.fingerprint();
    let client = &connection.client;
    let mark = "INSERT INTO store_fact (name, value) VALUES ('keyring', $1) ON CONFLICT DO NOTHING";
    client.execute(mark, &[&&own[..]]).await.map_err(|error| store_error(&error))?;
    if sequence::value_at(connection, "keyring").await?.is_some_and(|found| found == own) {
        return Ok(());
    }
    Err(StoreError::Corrupt(
        "it was written with another keyring: put back the keys/store-keys.json that belongs to this database".to_owned(),
    ))
}
