//! The pool: so many connections, first come first served, and a bounded line before them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::connection::{Connection, Target};
use crate::error::{Outage, Result, StoreError};

/// Longest time to wait for an abandoned transaction to be rolled back; then its statement is stopped and its connection
/// given up.
const ROLLBACK_WITHIN: Duration = Duration::from_millis(100);
/// Longest time to wait for a statement to be stopped.
const CANCEL_WITHIN: Duration = Duration::from_secs(1);

/// Connections to one database.
pub(super) struct Pool {
    target: Target,
    size: u32,
    queue: usize,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    closed: AtomicBool,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    /// A pool of at most `size` connections with at most `queue` verbs waiting for one.
    pub(super) fn new(target: Target, size: u32, queue: usize) -> Arc<Self> {
        let size = size.max(1);
        Arc::new(Self {
            target,
            size,
            queue,
            permits: Arc::new(Semaphore::new(size as usize)),
            waiting: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            idle: Mutex::default(),
        })
    }

    /// Takes a connection that was made already.
    pub(super) fn give(&self, connection: Connection) {
        self.idle().push(connection);
    }

    /// Waits for a connection until a deadline.
    pub(super) async fn lease(self: &Arc<Self>, deadline: Option<Instant>) -> Result<Lease> {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable(Outage::Closed));
        }
        let _place = Place::take(&self.waiting, self.queue)?;
        let permit = Arc::clone(&self.permits).acquire_owned();
        let permit = match deadline {
            None => permit.await,
            Some(deadline) => timeout_at(deadline, permit).await.map_err(|_| StoreError::Deadline)?,
        };
        let permit = permit.map_err(|_| StoreError::Unavailable(Outage::Closed))?;
        let idle = self.take_idle();
        let connection = match (idle, deadline) {
            (Some(connection), _) => connection,
            (None, None) => self.target.connect().await?,
            (None, Some(deadline)) => {
                timeout_at(deadline, self.target.connect()).await.map_err(|_| StoreError::Deadline)??
            }
        };
        Ok(Lease { pool: Arc::clone(self), connection: Some(connection), permit: Some(permit), clean: true })
    }

    /// Lets those who wait finish, until then at most, refuses others, and closes the connections. False: some are still in use.
    pub(super) async fn close(&self, until: Instant) -> bool {
        self.closed.store(true, Ordering::Release);
        let all = timeout_at(until, self.permits.acquire_many(self.size)).await;
        self.idle().clear();
        all.is_ok()
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle();
        // The one used last is warmest; those that the server closed meanwhile are dropped.
        std::iter::from_fn(|| idle.pop()).find(|connection| !connection.is_closed())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the line before the pool.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Result<Self> {
        if waiting.fetch_add(1, Ordering::AcqRel) >= most {
            waiting.fetch_sub(1, Ordering::AcqRel);
            return Err(StoreError::Unavailable(Outage::QueueFull));
        }
        Ok(Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A connection in use; given back when dropped, after its transaction is over.
pub(super) struct Lease {
    pool: Arc<Pool>,
    connection: Option<Connection>,
    permit: Option<OwnedSemaphorePermit>,
    /// No transaction is open.
    clean: bool,
}

impl Lease {
    /// The connection.
    pub(super) fn connection(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("invariant: a lease has its connection until it is dropped or discarded")
    }

    /// A transaction is open from now on.
    pub(super) fn opened(&mut self) {
        self.clean = false;
    }

    /// The transaction is over.
    pub(super) fn finished(&mut self) {
        self.clean = true;
    }

    /// Closes the connection instead of giving it back.
    pub(super) fn discard(mut self) {
        self.connection = None;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take().filter(|connection| !connection.is_closed()) else {
            return;
        };
        if self.clean {
            self.pool.idle().push(connection);
            return;
        }
        // Whoever waited has gone away in the middle of a transaction: the connection comes back once that is undone.
        let (pool, permit) = (Arc::clone(&self.pool), self.permit.take());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                match timeout(ROLLBACK_WITHIN, connection.client.batch_execute("ROLLBACK")).await {
                    Ok(Ok(())) => pool.idle().push(connection),
                    Ok(Err(_)) => {}
                    // It runs on, perhaps for long, and holds what it has locked. Not used again: the stop may come late.
                    Err(_) => drop(timeout(CANCEL_WITHIN, pool.target.cancel(&connection)).await),
                }
                drop(permit);
            });
        }
    }
}
