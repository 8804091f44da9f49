//! How often each device or address comes, in constant memory: a count-min sketch whose counters leak.
//!
//! Cormode and Muthukrishnan 2005, "An improved data stream summary: the count-min sketch". Every cell is a leaky bucket
//! of the same limit, so a key is over its limit only when all its cells are: a stranger in the same cell can make a key
//! look busier than it is, never quieter.

use std::hash::Hasher as _;

use siphasher::sip::SipHasher13;

use crate::Now;
use crate::settings::RateLimit;

const ROWS: usize = 4;
/// Enough for limits that leak within seconds.
const COLUMNS: usize = 1 << 14;

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    level: f32,
    at_ms: u32,
}

/// Rates by key under one limit; 512 KiB however many keys there are, or 32 bytes a column.
#[derive(Debug)]
pub struct Rates {
    cells: Box<[Cell]>,
    columns: usize,
    salt: u64,
}

impl Rates {
    /// Nobody has come yet. The salt keeps outsiders from choosing keys that collide.
    #[must_use]
    pub fn new(salt: u64) -> Self {
        Self::with_columns(salt, COLUMNS)
    }

    /// The same with so many columns: a counter that leaks slowly holds the keys of a long time.
    #[must_use]
    pub fn with_columns(salt: u64, columns: usize) -> Self {
        let columns = columns.max(1);
        Self { cells: vec![Cell::default(); ROWS * columns].into(), columns, salt }
    }

    /// Counts one event of `key`; false, and nothing is counted, when that would be more than `limit` allows.
    pub fn allow(&mut self, key: u64, limit: RateLimit, now: Now) -> bool {
        let (places, at_ms) = (self.places(key), millis(now));
        let levels = places.map(|place| self.cells[place].level_at(limit, at_ms));
        let level = levels.iter().copied().fold(f32::INFINITY, f32::min);
        if f64::from(level) + 1.0 > limit.burst {
            return false;
        }
        for (place, before) in places.into_iter().zip(levels) {
            // Conservative update: a cell that strangers have filled further is left as it is.
            self.cells[place] = Cell { level: before.max(level + 1.0), at_ms };
        }
        true
    }

    fn places(&self, key: u64) -> [usize; ROWS] {
        let mut hasher = SipHasher13::new_with_keys(self.salt, !self.salt);
        hasher.write_u64(key);
        let hash = hasher.finish();
        // Two hashes serve for all rows (Kirsch and Mitzenmacher 2006, "Less hashing, same performance").
        let (first, step) = (hash as u32 as usize, (hash >> 32) as usize | 1);
        std::array::from_fn(|row| {
            row * self.columns + first.wrapping_add(row.wrapping_mul(step)) % self.columns
        })
    }
}

impl Cell {
    fn level_at(self, limit: RateLimit, at_ms: u32) -> f32 {
        let passed_s = f64::from(at_ms.wrapping_sub(self.at_ms)) / 1_000.0;
        // Nor above the burst: a limit that was lowered does not block anybody for what was allowed before.
        (f64::from(self.level) - passed_s * limit.per_s).clamp(0.0, limit.burst.max(0.0)) as f32
    }
}

/// Wraps after 49 days; a cell that old reads as filled for at most its burst.
fn millis(now: Now) -> u32 {
    now.as_millis() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const LIMIT: RateLimit = RateLimit { per_s: 2.0, burst: 10.0 };

    #[test]
    fn a_key_may_burst_and_then_keeps_to_its_rate() {
        let mut rates = Rates::new(1);
        let at_once = (0..100).filter(|_| rates.allow(7, LIMIT, Now::ZERO)).count();
        assert_eq!(at_once, 10);
        let later =
            (1..=1_000).filter(|step| rates.allow(7, LIMIT, Duration::from_millis(step * 10))).count();
        assert!((19..=20).contains(&later), "{later} in 10 s");
    }

    #[test]
    fn a_flood_of_one_key_does_not_stop_the_others() {
        let mut rates = Rates::new(1);
        assert_eq!((0..1_000_000).filter(|_| rates.allow(1, LIMIT, Now::ZERO)).count(), 10);
        let refused = (2..2_000).filter(|key| !rates.allow(*key, LIMIT, Now::ZERO)).count();
        assert_eq!(refused, 0);
    }

    #[test]
    fn a_slow_limit_holds_five_thousand_strangers_a_second() {
        let limit = RateLimit { per_s: 1.0 / 60.0, burst: 3.0 };
        let mut rates = Rates::with_columns(5, 1 << 18);
        let refused = (0..900_000_u64)
            .filter(|key| !rates.allow(*key, limit, Duration::from_micros(key * 200)))
            .count();
        assert!(refused < 900, "{refused} of 900,000");
    }

    #[test]
    fn ten_thousand_keys_hardly_disturb_each_other() {
        let mut rates = Rates::new(9);
        let refused = (0..10_000 * 5).filter(|event| !rates.allow(event % 10_000, LIMIT, Now::ZERO)).count();
        assert!(refused < 50, "{refused} of 50,000");
    }
}
