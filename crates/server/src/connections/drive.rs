//! Driving a connection under its one timer.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use hyper_util::server::graceful::GracefulConnection;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep_until};

use super::Stage;
use super::watch::{Verdict, Watch};

/// How driving a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The connection is over.
    Closed,
    /// It has been idle for more than a moment.
    Idle,
}

/// Waits for something on a connection that hyper does not hold. None when the client took too long or the server
/// stops.
pub(super) async fn wait<T>(
    watch: &Watch,
    stage: &mut watch::Receiver<Stage>,
    something: impl Future<Output = T>,
) -> Option<T> {
    let due_ms = watch.look_ms(watch.connections.now_ms(), false);
    let sleep = pin!(sleep_until(watch.connections.instant(due_ms)));
    let mut timer = Timer { due_ms, sleep, watch, is_held: false };
    tokio::select! {
        biased;
        done = something => Some(done),
        _ = poll_fn(|cx| timer.poll(cx)) => None,
        _ = stage.wait_for(|stage| *stage != Stage::Serving) => None,
    }
}

/// Drives a connection until it ends, which its timer may bring about, or until it has nothing to do.
pub(super) async fn drive(
    mut connection: Pin<&mut impl GracefulConnection>,
    watch: &Watch,
    stage: &mut watch::Receiver<Stage>,
) -> Ended {
    let due_ms = watch.look_ms(watch.connections.now_ms(), true);
    let sleep = pin!(sleep_until(watch.connections.instant(due_ms)));
    let mut timer = Timer { due_ms, sleep, watch, is_held: true };
    let told = stage.clone();
    let is_draining = AtomicBool::new(false);
    let mut ended = pin!(async {
        let _ = stage.wait_for(|stage| *stage >= Stage::Draining).await;
        is_draining.store(true, Relaxed);
        let _ = stage.wait_for(|stage| *stage == Stage::Ended).await;
    });
    let (mut is_listening, mut was_told) = (false, false);
    poll_fn(|cx| {
        // Polled once, it wakes this task when the stage changes; polled with every request, it would take a lock.
        let is_news = told.has_changed().unwrap_or(true) || !std::mem::replace(&mut is_listening, true);
        if is_news && ended.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ended::Closed);
        }
        if is_draining.load(Relaxed) && !std::mem::replace(&mut was_told, true) {
            connection.as_mut().graceful_shutdown();
        }
        // How a connection ended is its client's affair; the figures count what matters.
        if connection.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ended::Closed);
        }
        match timer.poll(cx) {
            // It ends by itself in a moment.
            Poll::Ready(Ended::Idle) if was_told => Poll::Pending,
            ended => ended,
        }
    })
    .await
}

/// The one timer of a connection. It is set anew only when something is due earlier than it would fire, which a
/// quick request never brings about.
struct Timer<'a> {
    due_ms: u64,
    sleep: Pin<&'a mut Sleep>,
    watch: &'a Watch,
    /// Does hyper hold the connection?
    is_held: bool,
}

impl Timer<'_> {
    /// Ready when the client was too slow for something, or the connection has nothing to do.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Ended> {
        let due_ms = self.watch.due_ms();
        if due_ms < self.due_ms {
            self.set(due_ms);
        }
        while self.sleep.as_mut().poll(cx).is_ready() {
            match self.watch.verdict(self.watch.connections.now_ms(), self.is_held) {
                Verdict::Close(timeout) => {
                    // Counted before the client can see the end.
                    self.watch.connections.metrics.timed_out(timeout);
                    return Poll::Ready(Ended::Closed);
                }
                Verdict::Rest => return Poll::Ready(Ended::Idle),
                Verdict::Wait(due_ms) => self.set(due_ms),
            }
        }
        Poll::Pending
    }

    fn set(&mut self, due_ms: u64) {
        self.due_ms = due_ms;
        self.sleep.as_mut().reset(self.watch.connections.instant(due_ms));
    }
}
