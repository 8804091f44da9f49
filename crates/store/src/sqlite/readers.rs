//! The pool of reading threads, each with a connection of its own and one snapshot per verb.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection;
use super::tx::View;
use crate::counting::Counting;
use crate::deadline;
use crate::error::{Outage, Result, StoreError};
use crate::keyring::Keyring;

/// Runs a read; tells whether it succeeded and how to answer.
type Run = Box<dyn FnOnce(&Connection, Instant) -> (bool, Box<dyn FnOnce()>) + Send>;

struct Job {
    verb: &'static str,
    queued: Instant,
    run: Run,
}

/// Handle to queue reads with.
pub(super) struct Readers {
    queue: SyncSender<Job>,
    keys: Arc<Keyring>,
    monotonic: fn() -> Instant,
}

impl Readers {
    /// Starts the threads. They end when the handle is dropped and the queue is empty.
    pub(super) fn start(
        path: &Path,
        count: usize,
        queue: usize,
        keys: Arc<Keyring>,
        counting: &Arc<Counting>,
        monotonic: fn() -> Instant,
    ) -> Result<(Self, Vec<JoinHandle<()>>)> {
        let (sender, receiver) = sync_channel::<Job>(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        let mut threads = Vec::with_capacity(count);
        for number in 0..count.max(1) {
            let connection = connection::reading(path)?;
            let (receiver, counting) = (Arc::clone(&receiver), Arc::clone(counting));
            let thread = std::thread::Builder::new()
                .name(format!("store-reader-{number}"))
                .spawn(move || run(&connection, &receiver, &counting, monotonic))
                .map_err(|error| StoreError::Unavailable(Outage::Io(error.to_string())))?;
            threads.push(thread);
        }
        Ok((Self { queue: sender, keys, monotonic }, threads))
    }

    /// Queues a read.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        verb: &'static str,
        read: impl FnOnce(&View<'_>) -> Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T>>> {
        let (answer, wait) = oneshot::channel();
        let keys = Arc::clone(&self.keys);
        let deadline = deadline::current();
        let run: Run = Box::new(move |connection, now| {
            if answer.is_closed() {
                return (false, Box::new(|| ()));
            }
            let outcome = if deadline.is_some_and(|deadline| now >= deadline) {
                Err(StoreError::Deadline)
            } else {
                in_snapshot(connection, &keys, read)
            };
            (outcome.is_ok(), Box::new(move || drop(answer.send(outcome))))
        });
        match self.queue.try_send(Job { verb, queued: (self.monotonic)(), run }) {
            Ok(()) => Ok(wait),
            Err(TrySendError::Full(_)) => Err(StoreError::Unavailable(Outage::QueueFull)),
            Err(TrySendError::Disconnected(_)) => Err(StoreError::Unavailable(Outage::Closed)),
        }
    }
}

fn run(
    connection: &Connection,
    queue: &Mutex<Receiver<Job>>,
    counting: &Counting,
    monotonic: fn() -> Instant,
) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let start = monotonic();
        // A verb that panics takes its own answer away, not the thread.
        let ran = catch_unwind(AssertUnwindSafe(|| (job.run)(connection, start)));
        let (succeeded, answer) = ran.unwrap_or_else(|_| (false, Box::new(|| ())));
        counting.verb(
            job.verb,
            !succeeded,
            start.duration_since(job.queued),
            monotonic().duration_since(start),
        );
        // Counted first, so that a caller who has the answer finds it in the counters.
        answer();
    }
}

fn in_snapshot<T>(
    connection: &Connection,
    keys: &Keyring,
    read: impl FnOnce(&View<'_>) -> Result<T>,
) -> Result<T> {
    if !connection.is_autocommit() {
        // Left open by a verb that panicked.
        connection.prepare_cached("ROLLBACK")?.execute([])?;
    }
    connection.prepare_cached("BEGIN")?.execute([])?;
    let outcome = read(&View { sql: connection, keys });
    if !connection.is_autocommit() {
        connection.prepare_cached("ROLLBACK")?.execute([])?;
    }
    outcome
}
