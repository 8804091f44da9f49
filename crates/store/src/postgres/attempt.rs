//! A verb's transactions: named, counted, and tried again when nothing of the last try can have been kept.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::error::Trouble;
use super::open::Shared;
use super::pool::Lease;
use super::tx::{Limits, Tx};
use crate::deadline;
use crate::error::{Outage, Result, StoreError};

/// Most tries after clashes with other transactions.
const MOST_CLASHES: u32 = 8;
/// Most tries after lost connections.
const MOST_LOSSES: u32 = 2;
/// The longest pause before the first repetition; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(4);
/// Longest statement of a request on a cluster.
const ON_CLUSTER: Duration = Duration::from_secs(2);
/// Longest time a rollback may take before the connection is given up.
const ROLLBACK_WITHIN: Duration = Duration::from_secs(1);

/// Kind of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// One snapshot, read only, from the replica where there is one.
    History,
    /// One snapshot, read only.
    Read,
    /// Writes; a commit whose answer was lost is not repeated.
    Write,
    /// Writes of several callers. A failure before the commit was sent is told as `RolledBack`: nothing of it can be there.
    Together,
    /// Writes that are the same when done twice, or that an idempotency key keeps from being done twice.
    WriteAgain,
}

/// The tries of one verb.
pub(super) struct Attempts<'a> {
    store: &'a Shared,
    verb: &'static str,
    mode: Mode,
    limits: Limits,
    is_bounded: bool,
    has_begun: bool,
    asked: Instant,
    clashes: u32,
    losses: u32,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(store: &'a Shared, verb: &'static str, mode: Mode) -> Self {
        let deadline = deadline::current().map(Instant::from_std);
        // A request whose machine is frozen must not keep its connection and permit from others for as long as it may take.
        let is_request = store.is_cluster() && deadline.is_some();
        let statement = store.longest_statement.min(if is_request { ON_CLUSTER } else { Duration::MAX });
        let limits = Limits { deadline, statement };
        let (is_bounded, has_begun) = (false, false);
        Self {
            store,
            verb,
            mode,
            limits,
            is_bounded,
            has_begun,
            asked: Instant::now(),
            clashes: 0,
            losses: 0,
        }
    }

    /// Gives each statement so much time and no second one when that is over: a machine that is away is soon found out.
    pub(super) fn bounded(mut self, statement: Duration) -> Self {
        self.limits.statement = self.limits.statement.min(statement);
        self.is_bounded = true;
        self
    }

    /// Whether a transaction was ever open; before, nobody but the coordinator was asked.
    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Begins a transaction.
    pub(super) async fn begin(&mut self) -> Result<Tx> {
        loop {
            match self.try_begin().await {
                Ok(tx) => {
                    self.has_begun = true;
                    return Ok(tx);
                }
                Err((error, Trouble::Lost)) if self.may_repeat_loss() => drop(error),
                Err((error, _)) => {
                    self.count(true, Instant::now());
                    return Err(self.not_sent(error));
                }
            }
        }
    }

    async fn try_begin(&mut self) -> std::result::Result<Tx, (StoreError, Trouble)> {
        let now = Instant::now();
        if self.limits.deadline.is_some_and(|deadline| now >= deadline) {
            return Err((StoreError::Deadline, Trouble::Final));
        }
        let lease = match self.replica_lease().await {
            Some(lease) => lease,
            None => {
                let lease = self.store.pool.lease(self.limits.deadline).await;
                lease.map_err(|error| (error, Trouble::Final))?
            }
        };
        let (keys, rng) = (self.store.keys.clone(), self.store.rng.clone());
        let mut tx = Tx::new(lease, keys, rng, self.limits, self.store.is_cluster());
        tx.lease.opened();
        let kind = match self.mode {
            Mode::History | Mode::Read => " ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write | Mode::Together | Mode::WriteAgain => "",
        };
        let limit_ms = self.limits.left(tx.began).as_millis();
        let begun = tx.batch(&format!("BEGIN{kind}; SET LOCAL statement_timeout = {limit_ms}")).await;
        match begun {
            Ok(()) => Ok(tx),
            Err(error) => {
                let trouble = tx.trouble().unwrap_or(Trouble::Final);
                tx.lease.discard();
                Err((error, trouble))
            }
        }
    }

    /// A connection to the replica for reads that may lag. None: there is none, or it is away, and the database itself is asked.
    async fn replica_lease(&self) -> Option<Lease> {
        let replica = self.store.replica().filter(|_| self.mode == Mode::History)?;
        let lease = replica.lease(self.limits.deadline).await;
        if matches!(lease, Err(StoreError::Deadline | StoreError::Unavailable(Outage::Io(_)))) {
            self.store.rest_replica();
        }
        lease.ok()
    }

    /// Ends a transaction with the verb's outcome. None: to be tried again.
    pub(super) async fn end<T>(&mut self, tx: Tx, outcome: Result<T>) -> Option<Result<T>> {
        let began = tx.began;
        let (outcome, trouble) = match outcome {
            // A statement failed and the verb did not tell: the database has undone everything.
            Ok(_) if tx.trouble().is_some() => {
                (Err(StoreError::Unavailable(Outage::RolledBack)), roll_back(tx).await)
            }
            Ok(_) if tx.is_late(Instant::now()) => {
                (Err(self.not_sent(StoreError::Deadline)), roll_back(tx).await)
            }
            Ok(answer) => self
                .commit(tx)
                .await
                .map_or_else(|(error, trouble)| (Err(error), trouble), |()| (Ok(answer), Trouble::Final)),
            Err(error) => (Err(self.not_sent(error)), roll_back(tx).await),
        };
        let again = match trouble {
            Trouble::Final => false,
            Trouble::NoDay => {
                self.store.forget_days();
                false
            }
            Trouble::Clash => self.may_repeat_clash().await,
            Trouble::Lost | Trouble::Away => !self.is_bounded && self.may_repeat_loss(),
        };
        if outcome.is_err() && again {
            return None;
        }
        self.count(outcome.is_err(), began);
        Some(outcome)
    }

    async fn commit(&self, mut tx: Tx) -> std::result::Result<(), (StoreError, Trouble)> {
        let start = Instant::now();
        let committed = tx.batch("COMMIT").await;
        if !matches!(self.mode, Mode::History | Mode::Read) {
            self.store.counting.commit(1, start.elapsed(), committed.is_ok());
        }
        match committed {
            Ok(()) => {
                tx.lease.finished();
                Ok(())
            }
            Err(error) => {
                let trouble = tx.trouble().unwrap_or(Trouble::Final);
                if trouble == Trouble::Lost {
                    // The server's limit for statements does not hold for a commit. One that hangs, on a frozen machine of a
                    // cluster, would keep the row that numbers all changes: it is stopped.
                    drop(tx);
                } else {
                    tx.lease.discard();
                }
                match (trouble, self.mode) {
                    // The coordinator told that it could not prepare a machine: it has undone everything.
                    (Trouble::Away, Mode::Together) => Err((self.not_sent(error), trouble)),
                    // Nobody knows whether it was committed, and doing it twice would be wrong.
                    (Trouble::Lost | Trouble::Away, Mode::Write | Mode::Together) => {
                        Err((error, Trouble::Final))
                    }
                    (trouble, _) => Err((error, trouble)),
                }
            }
        }
    }

    /// The error of a transaction whose commit was not sent, or was refused.
    fn not_sent(&self, error: StoreError) -> StoreError {
        match (self.mode, error) {
            (Mode::Together, StoreError::Deadline | StoreError::Unavailable(Outage::Io(_))) => {
                StoreError::Unavailable(Outage::RolledBack)
            }
            (_, error) => error,
        }
    }

    fn may_repeat_loss(&mut self) -> bool {
        self.losses += 1;
        self.losses <= MOST_LOSSES && self.limits.deadline.is_none_or(|deadline| Instant::now() < deadline)
    }

    async fn may_repeat_clash(&mut self) -> bool {
        self.clashes += 1;
        if self.clashes > MOST_CLASHES {
            return false;
        }
        let longest = FIRST_PAUSE * 2_u32.pow(self.clashes - 1);
        let mut luck = [0; 1];
        // Without luck the pause is only less even.
        let _ = self.store.rng.fill(&mut luck);
        let until = Instant::now() + longest * u32::from(luck[0]) / 255;
        if self.limits.deadline.is_some_and(|deadline| until >= deadline) {
            return false;
        }
        sleep(until.saturating_duration_since(Instant::now())).await;
        true
    }

    fn count(&self, failed: bool, began: Instant) {
        let waited = began.saturating_duration_since(self.asked);
        self.store.counting.verb(self.verb, failed, waited, began.elapsed());
    }
}

/// Undoes a transaction; answers the trouble it met.
async fn roll_back(mut tx: Tx) -> Trouble {
    let trouble = tx.trouble().unwrap_or(Trouble::Final);
    if trouble == Trouble::Lost {
        tx.lease.discard();
        return trouble;
    }
    let rolled_back = timeout(ROLLBACK_WITHIN, tx.lease.connection().client.batch_execute("ROLLBACK")).await;
    if let Ok(Ok(())) = rolled_back {
        tx.lease.finished();
    } else {
        tx.lease.discard();
    }
    trouble
}

/// Runs a verb's work in a transaction, again where that is safe.
macro_rules! transact {
    ($store:expr, $verb:literal, $mode:expr, $tx:ident => $work:expr) => {{
        let mut attempts = $crate::postgres::attempt::Attempts::new($store, $verb, $mode);
        $crate::postgres::attempt::transact!(&mut attempts, $tx => $work)
    }};
    ($attempts:expr, $tx:ident => $work:expr) => {{
        let attempts: &mut $crate::postgres::attempt::Attempts<'_> = $attempts;
        loop {
            let $tx = match attempts.begin().await {
                Ok(tx) => tx,
                Err(error) => break Err(error),
            };
            let outcome = {
                let $tx = &$tx;
                $work.await
            };
            if let Some(outcome) = attempts.end($tx, outcome).await {
                break outcome;
            }
        }
    }};
}
pub(super) use transact;
