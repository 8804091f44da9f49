//! The 48 h clock: how old a result is, and the badge that says so.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::test_result::TestResult;

/// Which of a result's three times starts its clock. A city decides; sampling is the usual one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockReference {
    /// When the swab was taken.
    #[default]
    Sampled,
    /// When the lab received the tube.
    Received,
    /// When the lab reported.
    Reported,
}

impl ClockReference {
    /// The stable name, as in JSON and in rule packs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sampled => "sampled",
            Self::Received => "received",
            Self::Reported => "reported",
        }
    }

    /// The instant of `result` at which its clock starts.
    #[must_use]
    pub const fn instant(self, result: &TestResult) -> Timestamp {
        match self {
            Self::Sampled => result.sampled,
            Self::Received => result.received,
            Self::Reported => result.reported,
        }
    }
}

/// The badge of a result, whatever its outcome; ordered from fresh to old.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Badge {
    /// At most 24 h old.
    #[serde(rename = "within-24h")]
    Within24h,
    /// More than 24 h and at most 48 h old.
    #[serde(rename = "within-48h")]
    Within48h,
    /// More than 48 h and at most 72 h old.
    #[serde(rename = "within-72h")]
    Within72h,
    /// More than 72 h old, or dated in the future.
    #[serde(rename = "older")]
    Older,
}

impl Badge {
    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Within24h => "within-24h",
            Self::Within48h => "within-48h",
            Self::Within72h => "within-72h",
            Self::Older => "older",
        }
    }
}

/// Whether `result` is at most `hours` old at `now`; exactly `hours` still counts, a future instant never does.
#[must_use]
pub fn is_within(result: &TestResult, reference: ClockReference, hours: u32, now: Timestamp) -> bool {
    let age = now.duration_since(reference.instant(result));
    !age.is_negative() && age <= SignedDuration::from_hours(i64::from(hours))
}

/// The badge of `result` at `now`. A result from the future (a wrong clock, a forged time) earns no fresh badge.
#[must_use]
pub fn badge(result: &TestResult, reference: ClockReference, now: Timestamp) -> Badge {
    [(24, Badge::Within24h), (48, Badge::Within48h), (72, Badge::Within72h)]
        .into_iter()
        .find(|(hours, _)| is_within(result, reference, *hours, now))
        .map_or(Badge::Older, |(_, badge)| badge)
}

/// Hours the city's clocks are ahead of UTC; all of China is at +08:00 and has no summer time.
const CITY_OFFSET_H: i8 = 8;

/// The day it is in the city.
#[must_use]
pub fn city_day(at: Timestamp) -> Date {
    city_time(at).date()
}

/// What the city's clocks show.
#[must_use]
pub fn city_time(at: Timestamp) -> DateTime {
    jiff::tz::offset(CITY_OFFSET_H).to_datetime(at)
}

/// The instant at which the city's clocks show a time; none at the ends of the calendar.
#[must_use]
pub fn at_city_time(shown: DateTime) -> Option<Timestamp> {
    jiff::tz::offset(CITY_OFFSET_H).to_timestamp(shown).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_result::{Method, Outcome, Tube};

    fn result(sampled: &str, received: &str, reported: &str) -> TestResult {
        TestResult {
            sampled: sampled.parse().unwrap(),
            received: received.parse().unwrap(),
            reported: reported.parse().unwrap(),
            outcome: Outcome::Negative,
            tube: Tube::Pooled,
            method: Method::Naat,
            institution: 1,
        }
    }

    fn sampled_at(sampled: &str) -> TestResult {
        result(sampled, sampled, sampled)
    }

    #[test]
    fn a_badge_changes_right_after_24_48_and_72_hours() {
        let result = sampled_at("2021-12-20T08:00:00+08:00");
        let at = |s: &str| badge(&result, ClockReference::Sampled, s.parse().unwrap());
        assert_eq!(at("2021-12-20T08:00:00+08:00"), Badge::Within24h);
        assert_eq!(at("2021-12-21T08:00:00+08:00"), Badge::Within24h);
        assert_eq!(at("2021-12-21T08:00:00.000000001+08:00"), Badge::Within48h);
        assert_eq!(at("2021-12-22T08:00:00+08:00"), Badge::Within48h);
        assert_eq!(at("2021-12-22T08:00:01+08:00"), Badge::Within72h);
        assert_eq!(at("2021-12-23T08:00:00+08:00"), Badge::Within72h);
        assert_eq!(at("2021-12-23T08:00:01+08:00"), Badge::Older);
    }

    #[test]
    fn a_result_from_the_future_gives_no_fresh_badge() {
        let result = sampled_at("2021-12-20T08:00:01+08:00");
        let now = "2021-12-20T08:00:00+08:00".parse().unwrap();
        assert_eq!(badge(&result, ClockReference::Sampled, now), Badge::Older);
    }

    #[test]
    fn the_reference_decides_which_time_starts_the_clock() {
        let result =
            result("2021-12-20T08:00:00+08:00", "2021-12-20T14:00:00+08:00", "2021-12-20T23:00:00+08:00");
        let now = "2021-12-21T12:00:00+08:00".parse().unwrap();
        assert_eq!(badge(&result, ClockReference::Sampled, now), Badge::Within48h);
        assert_eq!(badge(&result, ClockReference::Received, now), Badge::Within24h);
        assert_eq!(badge(&result, ClockReference::Reported, now), Badge::Within24h);
        let before_the_report = "2021-12-20T22:00:00+08:00".parse().unwrap();
        assert_eq!(badge(&result, ClockReference::Reported, before_the_report), Badge::Older);
    }

    #[test]
    fn the_name_of_a_badge_is_the_same_in_json() {
        for badge in [Badge::Within24h, Badge::Within48h, Badge::Within72h, Badge::Older] {
            assert_eq!(serde_json::to_value(badge).unwrap(), badge.as_str());
        }
    }

    #[test]
    fn the_city_day_begins_at_16_00_utc() {
        assert_eq!(city_day("2022-01-04T15:59:59Z".parse().unwrap()), jiff::civil::date(2022, 1, 4));
        assert_eq!(city_day("2022-01-04T16:00:00Z".parse().unwrap()), jiff::civil::date(2022, 1, 5));
    }
}
