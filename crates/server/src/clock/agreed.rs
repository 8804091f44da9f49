//! The time that the nodes of a city agree on: their database's, carried on by each node's monotonic clock.
//!
//! One-time passwords, tickets, sessions and leases are made at one node and judged at another, so that a node whose own
//! clock is wrong must not judge by it. Each node asks the database for the time every other second. Where that is later, it
//! goes forward at once; where it is earlier, it waits in small steps, so that no moment comes twice.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::{Clock, SystemClock, monotonic};

/// Differences up to this, and up to what the asking took, are none.
const SMALL_US: i64 = 5_000;
/// Most that the time is held back after one answer of the database.
const MOST_HELD_US: i64 = 1_000_000;
/// A database further off than this has lost its clock, or this machine has: nobody knows which, and the node keeps the time it has.
const MOST_FOLLOWED_US: i64 = 15 * 60 * 1_000_000;
/// The same: with such a difference no node is started.
pub(crate) const MOST_FOLLOWED: SignedDuration = SignedDuration::from_micros(MOST_FOLLOWED_US);
/// A machine whose clock is off by more is told of.
pub(crate) const MOST_OFFSET: SignedDuration = SignedDuration::from_secs(5);

/// The database's time, as far as it is known.
#[derive(Debug)]
pub struct AgreedClock {
    began: Instant,
    began_us: i64,
    /// What is added to the time since the beginning, in microseconds.
    shift_us: AtomicI64,
    /// The latest moment given out.
    latest_us: AtomicI64,
    /// How far the machine's own clock is ahead of the database's.
    offset_us: AtomicI64,
    has_heard: AtomicBool,
}

impl Default for AgreedClock {
    /// The machine's time, until the database has been heard.
    fn default() -> Self {
        Self::new(monotonic(), SystemClock.now())
    }
}

impl AgreedClock {
    fn new(began: Instant, now: Timestamp) -> Self {
        Self {
            began,
            began_us: now.as_microsecond(),
            shift_us: AtomicI64::new(0),
            latest_us: AtomicI64::new(i64::MIN),
            offset_us: AtomicI64::new(0),
            has_heard: AtomicBool::new(false),
        }
    }

    fn at_us(&self, instant: Instant) -> i64 {
        let passed =
            i64::try_from(instant.saturating_duration_since(self.began).as_micros()).unwrap_or(i64::MAX);
        self.began_us.saturating_add(passed).saturating_add(self.shift_us.load(Ordering::Relaxed))
    }

    /// The time at an instant, and never before one that was given out.
    fn at(&self, instant: Instant) -> Timestamp {
        let at_us = self.at_us(instant);
        let at_us = self.latest_us.fetch_max(at_us, Ordering::Relaxed).max(at_us);
        Timestamp::from_microsecond(at_us)
            .expect("a machine's clock, and a quarter of an hour, lie within jiff's range")
    }

    /// Takes over what the database said between two instants, when the machine's clock said `own`.
    fn hear_at(&self, asked: Instant, took: Duration, database: Timestamp, own: Timestamp) {
        let doubt_us = i64::try_from(took.as_micros() / 2).unwrap_or(i64::MAX);
        let offset_us = own.as_microsecond() - database.as_microsecond();
        self.offset_us.store(offset_us, Ordering::Relaxed);
        if offset_us.saturating_abs() > MOST_FOLLOWED_US {
            // Whoever serves by a time must not jump back from it later, wrong as it may be.
            self.has_heard.store(true, Ordering::Relaxed);
            return;
        }
        let ahead_us = self.at_us(asked + took / 2) - database.as_microsecond();
        if ahead_us.abs() <= doubt_us.saturating_add(SMALL_US) {
            self.has_heard.store(true, Ordering::Relaxed);
        } else if !self.has_heard.swap(true, Ordering::Relaxed) {
            // The start: nobody has been told a time yet.
            self.latest_us.store(i64::MIN, Ordering::Relaxed);
            self.shift_us.fetch_sub(ahead_us, Ordering::Relaxed);
        } else {
            self.shift_us.fetch_sub(ahead_us.min(MOST_HELD_US), Ordering::Relaxed);
        }
    }
}

impl Clock for AgreedClock {
    fn now(&self) -> Timestamp {
        self.at(monotonic())
    }

    fn hear(&self, asked: Instant, database: Timestamp) {
        let took = asked.elapsed();
        let own = SystemClock.now() - took / 2;
        self.hear_at(asked, took, database, own);
    }

    fn offset(&self) -> SignedDuration {
        SignedDuration::from_micros(self.offset_us.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Duration = Duration::from_millis(2);

    fn noon() -> Timestamp {
        "2026-11-23T04:00:00Z".parse().unwrap()
    }

    /// A node whose machine's clock is so far ahead, and what it says so many seconds after it has begun.
    struct Node {
        clock: AgreedClock,
        ahead_s: i64,
    }

    impl Node {
        fn ahead_by(ahead_s: i64) -> Self {
            let own = noon() + SignedDuration::from_secs(ahead_s);
            Self { clock: AgreedClock::new(monotonic(), own), ahead_s }
        }

        fn hears(&self, at_s: u64, database: Timestamp, took: Duration) {
            let asked = self.clock.began + Duration::from_secs(at_s);
            let own = noon() + SignedDuration::from_secs(at_s as i64 + self.ahead_s);
            self.clock.hear_at(asked, took, database, own);
        }

        fn says(&self, at_s: u64) -> Timestamp {
            self.clock.at(self.clock.began + Duration::from_secs(at_s))
        }
    }

    fn noon_and(seconds: i64) -> Timestamp {
        noon() + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_node_whose_clock_is_off_says_what_the_database_says() {
        for ahead_s in [300, -300] {
            let node = Node::ahead_by(ahead_s);
            assert_eq!(node.says(0), noon_and(ahead_s), "nothing is known yet");
            node.hears(0, noon() + QUICK / 2, QUICK);
            assert_eq!(node.says(10), noon_and(10));
            assert_eq!(
                node.clock.offset() + SignedDuration::from_millis(1),
                SignedDuration::from_secs(ahead_s)
            );
        }
    }

    #[test]
    fn small_differences_and_slow_answers_change_nothing() {
        let node = Node::ahead_by(0);
        node.hears(0, noon() + Duration::from_millis(4), QUICK);
        node.hears(2, noon_and(4), Duration::from_secs(60));
        assert_eq!(node.says(3), noon_and(3));
    }

    #[test]
    fn the_time_goes_forward_at_once_and_back_only_by_standing_still() {
        let node = Node::ahead_by(0);
        node.hears(0, noon(), QUICK);
        node.hears(2, noon_and(32), QUICK);
        assert!(node.says(2) >= noon_and(31));
        let mut before = node.says(2);
        for second in 3..100 {
            node.hears(second, noon_and(second as i64), QUICK);
            let now = node.says(second);
            assert!(now >= before, "no moment comes twice");
            before = now;
        }
        let apart = before.duration_since(noon_and(99)).abs();
        assert!(apart < SignedDuration::from_millis(10), "and it comes to agree: {apart:?}");
    }

    #[test]
    fn a_machine_that_was_an_hour_off_and_is_put_right_goes_back_only_by_standing_still() {
        let node = Node::ahead_by(3_600);
        node.hears(0, noon(), QUICK);
        assert_eq!(node.says(1), noon_and(3_601));
        // Somebody puts the machine's own clock right.
        let asked = node.clock.began + Duration::from_secs(2);
        node.clock.hear_at(asked, QUICK, noon_and(2), noon_and(2));
        assert!(node.says(2) >= noon_and(3_601), "no moment comes twice");
    }

    #[test]
    fn whoever_has_lost_the_time_altogether_is_not_followed() {
        let node = Node::ahead_by(0);
        node.hears(0, noon(), QUICK);
        node.hears(2, "1970-01-01T00:00:05Z".parse().unwrap(), QUICK);
        assert_eq!(node.says(3), noon_and(3));
        assert!(node.clock.offset() > MOST_OFFSET);
    }
}
