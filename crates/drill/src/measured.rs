//! What a run measured and how it was judged: the figures that `report.json` carries.

use serde::{Deserialize, Serialize};

/// Everything seen in one run of one scenario against one server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// Name of the scenario, as of its file.
    pub scenario: String,
    /// Seed of the arrivals.
    pub seed: u64,
    /// C: flows finished per second by a closed loop before the run.
    pub capacity_per_s: f64,
    /// 99th percentile of how late the drill itself sent, in ms; above 1 ms the run is invalid.
    pub lateness_p99_ms: f64,
    /// Windows of 100 ms, in order of time.
    pub windows: Vec<Window>,
    /// Latency by step of the flow.
    pub steps: Vec<StepLatency>,
    /// Faults that were set off.
    pub triggers: Vec<Trigger>,
    /// Attempts to show a code.
    pub shows: u64,
    /// Attempts to show a code that succeeded.
    pub shows_done: u64,
    /// Users who were given a pass.
    pub flows_admitted: u64,
    /// Admitted users who finished.
    pub flows_finished: u64,
    /// Times that a place was seen higher than before.
    pub places_risen: u64,
    /// |told - true| / true of every waiting time told.
    pub eta_errors: Vec<f64>,
    /// Registrations that were acknowledged.
    pub acknowledged: u64,
    /// Acknowledged registrations whose code is gone.
    pub lost: u64,
    /// The server's process over time; empty when it cannot be seen.
    pub process: Vec<ProcessSample>,
}

/// Counts within one window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Begin in seconds since the begin of the run.
    pub at_s: f64,
    /// Flows offered per C.
    pub load: f64,
    /// Requests sent.
    pub offered: u64,
    /// Requests let in.
    pub admitted: u64,
    /// Requests answered well within the deadline.
    pub goodput: u64,
    /// Requests answered with a ticket.
    pub ticketed: u64,
    /// Requests refused without a ticket.
    pub refused: u64,
    /// Requests that failed: connection or time-out.
    pub failed: u64,
}

/// Latency of one step, from the intended time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepLatency {
    /// `one-time-password`, `register`, `show` or `poll`.
    pub step: String,
    /// Answers counted.
    pub count: u64,
    /// Median in ms.
    pub p50_ms: f64,
    /// 99th percentile in ms.
    pub p99_ms: f64,
    /// Longest in ms.
    pub max_ms: f64,
}

/// One fault.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// Name, such as `store-stall`.
    pub name: String,
    /// Begin in seconds since the begin of the run.
    pub from_s: f64,
    /// End in seconds since the begin of the run.
    pub until_s: f64,
}

/// The server's process at one time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessSample {
    /// Seconds since the begin of the run.
    pub at_s: f64,
    /// Resident memory in bytes.
    pub rss_bytes: u64,
    /// Open descriptors.
    pub descriptors: u64,
    /// Processor time used in seconds.
    pub cpu_s: f64,
}

/// One criterion with its value and limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What is judged.
    pub name: String,
    /// The value seen; none when the run does not tell.
    pub measured: Option<f64>,
    /// The limit.
    pub limit: f64,
    /// Whether a larger value than the limit is good.
    pub at_least: bool,
    /// Unit of both.
    pub unit: String,
    /// None when not measured: such a check has not passed.
    pub passed: Option<bool>,
}

/// A run and its verdict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// `ours`, `shed` or `off`.
    pub protection: String,
    /// The figures.
    pub measured: Measured,
    /// The criteria.
    pub checks: Vec<Check>,
}
