//! The body of a request, which has to arrive in time.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep_until};

use super::metrics::Timeout;
use super::watch::{UnderWay, Watch};

/// A body that arrives at least this fast, in bytes per second, gets the time for it.
const LEAST_BYTES_PER_S: u64 = 32 << 10;

/// A request's body did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the body did not arrive in time")]
pub struct BodyTooSlow;

impl BodyTooSlow {
    /// Is it the reason of this error?
    #[must_use]
    pub fn is_behind(error: &(dyn std::error::Error + 'static)) -> bool {
        std::iter::successors(Some(error), |error| error.source()).any(<dyn std::error::Error>::is::<Self>)
    }
}

/// A body under a time limit that begins when the server first has to wait for it; a body that came with its headers
/// needs no timer.
struct RequestBody {
    incoming: Incoming,
    received: u64,
    clock: Option<Pin<Box<Clock>>>,
    watch: Arc<Watch>,
    /// As long as the body is held the connection is not idle, whatever became of the answer.
    _under_way: UnderWay,
}

struct Clock {
    begun_ms: u64,
    timer: Pin<Box<Sleep>>,
}

/// Puts the time limit on a body.
pub(super) fn limited(incoming: Incoming, watch: &Arc<Watch>) -> Body {
    if incoming.is_end_stream() {
        return Body::empty();
    }
    Body::new(RequestBody {
        incoming,
        received: 0,
        clock: None,
        watch: Arc::clone(watch),
        _under_way: watch.hold(),
    })
}

impl RequestBody {
    /// Ready when the time is over.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let connections = &self.watch.connections;
        let earned_ms = self.received * 1_000 / LEAST_BYTES_PER_S;
        let clock = self.clock.get_or_insert_with(|| {
            let begun_ms = connections.now_ms();
            let timer = sleep_until(connections.instant(begun_ms + connections.limits.body_ms));
            Box::pin(Clock { begun_ms, timer: Box::pin(timer) })
        });
        let due = connections.instant(clock.begun_ms + connections.limits.body_ms + earned_ms);
        loop {
            ready!(clock.timer.as_mut().poll(cx));
            if clock.timer.deadline() >= due {
                return Poll::Ready(());
            }
            clock.timer.as_mut().reset(due);
        }
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) {
            if let Some(Ok(frame)) = &frame {
                self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        ready!(self.poll_late(cx));
        self.watch.connections.metrics.timed_out(Timeout::Body);
        Poll::Ready(Some(Err(BodyTooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
