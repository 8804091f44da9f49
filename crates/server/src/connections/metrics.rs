//! What is counted about connections.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

type Labels = [(&'static str, &'static str); 1];

/// Why a connection was closed by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timeout {
    /// Headers or a TLS handshake did not arrive.
    Header,
    /// No request came.
    Idle,
    /// A request's body did not arrive.
    Body,
    /// The answer was not taken.
    Write,
}

/// How a TLS handshake ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handshake {
    Full,
    Resumed,
    Failed,
}

/// Gauges and counters of the connections. Clones count together.
#[derive(Debug, Clone)]
pub struct ConnectionMetrics {
    pub(super) open: Gauge,
    pub(super) limit: Gauge,
    pub(super) resting: Gauge,
    pub(super) accepted: Counter,
    pub(super) handshakes_under_way: Gauge,
    timeouts: [Counter; 4],
    handshakes: [Counter; 3],
}

impl ConnectionMetrics {
    /// Makes them and puts them into the registry.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let timeouts = Family::<Labels, Counter>::default();
        let handshakes = Family::<Labels, Counter>::default();
        let timeout = |name| timeouts.get_or_create(&[("timeout", name)]).clone();
        let handshake = |kind| handshakes.get_or_create(&[("kind", kind)]).clone();
        let metrics = Self {
            open: Gauge::default(),
            limit: Gauge::default(),
            resting: Gauge::default(),
            accepted: Counter::default(),
            handshakes_under_way: Gauge::default(),
            timeouts: [timeout("header"), timeout("idle"), timeout("body"), timeout("write")],
            handshakes: [handshake("full"), handshake("resumed"), handshake("failed")],
        };
        registry.register("connections_open", "Connections now", metrics.open.clone());
        registry.register("connections_limit", "Most connections at once", metrics.limit.clone());
        let resting = metrics.resting.clone();
        registry.register("connections_resting", "Idle connections that hold no buffers", resting);
        registry.register("connections_accepted", "Connections accepted", metrics.accepted.clone());
        registry.register(
            "connection_timeouts",
            "Connections whose client was too slow, by what for",
            timeouts,
        );
        registry.register("tls_handshakes", "TLS handshakes ended, by kind", handshakes);
        let under_way = metrics.handshakes_under_way.clone();
        registry.register("tls_handshakes_under_way", "TLS handshakes not yet ended", under_way);
        metrics
    }

    pub(super) fn timed_out(&self, what: Timeout) {
        self.timeouts[what as usize].inc();
    }

    pub(super) fn handshake(&self, how: Handshake) {
        self.handshakes[how as usize].inc();
    }
}

/// Holds a gauge one higher as long as it lives.
#[derive(Debug)]
pub(super) struct Counted(Gauge);

impl Counted {
    pub(super) fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
