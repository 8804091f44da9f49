//! What some work took, by the clock and by the processor.

use crate::clock::now;
use crate::processor::busy_s;

/// What some work took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    /// Seconds by the clock.
    pub(crate) clock_s: f64,
    /// Processor seconds of this process and of the database.
    pub(crate) busy_s: f64,
}

/// Runs work that is measured.
pub(crate) async fn measure(work: impl Future<Output = ()>) -> Took {
    let (busy_before_s, start) = (busy_s(), now());
    work.await;
    Took { clock_s: start.elapsed().as_secs_f64(), busy_s: busy_s() - busy_before_s }
}

/// Runs tasks side by side.
pub(crate) async fn in_tasks<F: Future<Output = ()> + Send + 'static>(
    tasks: impl Iterator<Item = F>,
) -> Took {
    measure(async {
        let tasks: Vec<_> = tasks.map(tokio::spawn).collect();
        for task in tasks {
            task.await.expect("no task panics");
        }
    })
    .await
}
