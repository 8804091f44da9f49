//! The permit of the request being worked on: handlers give it to others while they wait for something else than the store.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use yimatong_overload::Outcome;

use super::gate::Held;
use crate::problem::{Code, Problem};

tokio::task_local! {
    static HELD: Arc<Place>;
}

/// Where the permit of a request lies while its handler runs.
#[derive(Debug)]
pub(super) struct Place(Mutex<Option<Held>>);

impl Place {
    pub(super) fn of(held: Held) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(held))))
    }

    fn put(&self, held: Held) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
    }

    /// Takes the permit away, if it was not given back yet.
    pub(super) fn take(&self) -> Option<Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Runs a handler that can find its permit.
pub(super) async fn with_permit<F: Future>(place: Arc<Place>, work: F) -> F::Output {
    HELD.scope(place, work).await
}

/// The store is not needed any more by this request.
pub(crate) fn leave_store() {
    if let Some(held) = take() {
        held.finish(Outcome::Done);
    }
}

/// The store is not needed at all by this request.
pub(crate) fn never_needed_store() {
    if let Some(held) = take() {
        held.unused();
    }
}

/// Waits for something else than the store, without the permit; takes one again afterwards. What is done at once keeps it.
pub(crate) async fn outside_store<F: Future>(work: F) -> Result<F::Output, Problem> {
    let mut work = Box::pin(work);
    if let Poll::Ready(output) = futures_util::poll!(&mut work) {
        return Ok(output);
    }
    let Some(held) = take() else { return Ok(work.await) };
    let suspended = held.suspend();
    let output = work.await;
    let held = suspended.resume().await.map_err(|_| Problem::new(Code::Busy).retry_after_s(2))?;
    let _ = HELD.try_with(|place| place.put(held));
    Ok(output)
}

fn take() -> Option<Held> {
    HELD.try_with(|place| place.take()).ok().flatten()
}
