//! How many requests may use the store at the same time: additive increase, multiplicative decrease.
//!
//! Chiu and Jain 1989. The limit grows by one while all permits are in use and the store is as quick as ever, and loses a
//! tenth when the store needs three times its best time or fails: a store that is given more than it can do only queues. The best
//! time is known for each class by itself: a step that asks the store twice is not a slow one that asks once.

use std::time::Duration;

use crate::Now;
use crate::class::Class;
use crate::settings::AdmissionSettings;

/// Shortest time between two changes of the limit.
const WINDOW: Duration = Duration::from_millis(100);
/// The store is overloaded when it needs this many times its best time. Less would leave it idle whenever nobody stands before
/// the gate for a moment.
const SLOW: f64 = 3.0;
const DECREASE: f64 = 0.9;
/// Fewer requests of a class in a window say nothing of its best time.
const ENOUGH: u32 = 4;
/// What is left of the store's time with every look at an idle store.
const IDLE_FADING: f64 = 0.9;
/// A best time that is not reached even with few permits is forgotten by this share per window. Windows with many permits
/// teach nothing: their slowness may be the queue that the permits themselves make in the store.
const FORGETTING: f64 = 0.01;

/// The limit and what it was learned from.
#[derive(Debug, Clone)]
pub(crate) struct Permits {
    limit: f64,
    fewest: f64,
    most: f64,
    window_began: Now,
    completions: u32,
    failures: u32,
    /// Requests that the store did in this window and the time it took, by class.
    done: [(u32, f64); 5],
    was_full: bool,
    best_s: [Option<f64>; 5],
    recent_s: f64,
    /// No window has ended yet.
    is_new: bool,
}

impl Permits {
    pub(crate) fn new(settings: &AdmissionSettings, now: Now) -> Self {
        Self {
            limit: f64::from(settings.first_permits),
            fewest: f64::from(settings.fewest_permits),
            most: f64::from(settings.most_permits),
            window_began: now,
            completions: 0,
            failures: 0,
            done: [(0, 0.0); 5],
            was_full: false,
            best_s: [None; 5],
            recent_s: 0.0,
            is_new: true,
        }
    }

    pub(crate) fn change(&mut self, settings: &AdmissionSettings) {
        self.fewest = f64::from(settings.fewest_permits);
        self.most = f64::from(settings.most_permits);
        // What a server finds in the store when it starts comes as a change.
        let limit = if self.is_new { f64::from(settings.first_permits) } else { self.limit };
        self.limit = limit.clamp(self.fewest, self.most);
    }

    /// Permits in all.
    pub(crate) fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// Mean time of the store in the last window.
    pub(crate) fn store_time(&self) -> Duration {
        Duration::from_secs_f64(self.recent_s)
    }

    /// Nobody uses the store: what it needed last is no news any more.
    pub(crate) fn idle(&mut self) {
        self.recent_s *= IDLE_FADING;
    }

    /// All permits are in use.
    pub(crate) fn full(&mut self) {
        self.was_full = true;
    }

    /// A request of a class finished with the store after `took`.
    pub(crate) fn completed(&mut self, class: Class, took: Duration, failed: bool, now: Now) {
        self.completions += 1;
        self.failures += u32::from(failed);
        // A failure says nothing of how quick the store is.
        if !failed {
            let (done, time_s) = &mut self.done[class.index()];
            (*done, *time_s) = (*done + 1, *time_s + took.as_secs_f64());
        }
        let enough = self.completions >= self.limit().min(32);
        if enough && now.saturating_sub(self.window_began) >= WINDOW {
            self.close_window(now);
        }
    }

    fn close_window(&mut self, now: Now) {
        self.is_new = false;
        let (done, time_s) =
            self.done.iter().fold((0, 0.0), |(n, time_s), (m, more_s)| (n + m, time_s + more_s));
        if done > 0 {
            self.recent_s = time_s / f64::from(done);
        }
        let best_s = self.learn_best();
        // One failure among many is that request's own; a tenth of them is the store's.
        let failing = self.failures * 10 >= self.completions && self.failures > 0;
        if failing || best_s.is_some_and(|best_s| time_s > best_s * SLOW) {
            self.limit = (self.limit * DECREASE).max(self.fewest);
        } else if self.was_full {
            self.limit = (self.limit + 1.0).min(self.most);
        }
        (self.completions, self.failures, self.done) = (0, 0, [(0, 0.0); 5]);
        (self.was_full, self.window_began) = (false, now);
    }

    /// What the store would have needed for this window at its best.
    fn learn_best(&mut self) -> Option<f64> {
        let ours = self.was_full && self.limit > self.fewest;
        let mut window_s = None;
        for ((done, time_s), best_s) in self.done.iter().zip(&mut self.best_s) {
            if *done == 0 {
                continue;
            }
            let mean_s = time_s / f64::from(*done);
            let enough = *done >= ENOUGH;
            let best = match *best_s {
                Some(best) if !enough => best,
                Some(best) if ours || mean_s < best => best.min(mean_s),
                Some(best) => best + (mean_s - best) * FORGETTING,
                None => mean_s,
            };
            if enough {
                *best_s = Some(best);
            }
            *window_s.get_or_insert(0.0) += best * f64::from(*done);
        }
        window_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store with so many connections, each busy 10 ms: what waits for them waits in its turn.
    fn settle(connections: u32, windows: u64) -> u32 {
        let mut permits = Permits::new(&AdmissionSettings::default(), Now::ZERO);
        // Once it was quiet.
        (0..32).for_each(|_| permits.completed(Class::B1, Duration::from_millis(10), false, Now::ZERO));
        for window in 1..windows {
            let now = WINDOW * u32::try_from(window).unwrap();
            permits.full();
            let queue = f64::from(permits.limit()) / f64::from(connections);
            let took = Duration::from_secs_f64(0.010 * queue.max(1.0));
            (0..64).for_each(|_| permits.completed(Class::B1, took, false, now));
        }
        permits.limit()
    }

    #[test]
    fn the_limit_settles_where_the_store_begins_to_queue() {
        for connections in [4, 8, 32] {
            let limit = settle(connections, 400);
            assert!((connections..=4 * connections).contains(&limit), "{connections}: {limit}");
        }
    }

    #[test]
    fn a_store_that_became_slower_for_good_gets_its_permits_back() {
        let mut permits = Permits::new(&AdmissionSettings::default(), Now::ZERO);
        (0..32).for_each(|_| permits.completed(Class::B1, Duration::from_millis(10), false, Now::ZERO));
        for window in 1..2_000 {
            permits.full();
            let took = Duration::from_millis(50).mul_f64((f64::from(permits.limit()) / 8.0).max(1.0));
            (0..64).for_each(|_| permits.completed(Class::B1, took, false, WINDOW * window));
        }
        assert!((8..=18).contains(&permits.limit()), "{}", permits.limit());
    }

    #[test]
    fn a_store_that_fails_is_asked_less_but_never_nothing() {
        let mut permits = Permits::new(&AdmissionSettings::default(), Now::ZERO);
        for window in 1..100 {
            (0..32)
                .for_each(|_| permits.completed(Class::B1, Duration::from_millis(10), true, WINDOW * window));
        }
        assert_eq!(permits.limit(), 4);
    }

    #[test]
    fn a_class_that_asks_the_store_twice_is_not_taken_for_a_slow_store() {
        let mut permits = Permits::new(&AdmissionSettings::default(), Now::ZERO);
        (0..32).for_each(|_| permits.completed(Class::B3, Duration::from_millis(10), false, Now::ZERO));
        (0..32).for_each(|_| permits.completed(Class::B1, Duration::from_millis(40), false, WINDOW));
        for window in 2..200 {
            permits.full();
            // Whatever the mix: the store, not the class, decides.
            let class = if window % 3 == 0 { Class::B3 } else { Class::B1 };
            let alone_ms = if class == Class::B3 { 10.0 } else { 40.0 };
            let took = Duration::from_secs_f64(alone_ms / 1e3 * (f64::from(permits.limit()) / 8.0).max(1.0));
            (0..64).for_each(|_| permits.completed(class, took, false, WINDOW * window));
        }
        assert!((16..=27).contains(&permits.limit()), "{}", permits.limit());
    }

    #[test]
    fn permits_of_the_start_are_those_that_an_operator_has_set_until_something_was_learned() {
        let mut permits = Permits::new(&AdmissionSettings::default(), Now::ZERO);
        let set = |first_permits| AdmissionSettings { first_permits, ..AdmissionSettings::default() };
        permits.change(&set(32));
        assert_eq!(permits.limit(), 32);
        (0..64).for_each(|_| permits.completed(Class::B1, Duration::from_millis(10), false, WINDOW));
        permits.change(&set(48));
        assert_eq!(permits.limit(), 32);
    }

    #[test]
    fn without_demand_the_limit_stays() {
        let mut permits = Permits::new(&AdmissionSettings::default(), Now::ZERO);
        for window in 1..100 {
            (0..32).for_each(|_| {
                permits.completed(Class::B1, Duration::from_millis(10), false, WINDOW * window);
            });
        }
        assert_eq!(permits.limit(), 6);
    }
}
