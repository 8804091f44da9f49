//! Latencies in HDR histograms: microseconds, three digits.

use hdrhistogram::Histogram;

use crate::measured::StepLatency;

/// Latencies of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new(3).expect("three digits are allowed"))
    }
}

impl Latencies {
    pub(crate) fn record_ns(&mut self, ns: u64) {
        // An automatically resizing histogram takes every value.
        let _ = self.0.record((ns / 1_000).max(1));
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// In milliseconds; `share` 0 to 1.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        self.0.value_at_quantile(share) as f64 / 1e3
    }

    pub(crate) fn step(&self, step: &str) -> StepLatency {
        StepLatency {
            step: step.to_owned(),
            count: self.count(),
            p50_ms: self.quantile_ms(0.5),
            p90_ms: self.quantile_ms(0.9),
            p99_ms: self.quantile_ms(0.99),
            p999_ms: self.quantile_ms(0.999),
            max_ms: self.0.max() as f64 / 1e3,
        }
    }
}
