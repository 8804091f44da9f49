//! A budget for retries: they may add a fixed share to first attempts and no more, so that a failure can't feed itself.

use crate::Now;

/// Retries that may be made now: each first attempt earns a share of one, and a small reserve lets the quiet retry at all.
#[derive(Debug, Clone)]
pub struct RetryBudget {
    share: f64,
    reserve_per_s: f64,
    tokens: f64,
    at: Now,
}

/// Seconds of reserve and of earnings that can be saved up.
const SAVED_S: f64 = 10.0;

impl RetryBudget {
    /// `share` of first attempts, and besides `reserve_per_s` retries per second.
    #[must_use]
    pub fn new(share: f64, reserve_per_s: f64, now: Now) -> Self {
        Self { share, reserve_per_s, tokens: reserve_per_s, at: now }
    }

    /// A first attempt was made.
    pub fn first(&mut self, now: Now) {
        self.refill(now);
        self.tokens += self.share;
    }

    /// Pays for a retry; false when there is nothing to pay with.
    pub fn try_retry(&mut self, now: Now) -> bool {
        self.refill(now);
        // Ten earned tenths do not add up to one in binary.
        let pays = self.tokens >= 1.0 - 1e-9;
        if pays {
            self.tokens -= 1.0;
        }
        pays
    }

    fn refill(&mut self, now: Now) {
        let passed_s = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        // What was earned fades, so that a quiet night does not pay for a storm in the morning.
        self.tokens *= (-passed_s / SAVED_S).exp();
        self.tokens += self.reserve_per_s * SAVED_S * (1.0 - (-passed_s / SAVED_S).exp());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn in_a_storm_of_retries_a_tenth_of_the_first_attempts_is_retried() {
        let mut budget = RetryBudget::new(0.1, 1.0, Now::ZERO);
        let mut retried = 0;
        for step in 0..100_000_u64 {
            let now = Duration::from_micros(step * 1_000);
            budget.first(now);
            retried += u32::from(budget.try_retry(now)) + u32::from(budget.try_retry(now));
        }
        assert!((9_900..=10_250).contains(&retried), "{retried} of 100,000");
    }

    #[test]
    fn a_quiet_night_does_not_pay_for_a_storm() {
        let mut budget = RetryBudget::new(0.1, 1.0, Now::ZERO);
        (0..100_000).for_each(|_| budget.first(Now::ZERO));
        let morning = Duration::from_secs(8 * 3_600);
        let retried = (0..1_000).filter(|_| budget.try_retry(morning)).count();
        assert_eq!(retried, 10);
    }
}
