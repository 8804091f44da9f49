//! How late this process comes to its work: the sign that the processor, not the store, is the bottleneck.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// How often the lag is looked at.
pub(crate) const EVERY: Duration = Duration::from_millis(50);
/// From this lag on, codes are shown as they were signed last, in microseconds.
const BUSY_US: u64 = 100_000;
/// What is left of an old lag at the next look.
const LEFT: f64 = 0.9;

/// The lag of the last second or so.
#[derive(Debug, Default)]
pub(crate) struct Lag(AtomicU64);

impl Lag {
    /// A timer of [`EVERY`] rang so much too late.
    pub(crate) fn seen(&self, late: Duration) {
        let faded = (self.0.load(Relaxed) as f64 * LEFT) as u64;
        let late_us = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        self.0.store(faded.max(late_us), Relaxed);
    }

    /// The lag in milliseconds.
    pub(crate) fn ms(&self) -> f64 {
        self.0.load(Relaxed) as f64 / 1_000.0
    }

    /// Is the processor the bottleneck?
    pub(crate) fn is_busy(&self) -> bool {
        self.0.load(Relaxed) >= BUSY_US
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_timer_is_remembered_for_a_second_or_so() {
        let lag = Lag::default();
        assert!(!lag.is_busy());
        lag.seen(Duration::from_millis(300));
        assert!(lag.is_busy());
        (0..20).for_each(|_| lag.seen(Duration::from_millis(1)));
        assert!(!lag.is_busy() && lag.ms() > 1.0);
    }
}
