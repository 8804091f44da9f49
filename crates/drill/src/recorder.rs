//! Counts and latencies while a run is under way.

use std::collections::BTreeMap;

use crate::clock::seconds;
use crate::histogram::Latencies;
use crate::measured::{LatencySecond, Measured, ProcessSample, Stage, StepSeconds, Trigger, Window};
use crate::place::Seen;
use crate::schedule::load_at;

/// Length of a window in seconds.
pub(crate) const WINDOW_S: f64 = 0.1;
/// Longest run that is recorded, in windows: six hours.
const MOST_WINDOWS: usize = 216_000;

/// What became of a request of a flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fate {
    /// Done while the person was there; the share of the store's work for one flow.
    Done(f64),
    /// A ticket.
    Ticketed,
    /// Refused without a ticket.
    Refused,
    /// No answer in time, or none at all.
    Failed,
}

/// Everything that is counted.
pub(crate) struct Recorder {
    begin_ns: u64,
    pub(crate) measured: Measured,
    late_first: Latencies,
    late_later: Latencies,
    steps: BTreeMap<&'static str, Latencies>,
    /// Let-in latencies in microseconds, by second.
    by_second: Seconds,
    /// The same by step.
    by_step: BTreeMap<&'static str, Seconds>,
}

/// Latencies in microseconds, by second.
#[derive(Default)]
struct Seconds(Vec<Vec<u32>>);

impl Seconds {
    fn add(&mut self, second: usize, us: u32) {
        if self.0.len() <= second {
            self.0.resize(second + 1, Vec::new());
        }
        self.0[second].push(us);
    }

    fn finish(mut self) -> Vec<LatencySecond> {
        self.0.iter_mut().enumerate().map(second).collect()
    }
}

impl Recorder {
    pub(crate) fn new(begin_ns: u64, stages: Vec<Stage>) -> Self {
        Self {
            begin_ns,
            measured: Measured { stages, ..Measured::default() },
            late_first: Latencies::default(),
            late_later: Latencies::default(),
            steps: BTreeMap::new(),
            by_second: Seconds::default(),
            by_step: BTreeMap::new(),
        }
    }

    /// Seconds since the begin.
    pub(crate) fn at_s(&self, now_ns: u64) -> f64 {
        seconds(now_ns.saturating_sub(self.begin_ns))
    }

    /// The window of a moment.
    pub(crate) fn window(&mut self, now_ns: u64) -> &mut Window {
        let place = ((self.at_s(now_ns) / WINDOW_S) as usize).min(MOST_WINDOWS);
        let windows = &mut self.measured.windows;
        while windows.len() <= place {
            let at_s = windows.len() as f64 * WINDOW_S;
            let load = load_at(&self.measured.stages, at_s);
            let waiting = windows.last().map_or(0, |window| window.waiting);
            windows.push(Window { at_s, load, waiting, ..Window::default() });
        }
        &mut windows[place]
    }

    /// A request went out that was meant to go at `intended_ns`.
    pub(crate) fn sent(&mut self, intended_ns: u64, sent_ns: u64, is_first: bool) {
        let late = if is_first { &mut self.late_first } else { &mut self.late_later };
        late.record_ns(sent_ns.saturating_sub(intended_ns));
    }

    /// 99th percentile of how late requests went out, first ones or later ones, whichever is worse.
    pub(crate) fn lateness_p99_ms(&self) -> f64 {
        self.late_first.quantile_ms(0.99).max(self.late_later.quantile_ms(0.99))
    }

    pub(crate) fn latency(&mut self, step: &'static str, ns: u64) {
        self.steps.entry(step).or_default().record_ns(ns);
    }

    /// The latency of a request that was let in.
    pub(crate) fn let_in(&mut self, step: &'static str, ns: u64, now_ns: u64) {
        self.latency(step, ns);
        self.latency("admitted", ns);
        let second = (self.at_s(now_ns) as usize).min(MOST_WINDOWS);
        let us = u32::try_from(ns / 1_000).unwrap_or(u32::MAX);
        self.by_second.add(second, us);
        self.by_step.entry(step).or_default().add(second, us);
    }

    pub(crate) fn fate(&mut self, fate: Fate, now_ns: u64) {
        let window = self.window(now_ns);
        match fate {
            Fate::Done(share) => {
                window.admitted += 1;
                window.goodput += 1;
                window.goodput_flows += share;
            }
            Fate::Ticketed => window.ticketed += 1,
            Fate::Refused => window.refused += 1,
            Fate::Failed => window.failed += 1,
        }
    }

    /// What a look at a place told.
    pub(crate) fn seen(&mut self, seen: Seen) {
        self.measured.places_risen += u64::from(seen.rose);
        self.measured.tickets_called += u64::from(seen.called);
        self.measured.eta_errors.extend(seen.eta_error);
    }

    pub(crate) fn trigger(&mut self, name: &str, from_ns: u64, until_ns: u64) {
        let (from_s, until_s) = (self.at_s(from_ns), self.at_s(until_ns));
        self.measured.triggers.push(Trigger { name: name.to_owned(), from_s, until_s });
    }

    pub(crate) fn process(&mut self, sample: ProcessSample, now_ns: u64) {
        let at_s = self.at_s(now_ns);
        self.measured.process.push(ProcessSample { at_s, ..sample });
    }

    /// Everything, with the figures that are made of others.
    pub(crate) fn finish(mut self) -> Measured {
        self.measured.lateness_p99_ms = self.lateness_p99_ms();
        self.measured.steps = self.steps.iter().map(|(step, latencies)| latencies.step(step)).collect();
        self.measured.latency = self.by_second.finish();
        let by_step = self.by_step.into_iter();
        self.measured.step_latency = by_step
            .map(|(step, seconds)| StepSeconds { step: step.to_owned(), seconds: seconds.finish() })
            .collect();
        self.measured
    }
}

fn second((at_s, latencies): (usize, &mut Vec<u32>)) -> LatencySecond {
    latencies.sort_unstable();
    let quantile = |share: f64| {
        let place = ((latencies.len() as f64 * share) as usize).min(latencies.len().saturating_sub(1));
        latencies.get(place).map_or(0.0, |us| f64::from(*us) / 1e3)
    };
    LatencySecond {
        at_s: at_s as f64,
        count: latencies.len() as u64,
        p50_ms: quantile(0.5),
        p90_ms: quantile(0.9),
        p99_ms: quantile(0.99),
    }
}
