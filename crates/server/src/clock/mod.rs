//! The one place that reads the time. Everything else takes a [`Clock`] or an instant.

mod agreed;
mod follow;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

pub use agreed::AgreedClock;
pub(crate) use agreed::{MOST_FOLLOWED, MOST_OFFSET};
pub(crate) use follow::follow;

/// Where the server takes the time from.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Hears what the database, asked at that instant, has just said. Only a clock that others share listens.
    fn hear(&self, _asked: Instant, _database: Timestamp) {}

    /// How far the machine's own clock is ahead of the database's, as far as that was heard.
    fn offset(&self) -> SignedDuration {
        SignedDuration::ZERO
    }
}

/// The clock of the machine.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that tests set by hand.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millisecond()))
    }

    /// Moves the clock forward by `seconds` s.
    pub fn advance_s(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst))
            .expect("a manual clock is only moved within jiff's range")
    }
}

/// True at most once in ten seconds: what happens with every request is not logged with every request.
#[must_use]
pub fn seldom(last: &AtomicU64, now: Duration) -> bool {
    let (now_s, last_s) = (now.as_secs() + 1, last.load(Ordering::Relaxed));
    let due = last_s == 0 || now_s >= last_s + 10;
    due && last.compare_exchange(last_s, now_s, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}

/// A monotonic instant, for measuring how long something took.
#[expect(clippy::disallowed_methods, reason = "this is the one reader of the monotonic clock")]
#[must_use]
pub fn monotonic() -> Instant {
    Instant::now()
}
