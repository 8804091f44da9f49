//! Presentations seen in the last two minutes, so that the same code shown at two gates is noticed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use yimatong_model::ids::VenueId;

use crate::digest::sha256;

/// A presentation can't be fresh for longer than this, clock skew included.
const REMEMBERED_S: i64 = 120;
/// Never more than this many; older ones go first.
const MOST: usize = 1_000_000;

/// Where and when a presentation was seen first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Where.
    pub venue: Option<VenueId>,
    /// Unix seconds.
    pub at_s: i64,
}

/// The memory.
#[derive(Debug, Default)]
pub struct ReplayMemory(Mutex<HashMap<[u8; 32], Sighting>>);

impl ReplayMemory {
    /// Remembers a presentation; answers where it was seen before, when that was another venue.
    pub fn see(&self, text: &str, venue: Option<VenueId>, now: Timestamp) -> Option<Sighting> {
        let key = sha256(text.as_bytes());
        let now_s = now.as_second();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            seen.retain(|_, sighting| now_s - sighting.at_s < REMEMBERED_S);
            if seen.len() >= MOST {
                seen.clear();
            }
        }
        match seen.get(&key) {
            Some(first) if now_s - first.at_s < REMEMBERED_S => (first.venue != venue).then_some(*first),
            _ => {
                seen.insert(key, Sighting { venue, at_s: now_s });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_code_at_another_venue_is_noticed_and_forgotten_after_two_minutes() {
        let memory = ReplayMemory::default();
        let at = |s| Timestamp::from_second(s).unwrap();
        let (a, b) = (Some(VenueId(1)), Some(VenueId(2)));
        assert_eq!(memory.see("YMT1:X", a, at(1_000)), None);
        assert_eq!(memory.see("YMT1:X", a, at(1_003)), None);
        assert_eq!(memory.see("YMT1:X", b, at(1_005)), Some(Sighting { venue: a, at_s: 1_000 }));
        assert_eq!(memory.see("YMT1:Y", b, at(1_005)), None);
        assert_eq!(memory.see("YMT1:X", b, at(1_200)), None);
    }
}
