//! What the store can finish, learned only while it is kept busy.
//!
//! A server that is idle half of the time finishes few requests, which says nothing of what it could. So a window counts
//! only if the permits were all in use for nearly all of it. The mean of such windows is taken, not their best: the best
//! of forty noisy windows overstates the capacity by two standard deviations, and every waiting time with it.

use crate::Now;

/// Windows that are looked back on: ten seconds.
const WINDOWS: usize = 40;
/// Length of a window in milliseconds: short, because a surge is known by it.
const WINDOW_MS: u64 = 250;
const WINDOWS_PER_S: u32 = 4;
/// A window counts when it was saturated for this share.
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
    window: u64,
    completions: u32,
    saturated_s: f64,
    saturated: bool,
    at: Now,
    busy: [Option<u32>; WINDOWS],
    estimate_per_s: Option<f64>,
    restarted: Option<Now>,
    latest: [u32; WINDOWS_PER_S as usize],
}

impl Capacity {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(now: Now) -> Self {
        Self {
            window: window(now),
            completions: 0,
            saturated_s: 0.0,
            saturated: false,
            at: now,
            busy: [None; WINDOWS],
            estimate_per_s: None,
            restarted: None,
            latest: [0; WINDOWS_PER_S as usize],
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

    /// The estimate as it is handed on to the next run: without the ramp.
    pub fn estimate_per_s(&mut self, now: Now) -> Option<f64> {
        self.advance(now);
        self.estimate_per_s
    }

    /// Completions in the last second.
    #[must_use]
    pub fn last_completions(&self) -> u32 {
        self.latest.iter().sum()
    }

    fn advance(&mut self, now: Now) {
        if now <= self.at {
            return;
        }
        while self.window < window(now) {
            self.pass_time(Now::from_millis((self.window + 1) * WINDOW_MS));
            self.close_window();
            if window(now) - self.window > 2 * WINDOWS as u64 {
                // A long silence: the windows in between hold nothing.
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

    fn close_window(&mut self) {
        let counts = self.saturated_s * f64::from(WINDOWS_PER_S) >= SATURATED_SHARE;
        // A store that stands still says nothing of what it can do.
        let busy = counts.then_some(self.completions).filter(|completions| *completions > 0);
        self.busy[self.window as usize % WINDOWS] = busy;
        if busy.is_some() {
            self.restarted = None;
        }
        self.latest[self.window as usize % self.latest.len()] = self.completions;
        (self.completions, self.saturated_s) = (0, 0.0);
        self.window += 1;
        let busy = self.busy.iter().flatten();
        let (sum, count) = busy.fold((0.0, 0.0), |(sum, count), n| (sum + f64::from(*n), count + 1.0));
        if count > 0.0 && sum > 0.0 {
            self.estimate_per_s = Some(sum / count * f64::from(WINDOWS_PER_S));
        } else if let Some(estimate) = &mut self.estimate_per_s {
            *estimate *= LEFT_AFTER_AN_HOUR.powf(1.0 / 3_600.0 / f64::from(WINDOWS_PER_S));
        }
    }

    fn skip_to(&mut self, now: Now) {
        let skipped_s = (window(now) - self.window) as f64 / f64::from(WINDOWS_PER_S);
        if let Some(estimate) = &mut self.estimate_per_s {
            *estimate *= LEFT_AFTER_AN_HOUR.powf(skipped_s / 3_600.0);
        }
        self.busy = [None; WINDOWS];
        self.latest = [0; WINDOWS_PER_S as usize];
        self.window = window(now);
        self.at = Now::from_millis(self.window * WINDOW_MS);
    }
}

/// The number of the window a moment lies in.
fn window(now: Now) -> u64 {
    now.as_millis() as u64 / WINDOW_MS
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
