//! One connection from its acceptance to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::response::Response;
use futures_util::TryFutureExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep_until};
use tower::{Service, ServiceExt as _};

use super::answer::Answer;
use super::metrics::Timeout;
use super::request_body::limited;
use super::transport::{Transport, Watched};
use super::watch::{Verdict, Watch};
use super::{Connections, Peer, Stage};

/// Serves a connection that was just accepted.
pub(super) async fn serve<S>(
    stream: TcpStream,
    peer: SocketAddr,
    connections: Arc<Connections>,
    site: S,
    stage: watch::Receiver<Stage>,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    let transport = match &connections.tls {
        None => Transport::Plain(stream),
        // In a box of its own, so that a plain connection has no room for a handshake.
        Some(tls) => match Box::pin(tls.handshake(stream, &connections, stage.clone())).await {
            Some(stream) => Transport::Tls(Box::new(stream)),
            None => return,
        },
    };
    let watch = Arc::new(Watch::new(Arc::clone(&connections)));
    let io = TokioIo::new(Watched::new(transport, Arc::clone(&watch)));
    let noted = Arc::clone(&watch);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        // A request with both lengths must end its connection, or what follows may be a smuggled one (RFC 9112 6.1). Hyper
        // hides the second length, so every chunked request does.
        let is_last = request.headers().contains_key(header::TRANSFER_ENCODING);
        let under_way = noted.begin(request.version() == Version::HTTP_2);
        let mut request = request.map(|body| limited(body, &noted));
        request.extensions_mut().insert(Peer(peer));
        site.clone().oneshot(request).map_ok(move |mut response| {
            if is_last {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            response.map(|body| Answer::new(body, under_way))
        })
    });
    drive(connections.http.serve_connection(io, service), &watch, stage).await;
}

/// Drives a connection to its end, which its timer may bring about.
async fn drive(connection: impl GracefulConnection, watch: &Watch, mut stage: watch::Receiver<Stage>) {
    let mut connection = pin!(connection);
    let due_ms = watch.due_ms();
    let sleep = pin!(sleep_until(watch.connections.instant(due_ms)));
    let mut timer = Timer { due_ms, sleep, watch };
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
            return Poll::Ready(());
        }
        if is_draining.load(Relaxed) && !std::mem::replace(&mut was_told, true) {
            connection.as_mut().graceful_shutdown();
        }
        // How a connection ended is its client's affair; the figures count what matters.
        if connection.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        // Counted before the client can see the end.
        timer.poll(cx).map(|timeout| watch.connections.metrics.timed_out(timeout))
    })
    .await;
}

/// The one timer of a connection. It is set anew only when something is due earlier than it would fire, which a
/// quick request never brings about.
struct Timer<'a> {
    due_ms: u64,
    sleep: Pin<&'a mut Sleep>,
    watch: &'a Watch,
}

impl Timer<'_> {
    /// Ready when the client was too slow for something.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Timeout> {
        let due_ms = self.watch.due_ms();
        if due_ms < self.due_ms {
            self.set(due_ms);
        }
        while self.sleep.as_mut().poll(cx).is_ready() {
            match self.watch.verdict(self.watch.connections.now_ms()) {
                Verdict::Close(timeout) => return Poll::Ready(timeout),
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
