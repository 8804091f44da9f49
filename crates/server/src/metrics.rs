//! Prometheus metrics: what is counted, and the text at `/metrics`.

mod overload;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::connections::ConnectionMetrics;
pub use overload::OverloadMetrics;

type Labels = Vec<(&'static str, String)>;

/// Upper bounds of the duration buckets in seconds.
const BUCKETS_S: [f64; 12] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// All metrics of one server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    admission: Family<Labels, Counter>,
    /// Admission control and the waiting room.
    pub overload: OverloadMetrics,
    durations: Family<Labels, Histogram>,
    /// Connections and TLS handshakes.
    pub connections: ConnectionMetrics,
    /// People of this part in the registry.
    pub people: Gauge,
    /// People of other parts in the registry.
    pub foreign_people: Gauge,
    /// Number of this node's part, from 1.
    pub part: Gauge,
    /// How many parts there are.
    pub parts: Gauge,
    /// Requests sent on to the part that holds the person.
    pub part_redirects: Counter,
    /// Requests that came to the wrong node although they named the right part.
    pub part_misdirected: Counter,
    /// Bytes the registry holds.
    pub registry_bytes: Gauge,
    /// Change number up to which the registry follows the store.
    pub registry_sequence: Gauge,
    /// People whose change could not be read, as a machine of the cluster is away.
    pub registry_unreached: Gauge,
    /// Seconds since the oldest published status list was signed.
    pub status_list_age_s: Gauge,
    /// Seconds by which the machine's clock is ahead of the database's.
    pub clock_offset_s: Gauge<f64, AtomicU64>,
    /// 1 when the server answers, 0 while it starts or drains.
    pub ready: Gauge,
    /// Credentials signed.
    pub credentials_issued: Counter,
    /// Writes the store committed.
    pub store_writes: Gauge,
    /// Transactions (group commits) the store made for them.
    pub store_commits: Gauge,
}

/// The metrics of one route, made once so that a request touches only atomics.
#[derive(Debug)]
pub struct RouteMetrics {
    by_class: [Counter; 5],
    duration: Histogram,
}

impl RouteMetrics {
    /// Counts one answered request.
    pub fn observe(&self, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.by_class[class].inc();
        self.duration.observe(took.as_secs_f64());
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("yimatong");
        let requests = Family::<Labels, Counter>::default();
        registry.register("http_requests", "Requests answered, by route and status class", requests.clone());
        let admission = Family::<Labels, Counter>::default();
        registry.register(
            "overload_requests",
            "Requests by class and by what became of them",
            admission.clone(),
        );
        let overload = OverloadMetrics::new(&mut registry);
        let durations = Family::<Labels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS_S));
        registry.register("http_request_duration_seconds", "Time to answer, by route", durations.clone());
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let people = gauge("registry_people", "People of this node's part in the registry");
        let foreign_people = gauge("registry_foreign_people", "People of other parts in the registry");
        let part = gauge("registry_part", "Number of this node's part, from 1");
        let parts = gauge("registry_parts", "How many parts the city has");
        let registry_bytes = gauge("registry_bytes", "Bytes held by the registry");
        let registry_unreached = gauge(
            "registry_unreached",
            "People whose change can't be read, as a machine of the cluster is away",
        );
        let registry_sequence = gauge("registry_sequence", "Change number the registry has reached");
        let status_list_age_s = gauge("status_list_age_seconds", "Age of the oldest published status list");
        let ready = gauge("ready", "1 when the server answers");
        let store_writes = gauge("store_writes", "Writing operations committed");
        let store_commits = gauge("store_commits", "Transactions committed for them");
        let clock_offset_s = Gauge::<f64, AtomicU64>::default();
        let help = "How far the machine's clock is ahead of the database's";
        registry.register("clock_offset_seconds", help, clock_offset_s.clone());
        let connections = ConnectionMetrics::register(&mut registry);
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let part_redirects = counter("part_redirects", "Requests sent on to the part that holds the person");
        let part_misdirected = counter(
            "part_misdirected",
            "Requests at the wrong node although their cookie names the right part",
        );
        let credentials_issued = counter("credentials_issued", "Credentials signed");
        Self {
            registry,
            requests,
            admission,
            overload,
            durations,
            connections,
            people,
            foreign_people,
            part,
            parts,
            part_redirects,
            part_misdirected,
            registry_bytes,
            registry_sequence,
            registry_unreached,
            status_list_age_s,
            clock_offset_s,
            ready,
            credentials_issued,
            store_writes,
            store_commits,
        }
    }
}

impl Metrics {
    /// The metrics of one route.
    #[must_use]
    pub fn route(&self, method: &'static str, path: &'static str) -> Arc<RouteMetrics> {
        let labels = |class: Option<&str>| {
            let mut labels = vec![("method", method.to_owned()), ("route", path.to_owned())];
            labels.extend(class.map(|class| ("status", class.to_owned())));
            labels
        };
        let counter = |class| self.requests.get_or_create(&labels(Some(class))).clone();
        Arc::new(RouteMetrics {
            by_class: [counter("1xx"), counter("2xx"), counter("3xx"), counter("4xx"), counter("5xx")],
            duration: self.durations.get_or_create(&labels(None)).clone(),
        })
    }

    /// The counter of one outcome in one class.
    #[must_use]
    pub fn admission(&self, class: &'static str, outcome: &'static str) -> Counter {
        let labels = vec![("class", class.to_owned()), ("outcome", outcome.to_owned())];
        self.admission.get_or_create(&labels).clone()
    }

    /// The Prometheus text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to a String cannot fail");
        text
    }
}

/// Sets a gauge from a counter that lives elsewhere.
pub(crate) fn set(gauge: &Gauge, value: u64) {
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
}
