//! A store made as slow and as small as a given database: for drills and benches only.
//!
//! A drill must know what its store can do. A verb first waits in line for one of so many connections, then keeps it
//! busy for so long, and only then goes to SQLite; the connection is free again when the verb is answered, or when its
//! caller goes away. What SQLite itself needed, and a timer that rang late, is taken off the connection's next wait: the store can do
//! `connections / time`, whatever the disk does meanwhile, as long as it is quicker than that.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::deadline;
use crate::error::{Outage, Result, StoreError};

/// What the store shall behave like: about `connections / time` verbs per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provision {
    /// Connections; at least one.
    pub connections: u32,
    /// Time each verb keeps its connection busy, the time that SQLite needs included unless that is longer.
    pub time: Duration,
}

/// The line before the connections.
pub(super) struct Provisioned {
    connections: Arc<Semaphore>,
    time: Duration,
    /// Of connections that are free: when each began to be, and how long SQLite had it.
    freed: Arc<Mutex<Vec<(Instant, Duration)>>>,
    stalled_until: Mutex<Option<Instant>>,
}

/// A connection in use; free when dropped.
#[derive(Debug)]
pub(super) struct Connection {
    _permit: OwnedSemaphorePermit,
    freed: Arc<Mutex<Vec<(Instant, Duration)>>>,
    /// When the verb should have gone to SQLite.
    since: Instant,
}

impl Drop for Connection {
    fn drop(&mut self) {
        let now = Instant::now();
        self.freed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((now, now.saturating_duration_since(self.since)));
    }
}

impl Provisioned {
    pub(super) fn new(provision: Provision) -> Self {
        let connections = usize::try_from(provision.connections).unwrap_or(usize::MAX);
        Self {
            connections: Arc::new(Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS))),
            time: provision.time,
            freed: Arc::default(),
            stalled_until: Mutex::new(None),
        }
    }

    /// Waits for a connection, first come first served, and keeps it busy. `Deadline` when the deadline comes first.
    pub(super) async fn connect(&self) -> Result<Connection> {
        match deadline::current() {
            None => self.busy().await,
            Some(deadline) => match timeout_at(deadline.into(), self.busy()).await {
                Ok(connected) => connected,
                Err(_) => Err(StoreError::Deadline),
            },
        }
    }

    /// Every verb that was not answered yet waits for so long.
    pub(super) fn stall(&self, time: Duration) {
        *self.stalled_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
    }

    async fn busy(&self) -> Result<Connection> {
        let permit = Arc::clone(&self.connections).acquire_owned().await;
        let permit = permit.map_err(|_| StoreError::Unavailable(Outage::Closed))?;
        self.wait_out_stall().await;
        let since = Instant::now() + self.time.saturating_sub(self.credit());
        sleep_until(since).await;
        let stalled = self.wait_out_stall().await;
        let since = if stalled { Instant::now() } else { since };
        Ok(Connection { _permit: permit, freed: Arc::clone(&self.freed), since })
    }

    /// What the connection was busy for too long; the time since then makes good for it.
    fn credit(&self) -> Duration {
        let freed = self.freed.lock().unwrap_or_else(PoisonError::into_inner).pop();
        freed.map_or(Duration::ZERO, |(at, took)| took.saturating_sub(at.elapsed()))
    }

    /// A stall may be made longer while it lasts. True when there was one.
    async fn wait_out_stall(&self) -> bool {
        let mut stalled = false;
        while let Some(until) = self.stall_left() {
            stalled = true;
            sleep_until(until).await;
        }
        stalled
    }

    fn stall_left(&self) -> Option<Instant> {
        let until = *self.stalled_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| *until > Instant::now())
    }
}
