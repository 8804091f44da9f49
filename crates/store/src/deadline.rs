//! Deadlines of requests, passed down to the store without an argument in every verb.

use std::future::Future;
use std::time::Instant;

tokio::task_local! {
    static DEADLINE: Instant;
}

/// Runs `verbs` with a deadline: a verb that is still queued in the store then answers
/// [`StoreError::Deadline`](crate::StoreError::Deadline) and does nothing. A verb that has begun is finished.
pub async fn with_deadline<F: Future>(deadline: Instant, verbs: F) -> F::Output {
    DEADLINE.scope(deadline, verbs).await
}

/// Deadline of the current task, if any.
pub(crate) fn current() -> Option<Instant> {
    DEADLINE.try_with(|deadline| *deadline).ok()
}
