//! What test results do to reasons: a positive gives one, negatives and days take it back.

use jiff::{SignedDuration, Timestamp};

use super::{RulePack, WayBack};
use crate::reason::{Reason, ReasonCode};
use crate::test_result::{Method, Outcome, TestResult, Tube};

const DAY_H: i64 = 24;

impl RulePack {
    /// The reason that a result gives: a positive pooled tube makes all its people wait for a single test, a positive
    /// single tube is about the person. Every other outcome gives none.
    #[must_use]
    pub fn reason_from_result(&self, result: &TestResult) -> Option<ReasonCode> {
        match (result.outcome, result.tube) {
            (Outcome::Positive, Tube::Pooled) => Some(ReasonCode::PooledPositive),
            (Outcome::Positive, Tube::Single) => Some(ReasonCode::SinglePositive),
            (Outcome::Negative | Outcome::Indeterminate | Outcome::Invalid, _) => None,
        }
    }

    /// When the first way back that tests or days can fulfil was or will be fulfilled, as far as `results` tell.
    ///
    /// Tests count from their sampling and take effect when reported, so the instant is that of a report, or the end
    /// of the days (possibly in the future). A positive sampled at or after `since` starts all over: negatives sampled
    /// before or with it do not count, and days count from it. A negative antigen test releases nothing: every notice
    /// asks for nucleic acid. `released`, `until` and expiry are not looked at.
    #[must_use]
    pub fn released_at(&self, reason: &Reason, results: &[TestResult]) -> Option<Timestamp> {
        let positive = |r: &&TestResult| r.outcome == Outcome::Positive && r.sampled >= reason.since;
        let last_positive = results.iter().filter(positive).map(|r| r.sampled).max();
        let counts_from = last_positive.unwrap_or(reason.since);
        let counts = |r: &TestResult| {
            r.outcome == Outcome::Negative
                && r.method == Method::Naat
                && r.sampled >= reason.since
                && last_positive.is_none_or(|positive| r.sampled > positive)
        };
        let ways = self.rule(reason.code).way_back.iter();
        ways.filter_map(|way| match *way {
            WayBack::NegativeTests { count, within_days, min_interval_h, single, after_days } => {
                let negatives = results.iter().filter(|r| counts(r) && (!single || r.tube == Tube::Single));
                let needed = Needed {
                    count,
                    within: SignedDuration::from_hours(i64::from(within_days) * DAY_H),
                    interval: SignedDuration::from_hours(i64::from(min_interval_h)),
                    last_from: plus_days(counts_from, after_days)?,
                };
                needed.fulfilled_at(&negatives.collect::<Vec<_>>())
            }
            WayBack::Days { days } => plus_days(counts_from, days),
            WayBack::ZoneDemotion | WayBack::Appeal => None,
        })
        .min()
    }
}

/// `None` beyond the end of the calendar, which is the same as never.
fn plus_days(from: Timestamp, days: u16) -> Option<Timestamp> {
    from.checked_add(SignedDuration::from_hours(i64::from(days) * DAY_H)).ok()
}

/// What a series of negative tests must look like.
struct Needed {
    count: u8,
    within: SignedDuration,
    interval: SignedDuration,
    last_from: Timestamp,
}

impl Needed {
    /// The earliest report at which the tests known by then hold such a series.
    fn fulfilled_at(&self, negatives: &[&TestResult]) -> Option<Timestamp> {
        let mut known: Vec<&TestResult> = negatives.to_vec();
        known.sort_unstable_by_key(|r| r.reported);
        // More known tests never break a series, so the first prefix that has one can be bisected.
        let holds = |known: &[&TestResult]| {
            let mut sampled: Vec<Timestamp> = known.iter().map(|r| r.sampled).collect();
            sampled.sort_unstable();
            (0..sampled.len()).any(|first| self.has_series_from(&sampled[first..]))
        };
        if !holds(&known) {
            return None;
        }
        let (mut without, mut with) = (0, known.len());
        while with - without > 1 {
            let middle = without.midpoint(with);
            if holds(&known[..middle]) { with = middle } else { without = middle }
        }
        Some(known[with - 1].reported)
    }

    /// Whether a series begins with the first of these ascending instants. Taking the earliest possible next test is
    /// best for all but the last, which must also not come before `last_from`.
    fn has_series_from(&self, sampled: &[Timestamp]) -> bool {
        let first = sampled[0];
        let mut next_from = first;
        let mut taken = 0u8;
        for &at in sampled {
            if at.duration_since(first) > self.within {
                return false;
            }
            let is_last = taken + 1 == self.count;
            if at < next_from || (is_last && at < self.last_from) {
                continue;
            }
            if is_last {
                return true;
            }
            taken += 1;
            next_from = at.checked_add(self.interval).unwrap_or(Timestamp::MAX);
        }
        false
    }
}

#[cfg(test)]
#[path = "release_tests.rs"]
mod tests;
