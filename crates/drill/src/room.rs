//! What the server says about its waiting room.

use rand::Rng as _;
use rand::rngs::SmallRng;
use serde::Deserialize;

/// Shortest pause near the turn, in seconds.
const SHORTEST_POLL_S: f64 = 0.25;

/// `/v1/room/now.json`, and the same fields of an answer that gives a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomNow {
    pub(crate) serving: u64,
    pub(crate) issued: u64,
    pub(crate) rate_per_s: f64,
    pub(crate) poll_s: f64,
    pub(crate) longest_poll_s: f64,
}

/// The body of a 429 that gives a ticket.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Ticketed {
    pub(crate) ticket: String,
    /// None before the ticket was shown.
    pub(crate) seq: Option<u64>,
    #[serde(default)]
    pub(crate) expired: bool,
    #[serde(flatten)]
    pub(crate) now: RoomNow,
}

impl RoomNow {
    /// People ahead of a place.
    pub(crate) fn ahead(&self, seq: u64) -> u64 {
        seq.saturating_sub(self.serving)
    }

    /// Called, or nobody is left in line: a place given out just before a crash is not in it.
    pub(crate) fn is_called(&self, seq: u64) -> bool {
        seq < self.serving || self.serving >= self.issued
    }

    /// The wait as the page would tell it, in seconds.
    pub(crate) fn eta_s(&self, seq: u64) -> f64 {
        self.ahead(seq) as f64 / self.rate_per_s.max(1e-3)
    }

    /// Pause until the next poll in seconds, as the page takes it: often near the turn, half of the wait far from it.
    pub(crate) fn pause_s(&self, seq: u64, rng: &mut SmallRng) -> f64 {
        let (eta_s, poll_s) = (self.eta_s(seq), self.poll_s.max(SHORTEST_POLL_S));
        let pause_s = if eta_s < 2.0 * poll_s { eta_s.clamp(SHORTEST_POLL_S, poll_s) } else { eta_s / 2.0 };
        pause_s.min(self.longest_poll_s) * rng.random_range(0.8..1.2)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn a_ticket_is_read_with_the_room_around_it() {
        let body = r#"{"type":"/problems/wait-in-room","status":429,"ticket":"t","seq":1234,"expired":false,
            "serving":1000,"issued":1300,"ratePerS":45.5,"pollS":2.0,"longestPollS":50.0,"paused":false,"asOf":"x"}"#;
        let told: Ticketed = serde_json::from_str(body).unwrap();
        let seq = told.seq.unwrap();
        assert_eq!((seq, told.now.ahead(seq), told.expired), (1234, 234, false));
        assert!((told.now.eta_s(seq) - 5.14).abs() < 0.01);
    }

    #[test]
    fn polls_are_rare_far_from_the_turn_and_frequent_near_it() {
        let mut rng = SmallRng::seed_from_u64(1);
        let now =
            RoomNow { serving: 100, issued: 1_000, rate_per_s: 10.0, poll_s: 2.0, longest_poll_s: 50.0 };
        assert!((40.0..=60.0).contains(&now.pause_s(1_100, &mut rng)));
        assert!((1.6..=2.4).contains(&now.pause_s(130, &mut rng)));
        assert!((0.2..=0.3).contains(&now.pause_s(101, &mut rng)));
        assert!(now.pause_s(100_000, &mut rng) <= 60.0);
        assert!(!now.is_called(100) && now.is_called(99));
    }
}
