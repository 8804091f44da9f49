//! The group commit: one thread runs all writes, many to a transaction, and answers after the commit.
//!
//! The thread takes the first write that waits, then whatever else has queued up meanwhile, up to [`MOST_WRITES`]
//! or [`LONGEST_BATCH`]; with an empty queue it commits at once, so that a lone write never waits. While one commit
//! syncs to disk the next batch queues up, which is what makes batches grow under load.
//!
//! Architecture Invariant: an `Ok` is answered only after its COMMIT returned. Each write has a savepoint, so that
//! a refused one leaves no trace and does not disturb the others.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::tx::{Tx, View};
use crate::counting::Counting;
use crate::deadline;
use crate::error::{Outage, Result, StoreError};
use crate::keyring::Keyring;
use crate::keyring::Random;

/// Most writes in one transaction.
const MOST_WRITES: usize = 4_096;
/// Longest time a transaction collects writes before it commits.
const LONGEST_BATCH: Duration = Duration::from_millis(2);

/// What the thread needs.
pub(super) struct WriterParts {
    pub(super) connection: Connection,
    pub(super) keys: Arc<Keyring>,
    pub(super) rng: Arc<Random>,
    pub(super) counting: Arc<Counting>,
    pub(super) monotonic: fn() -> Instant,
}

/// Handle to queue writes with.
pub(super) struct Writer {
    queue: SyncSender<Job>,
    monotonic: fn() -> Instant,
}

/// Answers a caller once it is known whether the batch was committed.
type Acknowledge = Box<dyn FnOnce(Result<()>) + Send>;
/// Runs a write, or with an error refuses it; tells whether it succeeded.
type Run = Box<dyn FnOnce(Result<&Tx<'_>>) -> (bool, Acknowledge) + Send>;

struct Job {
    verb: &'static str,
    queued: Instant,
    deadline: Option<Instant>,
    run: Run,
}

impl Writer {
    /// Starts the thread. It ends, and the connection closes, when the handle is dropped and the queue is empty.
    pub(super) fn start(parts: WriterParts, queue: usize) -> Result<(Self, std::thread::JoinHandle<()>)> {
        let (sender, receiver) = sync_channel(queue);
        let monotonic = parts.monotonic;
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&parts, &receiver))
            .map_err(|error| StoreError::Unavailable(Outage::Io(error.to_string())))?;
        Ok((Self { queue: sender, monotonic }, thread))
    }

    /// Queues a write; the answer comes after its commit.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        verb: &'static str,
        write: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T>>> {
        let (answer, wait) = oneshot::channel();
        let run: Run = Box::new(move |tx| {
            if answer.is_closed() {
                // The caller has gone away before it was begun: nothing was promised.
                return (false, Box::new(|_| ()));
            }
            let outcome = tx.and_then(write);
            let succeeded = outcome.is_ok();
            // The caller may have gone away; the write stands all the same.
            (succeeded, Box::new(move |batch| drop(answer.send(batch.and(outcome)))))
        });
        let job = Job { verb, queued: (self.monotonic)(), deadline: deadline::current(), run };
        match self.queue.try_send(job) {
            Ok(()) => Ok(wait),
            Err(TrySendError::Full(_)) => Err(StoreError::Unavailable(Outage::QueueFull)),
            Err(TrySendError::Disconnected(_)) => Err(StoreError::Unavailable(Outage::Closed)),
        }
    }
}

fn run(parts: &WriterParts, queue: &Receiver<Job>) {
    let check_in_days = RefCell::new(BTreeSet::new());
    while let Ok(first) = queue.recv() {
        Batch { parts, check_in_days: &check_in_days, written: Vec::new() }.run(first, queue);
    }
    // Fold the log into the database, so that a clean shutdown leaves one file. Failing is harmless.
    let _ = parts.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}

struct Batch<'a> {
    parts: &'a WriterParts,
    check_in_days: &'a RefCell<BTreeSet<Date>>,
    written: Vec<Acknowledge>,
}

impl Batch<'_> {
    fn run(mut self, first: Job, queue: &Receiver<Job>) {
        if let Err(error) = self.sql("BEGIN IMMEDIATE") {
            let (_, acknowledge) = (first.run)(Err(error));
            return acknowledge(Ok(()));
        }
        let began = (self.parts.monotonic)();
        let mut next = Some(first);
        while let Some(job) = next {
            let now = self.one(job);
            let full = self.written.len() >= MOST_WRITES || now.duration_since(began) >= LONGEST_BATCH;
            next = if full { None } else { queue.try_recv().ok() };
        }
        self.commit();
    }

    /// Runs one write in its savepoint; answers the time afterwards.
    fn one(&mut self, job: Job) -> Instant {
        let start = (self.parts.monotonic)();
        let late = job.deadline.is_some_and(|deadline| start >= deadline);
        let (succeeded, acknowledge) =
            if late { (job.run)(Err(StoreError::Deadline)) } else { self.in_savepoint(job.run) };
        self.written.push(acknowledge);
        let end = (self.parts.monotonic)();
        self.parts.counting.verb(
            job.verb,
            !succeeded,
            start.duration_since(job.queued),
            end.duration_since(start),
        );
        end
    }

    fn in_savepoint(&mut self, run: Run) -> (bool, Acknowledge) {
        if let Err(error) = self.sql("SAVEPOINT write") {
            return run(Err(error));
        }
        let tx = Tx {
            view: View { sql: &self.parts.connection, keys: &self.parts.keys },
            rng: self.parts.rng.as_ref(),
            check_in_days: self.check_in_days,
        };
        // A verb that panics is undone and its caller told that the store is away; the writer goes on for the others.
        let ran = catch_unwind(AssertUnwindSafe(|| run(Ok(&tx))));
        let (succeeded, acknowledge) = ran.unwrap_or_else(|_| (false, Box::new(|_| ())));
        if self.parts.connection.is_autocommit() {
            // A full disk or a failed read made SQLite roll back the transaction with every write in it.
            self.roll_back(&StoreError::Unavailable(Outage::RolledBack));
            let reopened = self.sql("BEGIN IMMEDIATE").is_ok();
            let lost: Acknowledge = if succeeded || !reopened {
                Box::new(move |_| acknowledge(Err(StoreError::Unavailable(Outage::RolledBack))))
            } else {
                acknowledge
            };
            return (false, lost);
        }
        let undone = if succeeded {
            self.sql("RELEASE write")
        } else {
            self.check_in_days.borrow_mut().clear();
            self.sql("ROLLBACK TO write").and_then(|()| self.sql("RELEASE write"))
        };
        match undone {
            Ok(()) => (succeeded, acknowledge),
            Err(error) => (false, Box::new(move |_| acknowledge(Err(error)))),
        }
    }

    fn commit(mut self) {
        let start = (self.parts.monotonic)();
        let committed = self.sql("COMMIT");
        let took = (self.parts.monotonic)().duration_since(start);
        let writes = u64::try_from(self.written.len()).unwrap_or(u64::MAX);
        self.parts.counting.commit(writes, took, committed.is_ok());
        match committed {
            Ok(()) => self.written.drain(..).for_each(|acknowledge| acknowledge(Ok(()))),
            Err(error) => {
                // Leave no transaction open, whether or not SQLite has closed it already.
                let _ = self.sql("ROLLBACK");
                self.roll_back(&error);
            }
        }
    }

    fn roll_back(&mut self, error: &StoreError) {
        self.check_in_days.borrow_mut().clear();
        self.written.drain(..).for_each(|acknowledge| acknowledge(Err(error.clone())));
    }

    fn sql(&self, statement: &str) -> Result<()> {
        self.parts.connection.prepare_cached(statement)?.execute([])?;
        Ok(())
    }
}
