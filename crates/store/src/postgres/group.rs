//! Group commit: what queues up while one transaction commits goes into the next one together.
//!
//! A worker takes the first job that waits, then whatever else has queued up meanwhile, up to [`MOST_WEIGHT`]; with an
//! empty queue it begins at once, so that a lone job never waits for company. Jobs are answered after the commit.
//!
//! One worker at a time has the turn: it takes jobs and works on them until it gives the turn on ([`Turn`]). Work that
//! ends in a lock which all share keeps it until the commit, since two at once would only wait for each other, with half
//! the jobs each.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::open::Shared;
use crate::deadline;
use crate::error::{Outage, Result, StoreError};

/// Most rows that jobs of one transaction bring.
const MOST_WEIGHT: usize = 2_048;
/// Transactions at once of those that have given their turn on: one commits while the next is filled.
const WORKERS: usize = 2;

/// The right to take jobs from the queue. The next worker takes its jobs when this is dropped.
pub(super) struct Turn(
    #[expect(dead_code, reason = "held, and given back when dropped")] OwnedMutexGuard<()>,
);

/// One caller's work and where to answer.
pub(super) struct Job<W, T> {
    pub(super) work: W,
    queued: Instant,
    deadline: Option<std::time::Instant>,
    answer: oneshot::Sender<Result<T>>,
}

impl<W, T> Job<W, T> {
    /// Answers the caller, who may have gone away.
    pub(super) fn answer(self, answer: Result<T>) {
        let _ = self.answer.send(answer);
    }

    /// Does a part of the work of this job alone, no longer than its own deadline.
    pub(super) async fn in_time<R>(&self, work: impl Future<Output = Result<R>>) -> Result<R> {
        match self.deadline {
            Some(_) if self.is_late() => Err(StoreError::Deadline),
            Some(deadline) => deadline::with_deadline(deadline, work).await,
            None => work.await,
        }
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= Instant::from_std(deadline))
    }
}

/// Runs jobs in one transaction and answers each.
pub(super) type Run<W, T> = for<'a> fn(&'a Shared, Vec<Job<W, T>>, Turn) -> BoxFuture<'a, ()>;

/// A queue and its workers.
pub(super) struct Group<W, T> {
    queue: std::sync::Mutex<Option<mpsc::Sender<Job<W, T>>>>,
    workers: std::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl<W: Send + 'static, T: Send + 'static> Group<W, T> {
    /// Starts the workers; they end when the group is closed and its queue is empty.
    pub(super) fn start(
        shared: &Arc<Shared>,
        verb: &'static str,
        queue: usize,
        weigh: fn(&W) -> usize,
        run: Run<W, T>,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(queue.max(1));
        let receiver = Arc::new(Mutex::new(receiver));
        let turn = Arc::new(Mutex::new(()));
        let workers = (0..WORKERS).map(|_| {
            let (shared, receiver, turn) = (Arc::clone(shared), Arc::clone(&receiver), Arc::clone(&turn));
            tokio::spawn(async move {
                loop {
                    let turn = Turn(Arc::clone(&turn).lock_owned().await);
                    let jobs = next_batch(&mut *receiver.lock().await, weigh).await;
                    let Some(jobs) = jobs else { return };
                    run_in_time(&shared, verb, jobs, turn, run).await;
                }
            })
        });
        Self { queue: std::sync::Mutex::new(Some(sender)), workers: std::sync::Mutex::new(workers.collect()) }
    }

    /// Queues work and waits for its answer, no longer than the deadline.
    pub(super) async fn submit(&self, work: W) -> Result<T> {
        let deadline = deadline::current();
        let (answer, wait) = oneshot::channel();
        let job = Job { work, queued: Instant::now(), deadline, answer };
        if job.is_late() {
            return Err(StoreError::Deadline);
        }
        let sent = match &*self.lock_queue() {
            None => return Err(StoreError::Unavailable(Outage::Closed)),
            Some(queue) => queue.try_send(job),
        };
        sent.map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Unavailable(Outage::QueueFull),
            TrySendError::Closed(_) => StoreError::Unavailable(Outage::Closed),
        })?;
        let answered = match deadline {
            None => wait.await,
            Some(deadline) => {
                let wait = timeout_at(Instant::from_std(deadline), wait);
                wait.await.map_err(|_| StoreError::Deadline)?
            }
        };
        answered.unwrap_or(Err(StoreError::Unavailable(Outage::RolledBack)))
    }

    /// Finishes what is queued, until then at most, and refuses what comes after. False: some was given up, and its callers are told.
    pub(super) async fn close(&self, until: Instant) -> bool {
        drop(self.lock_queue().take());
        let workers =
            std::mem::take(&mut *self.workers.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let mut all_done = true;
        for mut worker in workers {
            // A worker that panicked has told its callers by dropping their answers, and so does one that is given up.
            if timeout_at(until, &mut worker).await.is_err() {
                worker.abort();
                all_done = false;
            }
        }
        all_done
    }

    fn lock_queue(&self) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<Job<W, T>>>> {
        self.queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn next_batch<W, T>(
    queue: &mut mpsc::Receiver<Job<W, T>>,
    weigh: fn(&W) -> usize,
) -> Option<Vec<Job<W, T>>> {
    let first = queue.recv().await?;
    let mut weight = weigh(&first.work);
    let mut jobs = vec![first];
    let mut before = 0;
    while jobs.len() > before && weight < MOST_WEIGHT {
        before = jobs.len();
        // Those who were answered just now may be about to come with their next: they run first. No timer is set.
        tokio::task::yield_now().await;
        while weight < MOST_WEIGHT
            && let Ok(next) = queue.try_recv()
        {
            weight += weigh(&next.work);
            jobs.push(next);
        }
    }
    Some(jobs)
}

/// Drops jobs that are late or whose callers have gone away, and gives the others the time of the one that has most.
async fn run_in_time<W: Send + 'static, T: Send + 'static>(
    shared: &Shared,
    verb: &'static str,
    jobs: Vec<Job<W, T>>,
    turn: Turn,
    run: Run<W, T>,
) {
    let mut waiting = Vec::with_capacity(jobs.len());
    for job in jobs.into_iter().filter(|job| !job.answer.is_closed()) {
        if job.is_late() {
            job.answer(Err(StoreError::Deadline));
        } else {
            waiting.push(job);
        }
    }
    if waiting.is_empty() {
        return;
    }
    // The transaction counts itself as one call; the others are counted here.
    for job in waiting.iter().skip(1) {
        shared.counting.verb(verb, false, job.queued.elapsed(), Duration::ZERO);
    }
    let longest = waiting
        .iter()
        .map(|job| job.deadline)
        .try_fold(None, |longest, deadline| deadline.map(|deadline| longest.max(Some(deadline))));
    match longest.flatten() {
        Some(deadline) => deadline::with_deadline(deadline, run(shared, waiting, turn)).await,
        None => run(shared, waiting, turn).await,
    }
}
