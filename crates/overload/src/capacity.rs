//! What the store can finish, learned only while it is kept busy.
//!
//! A server that is idle half of the time finishes few requests, which says nothing of what it could. So a second counts
//! only if the permits were all in use for nearly all of it. The mean of such seconds is taken, not their best: the best
//! of ten noisy seconds overstates the capacity by two standard deviations, and every waiting time with it.

use crate::Now;

/// Seconds that are looked back on.
const SECONDS: usize = 10;
/// A second counts when it was saturated for this share.
const SATURATED_SHARE: f64 = 0.9;
/// What is left of an old estimate after an hour without saturation.
const LEFT_AFTER_AN_HOUR: f64 = 0.9;
/// A restarted server begins with this share of what it could do before.
const RAMP_FROM: f64 = 0.3;
/// Time until a restarted server has its caches warm, in seconds.
const RAMP_S: f64 = 10.0;

/// Completions per second the store can do.
#[derive(Debug, Clone)]
pub struct Capacity {
    second: u64,
    completions: u32,
    saturated_s: f64,
    saturated: bool,
    at: Now,
    busy: [Option<u32>; SECONDS],
    estimate_per_s: Option<f64>,
    restarted: Option<Now>,
    last_completions: u32,
}

impl Capacity {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(now: Now) -> Self {
        Self {
            second: now.as_secs(),
            completions: 0,
            saturated_s: 0.0,
            saturated: false,
            at: now,
            busy: [None; SECONDS],
            estimate_per_s: None,
            restarted: None,
            last_completions: 0,
        }
    }

    /// Takes over what the last run could do, to be reached slowly.
    pub fn restarted(&mut self, per_s: f64, now: Now) {
        if per_s.is_finite() && per_s > 0.0 {
            self.estimate_per_s = Some(per_s);
            self.restarted = Some(now);
        }
    }

    /// From now on the permits are all in use, or not.
    pub fn saturated(&mut self, saturated: bool, now: Now) {
        self.advance(now);
        self.saturated = saturated;
    }

    /// One request was finished well.
    pub fn completed(&mut self, now: Now) {
        self.advance(now);
        self.completions += 1;
    }

    /// The estimate in completions per second; none before the first saturation.
    pub fn per_s(&mut self, now: Now) -> Option<f64> {
        self.advance(now);
        let ramp = self.restarted.map_or(1.0, |since| {
            let passed_s = now.saturating_sub(since).as_secs_f64();
            (RAMP_FROM + (1.0 - RAMP_FROM) * passed_s / RAMP_S).min(1.0)
        });
        self.estimate_per_s.map(|estimate| estimate * ramp)
    }

    /// Completions in the last whole second.
    #[must_use]
    pub fn last_completions(&self) -> u32 {
        self.last_completions
    }

    fn advance(&mut self, now: Now) {
        if now <= self.at {
            return;
        }
        while self.second < now.as_secs() {
            let end = Now::from_secs(self.second + 1);
            self.pass_time(end);
            self.close_second();
            if now.as_secs() - self.second > 2 * SECONDS as u64 {
                // A long silence: the seconds in between hold nothing.
                self.skip_to(now);
            }
        }
        self.pass_time(now);
    }

    fn pass_time(&mut self, to: Now) {
        if self.saturated {
            self.saturated_s += to.saturating_sub(self.at).as_secs_f64();
        }
        self.at = to;
    }

    fn close_second(&mut self) {
        let counts = self.saturated_s >= SATURATED_SHARE;
        self.busy[self.second as usize % SECONDS] = counts.then_some(self.completions);
        self.last_completions = self.completions;
        (self.completions, self.saturated_s) = (0, 0.0);
        self.second += 1;
        let busy = self.busy.iter().flatten();
        let (sum, count) = busy.fold((0.0, 0.0), |(sum, count), n| (sum + f64::from(*n), count + 1.0));
        if count > 0.0 && sum > 0.0 {
            self.estimate_per_s = Some(sum / count);
        } else if let Some(estimate) = &mut self.estimate_per_s {
            *estimate *= LEFT_AFTER_AN_HOUR.powf(1.0 / 3_600.0);
        }
    }

    fn skip_to(&mut self, now: Now) {
        let skipped = now.as_secs() - self.second;
        if let Some(estimate) = &mut self.estimate_per_s {
            *estimate *= LEFT_AFTER_AN_HOUR.powf(skipped as f64 / 3_600.0);
        }
        self.busy = [None; SECONDS];
        self.last_completions = 0;
        self.second = now.as_secs();
        self.at = Now::from_secs(self.second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(ms: u64) -> Now {
        Duration::from_millis(ms)
    }

    #[test]
    fn an_idle_server_learns_nothing_of_its_capacity() {
        let mut capacity = Capacity::new(Now::ZERO);
        (0..10_000).for_each(|ms| capacity.completed(at(ms)));
        assert_eq!(capacity.per_s(at(10_000)), None);
    }

    #[test]
    fn a_busy_server_learns_what_it_finishes_and_hardly_forgets_it() {
        let mut capacity = Capacity::new(Now::ZERO);
        capacity.saturated(true, Now::ZERO);
        (0..5_000).filter(|ms| ms % 4 == 0).for_each(|ms| capacity.completed(at(ms)));
        capacity.saturated(false, at(5_000));
        assert_eq!(capacity.per_s(at(5_000)), Some(250.0));
        let later = capacity.per_s(at(3_605_000)).unwrap();
        assert!((224.0..=226.0).contains(&later), "{later}");
    }

    #[test]
    fn a_restarted_server_begins_with_three_tenths() {
        let mut capacity = Capacity::new(Now::ZERO);
        capacity.restarted(100.0, Now::ZERO);
        let [first, half, whole] =
            [0, 5_000, 10_000].map(|ms| capacity.per_s(at(ms)).unwrap().round() as u32);
        assert_eq!((first, half, whole), (30, 65, 100));
    }
}
