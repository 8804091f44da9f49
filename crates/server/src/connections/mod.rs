//! Connections: how many there may be, how long each may take for what, and who is behind them.
//!
//! One acceptor ([`accept`]) hands every connection to a task of its own ([`connection`]), which drives hyper and one
//! timer. What a connection is doing lies in a few atomics ([`watch`]), so that a request touches no timer. When the
//! cap is reached the acceptor stops accepting: further connections wait in the kernel until one ends.

mod accept;
mod answer;
mod connection;
pub mod descriptors;
mod drive;
mod metrics;
mod peer;
mod request_body;
mod tls;
mod transport;
mod watch;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;

pub(crate) use accept::{accept, prepare};
pub use metrics::ConnectionMetrics;
pub use peer::{Peer, client_address};
pub use request_body::BodyTooSlow;

use crate::clock::monotonic;
use crate::config::{AddressRange, ServerConfig};
use tls::Tls;

/// Most bytes of one request's headers, and of what is read ahead (hyper's read buffer).
const MOST_HEADER_BYTES: usize = 16 << 10;
/// Most streams of one HTTP/2 connection at once.
const MOST_STREAMS: u32 = 64;
/// What one HTTP/2 stream, and one connection, may have sent without being read, in bytes.
const STREAM_WINDOW_BYTES: u32 = 64 << 10;
const CONNECTION_WINDOW_BYTES: u32 = 256 << 10;
/// An HTTP/2 connection is asked whether it is still there this often, and has this long to say so.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_PATIENCE: Duration = Duration::from_secs(10);

/// Where serving stands; connections follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// New connections are accepted.
    Serving,
    /// Requests under way are finished; idle connections are closed.
    Draining,
    /// Whatever is still there is dropped.
    Ended,
}

/// How full the server is, for the operators' page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionFigures {
    /// Connections now, TLS handshakes among them.
    pub open: u64,
    /// Most connections at once.
    pub limit: u64,
    /// TLS handshakes under way.
    pub handshakes: u64,
}

/// All connections of a server: their limits and their figures.
#[derive(Debug)]
pub struct Connections {
    limits: Limits,
    limit: usize,
    places: Arc<Semaphore>,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    tls: Option<Tls>,
    trusted_proxies: Vec<AddressRange>,
    metrics: ConnectionMetrics,
    since: Instant,
}

/// How long a connection may take for what, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Limits {
    header_ms: u64,
    idle_ms: u64,
    idle_full_ms: u64,
    body_ms: u64,
    write_ms: u64,
}

impl Connections {
    /// Reads what the configuration says. The cap is lowered to what the process's limit of descriptors leaves room
    /// for. Errors name the key of a certificate or key that can't be used.
    pub fn new(config: &ServerConfig, metrics: ConnectionMetrics) -> anyhow::Result<Arc<Self>> {
        let limit = config.connections.min(descriptors::room_for_connections());
        metrics.limit.set(i64::try_from(limit).unwrap_or(i64::MAX));
        Ok(Arc::new(Self {
            limits: Limits {
                header_ms: config.header_timeout_ms,
                idle_ms: config.idle_timeout_ms,
                idle_full_ms: config.idle_timeout_full_ms,
                body_ms: config.body_timeout_ms,
                write_ms: config.write_timeout_ms,
            },
            limit,
            places: Arc::new(Semaphore::new(limit)),
            http1: http1(),
            http2: http2(),
            tls: Tls::load(config)?,
            trusted_proxies: config.trusted_proxies.clone(),
            metrics,
            since: monotonic(),
        }))
    }

    /// How full the server is now.
    #[must_use]
    pub fn figures(&self) -> ConnectionFigures {
        let number =
            |gauge: &prometheus_client::metrics::gauge::Gauge| u64::try_from(gauge.get()).unwrap_or(0);
        ConnectionFigures {
            open: number(&self.metrics.open),
            limit: self.limit as u64,
            handshakes: number(&self.metrics.handshakes_under_way),
        }
    }

    /// Proxies whose `X-Forwarded-For` is believed; see [`client_address`].
    #[must_use]
    pub fn trusted_proxies(&self) -> &[AddressRange] {
        &self.trusted_proxies
    }

    /// Resolves when the last connection has ended.
    pub(crate) async fn ended(&self) {
        let all = u32::try_from(self.limit).expect("the configuration allows at most a million connections");
        let _ = self.places.acquire_many(all).await;
    }

    /// Are more than 80 % of the places taken?
    fn is_nearly_full(&self) -> bool {
        self.places.available_permits() < self.limit / 5
    }

    /// Milliseconds since the server was made.
    fn now_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The instant at such a time.
    fn instant(&self, at_ms: u64) -> tokio::time::Instant {
        (self.since + Duration::from_millis(at_ms)).into()
    }
}

/// HTTP/1.1 with bounded memory. hyper's own header timeout is off, because it also runs while a kept-alive connection
/// is idle; its limit of 100 headers stays, because setting another one costs an allocation per request.
fn http1() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.header_read_timeout(None)
        .max_buf_size(MOST_HEADER_BYTES)
        .half_close(false)
        .keep_alive(true)
        .pipeline_flush(false);
    http
}

/// HTTP/2 with bounded memory. The limits of h2 against rapid resets stay as they are.
fn http2() -> http2::Builder<TokioExecutor> {
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(u32::try_from(MOST_HEADER_BYTES).expect("16 KiB fit"))
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(STREAM_WINDOW_BYTES as usize)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_PATIENCE);
    http
}
