//! Tests, vaccination and reasons of a synthetic person, as of one instant.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::draw::Draw;
use crate::reason::{Reason, ReasonCode};
use crate::test_result::{Method, Outcome, TestResult, Tube};
use crate::vaccination::Vaccination;

/// How many institutions test.
pub(super) const INSTITUTIONS: u16 = 12;

/// People with a reason, in a hundred thousand.
const WITH_REASON_PER_100K: u32 = 300;

/// Reasons by how often they occur; the red ones are rare.
const REASONS: [(ReasonCode, u32); 10] = [
    (ReasonCode::GeneralContact, 22),
    (ReasonCode::Companion, 22),
    (ReasonCode::Arrival, 15),
    (ReasonCode::PooledPositive, 10),
    (ReasonCode::SecondaryContact, 9),
    (ReasonCode::Symptoms, 8),
    (ReasonCode::CloseContact, 7),
    (ReasonCode::ReleasedFromIsolation, 4),
    (ReasonCode::SinglePositive, 2),
    (ReasonCode::Confirmed, 1),
];

/// What is known about a person's health.
pub(super) struct Health {
    /// The two latest results at most, newest first.
    pub(super) results: Vec<TestResult>,
    pub(super) vaccination: Option<Vaccination>,
    pub(super) reasons: Vec<Reason>,
}

/// Draws it for a person of this age.
pub(super) fn draw_health(draw: &mut Draw, age: u32, as_of: Timestamp, today: Date) -> Health {
    let vaccination = draw_vaccination(draw, age, today);
    if draw.chance(WITH_REASON_PER_100K) {
        let (results, reason) = draw_reason(draw, as_of);
        return Health { results, vaccination, reasons: vec![reason] };
    }
    Health { results: draw_results(draw, as_of), vaccination, reasons: Vec::new() }
}

/// None for one person in twelve, two for half of the rest; four latest samples in five are at most 48 h old.
fn draw_results(draw: &mut Draw, as_of: Timestamp) -> Vec<TestResult> {
    let kind = draw.below(12);
    if kind == 0 {
        return Vec::new();
    }
    let age_min = match draw.below(20) {
        0..16 => draw.between(9 * 60, 48 * 60 - 1),
        16..18 => draw.between(48 * 60, 72 * 60),
        _ => draw.between(72 * 60, 14 * 24 * 60),
    };
    let latest = negative(draw, minutes_before(as_of, age_min));
    if kind.is_multiple_of(2) {
        return vec![latest];
    }
    let earlier_by = draw.between(24 * 60, 72 * 60);
    vec![latest, negative(draw, minutes_before(as_of, age_min + earlier_by))]
}

/// A reason of the last 30 hours that nothing has released yet: all negatives were sampled before it.
fn draw_reason(draw: &mut Draw, as_of: Timestamp) -> (Vec<TestResult>, Reason) {
    let total = REASONS.iter().map(|(_, weight)| weight).sum();
    let mut at = draw.below(total);
    let drawn = REASONS.iter().find(|(_, weight)| {
        let found = at < *weight;
        at = at.saturating_sub(*weight);
        found
    });
    let code = drawn.map_or(REASONS[0].0, |(code, _)| *code);
    let since_min = draw.between(60, 30 * 60);
    let since = minutes_before(as_of, since_min);
    let tube = match code {
        ReasonCode::PooledPositive => Some(Tube::Pooled),
        ReasonCode::SinglePositive | ReasonCode::Confirmed => Some(Tube::Single),
        _ => None,
    };
    let before_min = since_min + draw.between(9 * 60, 40 * 60);
    let mut results = vec![negative(draw, minutes_before(as_of, before_min))];
    if let Some(tube) = tube {
        let sampled_before = SignedDuration::from_mins(i64::from(draw.between(4 * 60, 8 * 60)));
        let sampled = since.saturating_sub(sampled_before).unwrap_or(since);
        let positive = result(draw, sampled, since, Outcome::Positive, tube);
        results.insert(0, positive);
    }
    (results, Reason::new(code, since))
}

fn draw_vaccination(draw: &mut Draw, age: u32, today: Date) -> Option<Vaccination> {
    let per_100k = match age {
        0..3 => 0,
        3..12 => 80_000,
        12..70 => 95_000,
        _ => 75_000,
    };
    if !draw.chance(per_100k) {
        return None;
    }
    let (doses, days_ago) = match draw.below(10) {
        0 => (1, draw.between(5, 60)),
        1..5 => (2, draw.between(30, 240)),
        _ if age >= 18 => (3, draw.between(5, 200)),
        _ => (2, draw.between(30, 240)),
    };
    let last = today.saturating_sub(SignedDuration::from_hours(24 * i64::from(days_ago)));
    Some(Vaccination { doses, last })
}

/// A negative, reported 3 to 8 hours after sampling; nearly all in pooled tubes.
fn negative(draw: &mut Draw, sampled: Timestamp) -> TestResult {
    let delay = SignedDuration::from_mins(i64::from(draw.between(3 * 60, 8 * 60)));
    let reported = sampled.checked_add(delay).unwrap_or(sampled);
    let tube = if draw.chance(88_000) { Tube::Pooled } else { Tube::Single };
    result(draw, sampled, reported, Outcome::Negative, tube)
}

fn result(
    draw: &mut Draw,
    sampled: Timestamp,
    reported: Timestamp,
    outcome: Outcome,
    tube: Tube,
) -> TestResult {
    // The courier takes a third of the time.
    let received = sampled.checked_add(reported.duration_since(sampled) / 3).unwrap_or(reported);
    let received = Timestamp::from_second(received.as_second()).unwrap_or(reported);
    let institution = 1 + draw.below(u32::from(INSTITUTIONS)) as u16;
    TestResult { sampled, received, reported, outcome, tube, method: Method::Naat, institution }
}

fn minutes_before(as_of: Timestamp, minutes: u32) -> Timestamp {
    as_of.checked_sub(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(Timestamp::MIN)
}
