//! Everything a request can reach, built once at start.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use ring::hmac;
use ring::rand::SecureRandom;
use yimatong_credential::dcc::TrustList;
use yimatong_model::ids::Slot;
use yimatong_store::{Keyring, Outage, Store, StoreError};

use crate::alarms::AlarmBoard;
use crate::auth::session::Sessions;
use crate::auth::staff::{StaffDirectory, StaffMember};
use crate::authority::{Authority, authority};
use crate::campaigns::Campaigns;
use crate::clock::{Clock, monotonic};
use crate::communities::Communities;
use crate::config::Config;
use crate::connections::Connections;
use crate::demo::DemoAccounts;
use crate::institutions::Institutions;
use crate::issue::ready::ReadyCodes;
use crate::issue::signing_keys::SigningKeys;
use crate::issue::subject::SubjectCipher;
use crate::metrics::Metrics;
use crate::overload::{Overload, Protection};
use crate::registry::{Followed, Registry};
use crate::replay::ReplayMemory;
use crate::rules;
use crate::sampling_points::SamplingPoints;
use crate::secret_file;
use crate::sms::{SmsGateway, gateway};
use crate::statistics::Statistics;
use crate::trust;

/// The store is asked for news before their time at most so often.
const HEARS_EVERY: Duration = Duration::from_millis(20);
/// How long a reading of the city that failed waits before the next one.
const RELOAD_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The server's state.
pub struct App {
    /// Effective configuration.
    pub config: Config,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub random: Arc<dyn SecureRandom + Send + Sync>,
    /// The database.
    pub store: Arc<dyn Store>,
    /// Seals what the store keeps secret for the server (second factors of staff).
    pub keyring: Arc<Keyring>,
    /// The city in memory.
    pub registry: Registry,
    /// Session tokens.
    pub sessions: Sessions,
    /// Subjects of credentials.
    pub subjects: SubjectCipher,
    /// Key of one-time password hashes.
    pub one_time_password_key: hmac::Key,
    /// Staff in memory.
    pub staff: StaffDirectory,
    /// Names of testing institutions.
    pub institutions: Institutions,
    /// Signers of certificates from elsewhere.
    trust: RwLock<Arc<TrustList>>,
    left_out: trust::LeftOut,
    /// Campaigns in memory.
    pub campaigns: Campaigns,
    /// Communities in memory.
    pub communities: Communities,
    /// Sampling points in memory.
    pub sampling_points: SamplingPoints,
    /// Codes ready to show.
    pub ready_codes: ReadyCodes,
    /// Presentations seen in the last minutes.
    pub replays: ReplayMemory,
    /// Sends one-time passwords.
    pub sms: Box<dyn SmsGateway>,
    /// Confirms identities.
    pub authority: Box<dyn Authority>,
    /// The city in numbers.
    pub statistics: Statistics,
    /// Counters.
    pub metrics: Metrics,
    /// Admission control and the waiting room.
    pub overload: Overload,
    /// Connections now, and how many there may be.
    pub connections: Arc<Connections>,
    /// What fires now.
    pub alarms: Arc<AlarmBoard>,
    /// Accounts of the demo; none in a real city.
    pub demo: Option<DemoAccounts>,
    /// This run of this node, as it holds leases.
    pub holder: String,
    made_signing_key: bool,
    signing_keys: RwLock<Arc<SigningKeys>>,
    ready: AtomicBool,
    leaving: AtomicBool,
    draining: AtomicBool,
    public_url: String,
    /// When the store was last asked for news before its time, and what it said.
    hearing: tokio::sync::Mutex<Option<(Instant, Result<(), StoreError>)>>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("config", &self.config).finish_non_exhaustive()
    }
}

/// What the caller of [`App::new`] decides.
pub struct Parts {
    /// Effective configuration.
    pub config: Config,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub random: Arc<dyn SecureRandom + Send + Sync>,
    /// The open database.
    pub store: Arc<dyn Store>,
    /// The keys it was opened with.
    pub keyring: Arc<Keyring>,
    /// Accounts of the demo.
    pub demo: Option<DemoAccounts>,
    /// How the store is protected.
    pub protection: Protection,
}

impl App {
    /// Builds the state: reads or makes the keys and reads the rules. The registry is still empty.
    pub fn new(parts: Parts) -> anyhow::Result<Self> {
        let Parts { config, clock, random, store, keyring, demo, protection } = parts;
        let data = &config.store.data;
        let secret = |name: &str| secret_file::read_or_create::<32>(&data.join("keys").join(name), &*random);
        let rules = Arc::new(rules::load(&config.city.rules)?);
        if rules.city != config.city.code {
            bail!(
                "the rules {} are those of the city {}, but city.code is {}; set city.rules to the city's own",
                config.city.rules,
                rules.city,
                config.city.code
            );
        }
        let metrics = Metrics::default();
        let mut run = [0; 8];
        random.fill(&mut run).map_err(|_| anyhow::anyhow!("the machine gave no randomness"))?;
        let holder = format!("{}-{:016x}", config.server.node_name(), u64::from_le_bytes(run));
        let made_signing_key = SigningKeys::open(data, &random)?.all().is_empty();
        let signing_keys = SigningKeys::open_or_create(data, &random, clock.now())?;
        let left_out = trust::LeftOut::default();
        Ok(Self {
            registry: Registry::new(rules, secret("status-index.key")?, config.registry.part),
            sessions: Sessions::new(&secret("session.key")?),
            subjects: SubjectCipher::new(&secret("subject.key")?),
            one_time_password_key: hmac::Key::new(hmac::HMAC_SHA256, &secret("one-time-password.key")?),
            staff: StaffDirectory::default(),
            institutions: Institutions::default(),
            trust: RwLock::new(Arc::new(trust_list(&config, &left_out)?)),
            left_out,
            campaigns: Campaigns::default(),
            communities: Communities::default(),
            sampling_points: SamplingPoints::default(),
            ready_codes: ReadyCodes::new(config.registry.ready_codes),
            replays: ReplayMemory::default(),
            sms: gateway(&config.sms, demo.is_some()),
            authority: authority(&config.authority, demo.is_some()),
            statistics: Statistics::default(),
            overload: Overload::new(protection, &secret("ticket.key")?, &*random, &metrics, monotonic()),
            connections: Connections::new(&config.server, metrics.connections.clone())?,
            alarms: Arc::new(AlarmBoard::new(&config.server.node_name())),
            metrics,
            holder,
            made_signing_key,
            signing_keys: RwLock::new(Arc::new(signing_keys)),
            ready: AtomicBool::new(false),
            leaving: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            public_url: config.public_url(),
            hearing: tokio::sync::Mutex::default(),
            config,
            clock,
            random,
            store,
            keyring,
            demo,
        })
    }

    /// Fills the registry from the snapshot and the store, and the other tables in memory. `progress` is told
    /// how many people have been read from the store.
    pub async fn load(&mut self, progress: &(dyn Fn(usize) + Sync)) -> anyhow::Result<()> {
        let now = self.clock.now();
        let snapshot = self.snapshot_path();
        let epoch = self.store.feed_epoch().await.context("cannot read the state of the database")?;
        // None while a machine of a cluster is away: then the snapshot has to do, and who follows finds out whether it may.
        let latest = self.store.latest_seq().await;
        let mut from_snapshot = false;
        if snapshot.exists() {
            let key = self.registry.board.index_key();
            let (rules, part) = (Arc::clone(self.registry.rules()), self.registry.part());
            match Registry::read_snapshot(&snapshot, rules, key, part, now) {
                Ok(registry)
                    if registry.epoch() != epoch
                        || latest.as_ref().is_ok_and(|latest| registry.sequence() > *latest) =>
                {
                    tracing::warn!(
                        snapshot = registry.sequence(),
                        store = latest.ok(),
                        "the snapshot is of another history than the database, which was put back or begun anew; the store \
                         is read"
                    );
                }
                Ok(registry) => {
                    self.registry = registry;
                    from_snapshot = true;
                }
                Err(error) => tracing::warn!(
                    error = format!("{error:#}"),
                    "the snapshot is left aside; the registry is read from the store, which takes longer"
                ),
            }
        }
        if from_snapshot {
            self.follow_registry().await.context("cannot read the latest changes")?;
        } else {
            self.registry.load(&*self.store, now, progress).await.context("cannot read the people")?;
        }
        if self.made_signing_key && self.demo.is_none() && self.registry.people() > 0 {
            tracing::warn!(
                "a new signing key was made, because keys/signing was empty: codes signed before are not accepted any \
                 more; put the old key back from your backup if it was lost"
            );
        }
        self.load_staff().await?;
        self.follow_staff().await.context("cannot read which sessions of staff have ended")?;
        self.institutions.load(self.store.institutions().await.context("cannot read the institutions")?);
        self.load_communities().await?;
        self.follow_campaigns().await?;
        self.follow_sampling_points().await.context("cannot read the sampling points")?;
        self.publish_status_lists()?;
        self.follow_operations().await.context("cannot read what operators have set")?;
        self.open_room().await.context("cannot read the waiting room")?;
        self.ready.store(true, Ordering::Release);
        self.metrics.ready.set(1);
        Ok(())
    }

    /// Takes over what changed in the store; reads everybody anew when the store was put back.
    pub async fn follow_registry(&self) -> anyhow::Result<()> {
        if self.registry.follow(&*self.store, self.clock.now()).await? == Followed::PutBack {
            tracing::warn!(
                "the database was put back, or a replica has taken over: what was known here may never have happened there. \
                 The city is read anew; codes are shown as they were signed last"
            );
            let _loading = self.registry.begin_loading();
            self.staff.hear(0);
            let slots = self.store.slots_count().await?;
            self.registry.forget_history(Slot(slots.next)).await;
            self.reload_registry().await?;
            self.registry.publish_all(self.clock.now());
        }
        // Last, so that nobody else's changes wait for a machine that is away.
        self.registry.ask_again(&*self.store, self.clock.now()).await?;
        Ok(())
    }

    /// Takes over what changed at other nodes, unless that has been heard already. One asks for all who wait, and not more often than
    /// [`HEARS_EVERY`], whatever the crowd. The error is the store's.
    pub(crate) async fn hear_until(&self, is_heard: impl Fn() -> bool) -> Result<(), StoreError> {
        // While the city is read anew everybody is unknown, and whoever asks is told to come back.
        if is_heard() || self.registry.is_loading() {
            return Ok(());
        }
        let came = monotonic();
        let mut last = self.hearing.lock().await;
        match &*last {
            _ if is_heard() => return Ok(()),
            Some((asked, outcome)) if *asked > came => return outcome.clone(),
            Some((asked, _)) => tokio::time::sleep_until((*asked + HEARS_EVERY).into()).await,
            None => {}
        }
        let asked = monotonic();
        let outcome = match self.registry.follow(&*self.store, self.clock.now()).await {
            Ok(Followed::Changed(_)) => Ok(()),
            // The follower's business, within a second. Until then nobody can be told from a stranger.
            Ok(Followed::PutBack) => {
                Err(StoreError::Unavailable(Outage::Io("the database was put back".to_owned())))
            }
            Err(error) => Err(error),
        };
        // Somebody's time being up says nothing about the store: who waits next asks for themselves.
        if !matches!(outcome, Err(StoreError::Deadline)) {
            *last = Some((asked, outcome.clone()));
        }
        outcome
    }

    /// Reads everybody anew from the store, for as long as it takes. Codes are shown meanwhile as they were signed last.
    pub async fn reload_registry(&self) -> anyhow::Result<usize> {
        let _loading = self.registry.begin_loading();
        loop {
            match self.registry.load(&*self.store, self.clock.now(), &|_| {}).await {
                Ok(()) => return Ok(self.registry.people()),
                Err(StoreError::Unavailable(Outage::Closed)) => bail!("the server is stopping"),
                Err(error) => {
                    tracing::error!(%error, "the city can't be read from the store; it is tried again");
                    tokio::time::sleep(RELOAD_AGAIN_AFTER).await;
                }
            }
        }
    }

    /// Reads all staff into memory.
    pub async fn load_staff(&self) -> anyhow::Result<()> {
        let mut members = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.store.list_staff(cursor, 1_000).await.context("cannot read the staff")?;
            members.extend(page.items.into_iter().map(StaffMember::from));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        self.staff.load(members);
        Ok(())
    }

    /// Takes over what changed about staff at other nodes: accounts, and sessions that ended before their time.
    pub async fn follow_staff(&self) -> anyhow::Result<()> {
        let changes = self.store.staff_changes_since(self.staff.heard()).await?;
        self.staff.sign_out(changes.ended, self.now());
        if changes.accounts {
            self.load_staff().await?;
        }
        self.staff.hear(changes.last);
        Ok(())
    }

    /// Is the registry filled, and the server not stopping?
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// Should requests be sent here? Not before the city is read, and not when the server is about to stop.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.is_ready() && !self.leaving.load(Ordering::Acquire)
    }

    /// From now on requests should go elsewhere; those that come are answered all the same.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Release);
        self.metrics.ready.set(0);
    }

    /// Does the server drain? What lies in memory it still answers: the whole city may be restarting, and no other node be there.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// From now on the server is not ready: it drains.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
        self.ready.store(false, Ordering::Release);
        self.metrics.ready.set(0);
    }

    /// The keys in force.
    #[must_use]
    pub fn signing_keys(&self) -> Arc<SigningKeys> {
        Arc::clone(&self.signing_keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the key files again, so that a rotation needs no restart.
    pub fn reload_signing_keys(&self) -> anyhow::Result<()> {
        let keys = SigningKeys::open(&self.config.store.data, &self.random)?;
        keys.signer(self.clock.now())?;
        *self.signing_keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    /// Signers of certificates from elsewhere that the city believes.
    pub(crate) fn trust(&self) -> Arc<TrustList> {
        Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads their certificates again.
    pub fn reload_trust(&self) -> anyhow::Result<()> {
        let trust = Arc::new(trust_list(&self.config, &self.left_out)?);
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = trust;
        Ok(())
    }

    /// Signs and publishes the status lists that changed.
    pub fn publish_status_lists(&self) -> anyhow::Result<usize> {
        let now = self.clock.now();
        let keys = self.signing_keys();
        let signer = keys.signer(now)?;
        let address = |list| self.status_list_address(list);
        Ok(self.registry.board.publish(&address, &*signer.key, now.as_second())?)
    }

    /// The address of a status list, as it stands in credentials.
    #[must_use]
    pub fn status_list_address(&self, list: u32) -> String {
        format!("{}/v1/status-lists/{list}", self.public_url)
    }

    /// Do phones come over TLS?
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https:")
    }

    /// Where the registry's snapshot lies.
    #[must_use]
    pub fn snapshot_path(&self) -> PathBuf {
        snapshot_path(&self.config.store.data)
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The certificates of the folder that the configuration names; nobody without one.
fn trust_list(config: &Config, left_out: &trust::LeftOut) -> anyhow::Result<TrustList> {
    let Some(folder) = &config.credentials.trust else { return Ok(TrustList::default()) };
    trust::read(folder, |path, error| {
        if left_out.is_first(path) {
            tracing::warn!(path = %path.display(), error, "a file of credentials.trust is left out");
        }
    })
    .context("credentials.trust can't be read")
}

/// Where a data folder keeps the registry's snapshot.
#[must_use]
pub fn snapshot_path(data: &Path) -> PathBuf {
    data.join("registry.snapshot")
}
