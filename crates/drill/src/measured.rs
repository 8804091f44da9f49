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
    /// Share of its processor that the drill used from the first arrival to the last.
    pub drill_busy: f64,
    /// Stages of the load, in order of time.
    pub stages: Vec<Stage>,
    /// Windows of 100 ms, in order of time.
    pub windows: Vec<Window>,
    /// Latency by step, from the intended time.
    pub steps: Vec<StepLatency>,
    /// Latency of let-in requests, second by second.
    pub latency: Vec<LatencySecond>,
    /// The same for each step.
    pub step_latency: Vec<StepSeconds>,
    /// Faults that were set off.
    pub triggers: Vec<Trigger>,
    /// People who came to begin a flow.
    pub flows_offered: u64,
    /// Attempts to show a code.
    pub shows: u64,
    /// Attempts to show a code that the server answered with a code.
    pub shows_done: u64,
    /// Those of them whose code was the last signed one, not made anew.
    pub shows_degraded: u64,
    /// Attempts after which a code could be shown: the server's, or the one the phone holds.
    pub shows_shown: u64,
    /// Users who were let in.
    pub flows_admitted: u64,
    /// Let-in users who finished.
    pub flows_finished: u64,
    /// Let-in users who left by themselves.
    pub flows_left: u64,
    /// Tickets that were given to people, the first ones without a place included.
    pub tickets: u64,
    /// Places that were given to people who keep them.
    pub places: u64,
    /// Tickets that were called while their owners looked.
    pub tickets_called: u64,
    /// Answers that had no place in the contract, by status.
    pub unexpected: u64,
    /// Times that a place was seen higher than before, or was lost by somebody who had looked at it all the time.
    pub places_risen: u64,
    /// |told - true| / true of every waiting time told of more than 10 s.
    pub eta_errors: Vec<f64>,
    /// Registrations that were acknowledged.
    pub acknowledged: u64,
    /// Acknowledged registrations whose code is gone; none when it was not looked for.
    pub lost: Option<u64>,
    /// Work of samplers and labs.
    #[serde(default)]
    pub field: FieldCounts,
    /// The server's process over time; empty when it cannot be seen.
    pub process: Vec<ProcessSample>,
}

/// Work of samplers and labs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldCounts {
    /// Batches sent, repeats included.
    pub batches: u64,
    /// Batches that were refused or not answered.
    pub refused: u64,
    /// Rows that were recorded.
    pub rows: u64,
    /// Rows that were refused.
    pub rows_refused: u64,
    /// Rows that were acknowledged and are gone; none when it was not looked for.
    pub lost: Option<u64>,
}

/// A stage of the load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// Begin in seconds since the begin of the run.
    pub from_s: f64,
    /// End in seconds since the begin of the run.
    pub until_s: f64,
    /// Flows offered at its begin, as a multiple of C.
    pub from: f64,
    /// Flows offered at its end, as a multiple of C.
    pub to: f64,
}

/// Counts within one window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Begin in seconds since the begin of the run.
    pub at_s: f64,
    /// Flows offered by newly arriving people, as a multiple of C.
    pub load: f64,
    /// People who wait to be let in, the absent ones not counted.
    pub waiting: u64,
    /// Requests of flows sent: those that need the store.
    pub offered: u64,
    /// Requests let in and done, or done too late for the person.
    pub admitted: u64,
    /// Requests answered well while the person was still there.
    pub goodput: u64,
    /// The same in flows: each step counts with its share of the store's work for one flow.
    pub goodput_flows: f64,
    /// Requests answered with a ticket.
    pub ticketed: u64,
    /// Requests refused without a ticket.
    pub refused: u64,
    /// Requests that failed: connection, time-out, or the person did not wait any longer.
    pub failed: u64,
    /// Polls of the room.
    pub polls: u64,
    /// Attempts to show a code.
    pub shows: u64,
    /// Of those, answered with a code.
    pub shows_done: u64,
}

/// Latency of one step, from the intended time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepLatency {
    /// `admitted` (all that follow), `one-time-password`, `register`; `show`, `results`, `results-refused`, `poll`, `ticket`, `refusal`; `sync`, `post-results`.
    pub step: String,
    /// Answers counted.
    pub count: u64,
    /// Median in ms.
    pub p50_ms: f64,
    /// 90th percentile in ms.
    pub p90_ms: f64,
    /// 99th percentile in ms.
    pub p99_ms: f64,
    /// 99.9th percentile in ms.
    pub p999_ms: f64,
    /// Longest in ms.
    pub max_ms: f64,
}

/// Latency of let-in requests that were answered within one second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LatencySecond {
    /// Begin in seconds since the begin of the run.
    pub at_s: f64,
    /// Answers.
    pub count: u64,
    /// Median in ms.
    pub p50_ms: f64,
    /// 90th percentile, in milliseconds.
    pub p90_ms: f64,
    /// 99th percentile in ms.
    pub p99_ms: f64,
}

/// The latency of one step, second by second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepSeconds {
    /// `one-time-password` or `register`.
    pub step: String,
    /// In order of time.
    pub seconds: Vec<LatencySecond>,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
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
    /// The same in Chinese.
    pub name_zh: String,
    /// The value seen; none when the run does not tell.
    pub measured: Option<f64>,
    /// The limit.
    pub limit: f64,
    /// Whether a larger value than the limit is good.
    pub at_least: bool,
    /// Unit of both; empty for shares and counts.
    pub unit: String,
    /// None when not measured: such a check has not passed.
    pub passed: Option<bool>,
}

impl Check {
    /// Compares; what was not measured (or is no number) is not passed.
    #[must_use]
    pub fn new(name: [&str; 2], measured: Option<f64>, limit: f64, at_least: bool, unit: &str) -> Self {
        let measured = measured.filter(|value| value.is_finite());
        let passed = measured.map(|value| if at_least { value >= limit } else { value <= limit });
        let [name_zh, name] = name.map(str::to_owned);
        Self { name, name_zh, measured, limit, at_least, unit: unit.to_owned(), passed }
    }

    /// Measured and kept.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.passed == Some(true)
    }
}

/// A run and its verdict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// `ours`, `shed` or `off`.
    pub protection: String,
    /// The scenario in words, Chinese and English.
    pub title: [String; 2],
    /// The figures.
    pub measured: Measured,
    /// The criteria.
    pub checks: Vec<Check>,
}

/// C of one server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capacity {
    /// `ours`, `shed` or `off`.
    pub protection: String,
    /// Flows finished per second at saturation: the median of the windows.
    pub flows_per_s: f64,
    /// Requests finished per second at saturation.
    pub requests_per_s: f64,
    /// Workers of the closed loop.
    pub workers: u32,
    /// Flows per second in each window of a second.
    pub windows: Vec<f64>,
    /// What arithmetic allows at most: connections / (time per verb x verbs per flow); none for a foreign server.
    pub bound_per_s: Option<f64>,
    /// Connections of its store; none for a foreign server.
    pub connections: Option<u32>,
}

/// What one kind of answer costs the server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// `serve`, `refuse`, `poll` or `show`.
    pub kind: String,
    /// `b2`, `b3` or `b4`.
    pub class: String,
    /// Answers of that kind.
    pub count: u64,
    /// Processor time of the server per answer in microseconds, the kernel's part of it included.
    pub cpu_us: f64,
    /// What the drill's own side costs per answer, likewise.
    pub drill_us: f64,
}
