//! One person's place in the room: whether it ever rises, and whether the wait that was told came true.

use crate::clock::seconds;
use crate::room::RoomNow;

/// Only of longer waits is the error of the told time taken, in seconds: nobody plans by a shorter one.
const WORTH_TELLING_S: f64 = 10.0;

/// A place, from the ticket to the call.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    ahead: u64,
    told_s: f64,
    told_ns: u64,
    /// What the room said when it was looked at last.
    serving: u64,
    looked_ns: u64,
}

/// What was seen when a place was looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Seen {
    /// It has risen.
    pub(crate) rose: bool,
    /// It has been called.
    pub(crate) called: bool,
    /// |told - true| / true, when the wait was long enough to plan by.
    pub(crate) eta_error: Option<f64>,
}

impl Place {
    pub(crate) fn new(seq: u64, now: RoomNow, now_ns: u64) -> Self {
        Self {
            seq,
            ahead: now.ahead(seq),
            told_s: now.eta_s(seq),
            told_ns: now_ns,
            serving: now.serving,
            looked_ns: now_ns,
        }
    }

    /// Another look; `watching` = the person looked all the time, so that the moment of the call is known.
    pub(crate) fn look(&mut self, seq: u64, now: RoomNow, now_ns: u64, watching: bool) -> Seen {
        let ahead = now.ahead(seq);
        let rose = seq > self.seq || ahead > self.ahead;
        let called = now.is_called(seq);
        let waited_s = seconds(self.called_ns(seq, now, now_ns).saturating_sub(self.told_ns));
        (self.seq, self.ahead, self.serving, self.looked_ns) = (seq, ahead, now.serving, now_ns);
        let eta_error = (called && watching && waited_s > WORTH_TELLING_S)
            .then(|| (self.told_s - waited_s).abs() / waited_s);
        Seen { rose, called, eta_error }
    }

    /// The error of a told wait that is over although nobody was called: |told - so far| / so far, when long enough to plan by.
    pub(crate) fn error_so_far(&self, now_ns: u64) -> Option<f64> {
        let waited_s = seconds(now_ns.saturating_sub(self.told_ns));
        (waited_s > WORTH_TELLING_S && waited_s > self.told_s).then(|| (waited_s - self.told_s) / waited_s)
    }

    /// When the place was called: somewhere between two looks, as far as the line had come at each.
    fn called_ns(&self, seq: u64, now: RoomNow, now_ns: u64) -> u64 {
        let advanced = now.serving.saturating_sub(self.serving).max(1) as f64;
        let share = ((seq + 1).saturating_sub(self.serving) as f64 / advanced).min(1.0);
        self.looked_ns + (now_ns.saturating_sub(self.looked_ns) as f64 * share) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000_000;

    fn now(serving: u64) -> RoomNow {
        RoomNow {
            serving,
            issued: 10_000,
            rate_per_s: 10.0,
            poll_s: 2.0,
            longest_poll_s: 50.0,
            place_after_s: 0.5,
        }
    }

    #[test]
    fn a_wait_that_came_true_has_a_small_error() {
        let mut place = Place::new(300, now(100), 0);
        assert_eq!(place.look(300, now(200), 10 * S, true), Seen::default());
        // Called half-way between two looks: after 25 s, when 20 s had been told.
        let seen = place.look(300, now(402), 40 * S, true);
        assert!(seen.called && !seen.rose);
        assert!((seen.eta_error.unwrap() - 0.2).abs() < 1e-9, "{seen:?}");
    }

    #[test]
    fn a_place_that_rises_is_noticed() {
        let mut place = Place::new(300, now(100), 0);
        assert!(place.look(300, now(90), S, true).rose);
        assert!(place.look(310, now(100), 2 * S, true).rose);
    }

    #[test]
    fn short_waits_and_waits_not_watched_tell_nothing_of_the_error() {
        let mut place = Place::new(120, now(100), 0);
        assert_eq!(place.look(120, now(121), 2 * S, true).eta_error, None);
        let mut place = Place::new(300, now(100), 0);
        assert_eq!(place.look(300, now(400), 60 * S, false).eta_error, None);
    }
}
