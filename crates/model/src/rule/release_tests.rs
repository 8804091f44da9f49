//! The laws of ways back: what releases, what does not, and that more negatives never delay.

use proptest::prelude::*;

use super::*;
use crate::test_result::Method;

const FAR: i64 = 24 * 60;

fn hour(hours: i64) -> Timestamp {
    let start: Timestamp = "2021-12-20T00:00:00+08:00".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

/// Sampled at this hour, reported six hours later.
fn test(outcome: Outcome, tube: Tube, sampled: i64) -> TestResult {
    TestResult {
        sampled: hour(sampled),
        received: hour(sampled + 2),
        reported: hour(sampled + 6),
        outcome,
        tube,
        method: Method::Naat,
        institution: 1,
    }
}

fn negative(tube: Tube, sampled: i64) -> TestResult {
    test(Outcome::Negative, tube, sampled)
}

fn released(code: ReasonCode, results: &[TestResult]) -> Option<Timestamp> {
    RulePack::default().released_at(&Reason::new(code, hour(0)), results)
}

#[test]
fn a_positive_result_gives_the_reason_of_its_tube_and_others_give_none() {
    let rules = RulePack::default();
    let reason = |outcome, tube| rules.reason_from_result(&test(outcome, tube, 0));
    assert_eq!(reason(Outcome::Positive, Tube::Pooled), Some(ReasonCode::PooledPositive));
    assert_eq!(reason(Outcome::Positive, Tube::Single), Some(ReasonCode::SinglePositive));
    for outcome in [Outcome::Negative, Outcome::Indeterminate, Outcome::Invalid] {
        assert_eq!(reason(outcome, Tube::Pooled), None);
        assert_eq!(reason(outcome, Tube::Single), None);
    }
}

#[test]
fn a_pooled_positive_is_released_by_the_report_of_one_later_negative_single_test() {
    let code = ReasonCode::PooledPositive;
    assert_eq!(released(code, &[]), None);
    assert_eq!(released(code, &[negative(Tube::Pooled, 5)]), None);
    assert_eq!(released(code, &[negative(Tube::Single, -1)]), None);
    assert_eq!(released(code, &[negative(Tube::Single, 5)]), Some(hour(11)));
    assert_eq!(released(code, &[test(Outcome::Indeterminate, Tube::Single, 5)]), None);
}

#[test]
fn a_negative_antigen_test_releases_nothing() {
    let antigen = |sampled| TestResult { method: Method::Antigen, ..negative(Tube::Single, sampled) };
    for code in [ReasonCode::PooledPositive, ReasonCode::SinglePositive, ReasonCode::MissedRound] {
        assert_eq!(released(code, &[antigen(5), antigen(40)]), None);
    }
    let tests = [antigen(1), negative(Tube::Single, 5)];
    assert_eq!(released(ReasonCode::PooledPositive, &tests), Some(hour(11)));
}

#[test]
fn tests_too_close_together_count_as_one() {
    let code = ReasonCode::SinglePositive;
    let single = |h| negative(Tube::Single, h);
    assert_eq!(released(code, &[single(1), single(24)]), None);
    assert_eq!(released(code, &[single(1), single(25)]), Some(hour(31)));
    assert_eq!(released(code, &[single(25), single(24), single(1)]), Some(hour(31)));
}

#[test]
fn tests_too_far_apart_do_not_make_a_series() {
    let code = ReasonCode::SinglePositive;
    let single = |h| negative(Tube::Single, h);
    assert_eq!(released(code, &[single(1), single(170)]), None);
    assert_eq!(released(code, &[single(1), single(169)]), Some(hour(175)));
    assert_eq!(released(code, &[single(1), single(170), single(194)]), Some(hour(200)));
}

#[test]
fn a_close_contact_needs_a_negative_after_the_14_days() {
    let code = ReasonCode::CloseContact;
    let single = |h| negative(Tube::Single, h);
    assert_eq!(released(code, &[single(24), single(7 * 24)]), None);
    assert_eq!(released(code, &[single(7 * 24), single(14 * 24)]), Some(hour(14 * 24 + 6)));
}

#[test]
fn days_alone_release_where_the_pack_says_so() {
    assert_eq!(released(ReasonCode::Arrival, &[]), Some(hour(14 * 24)));
    assert_eq!(released(ReasonCode::Confirmed, &[]), None);
}

#[test]
fn a_positive_starts_tests_and_days_all_over() {
    let positive = test(Outcome::Positive, Tube::Single, 30);
    assert_eq!(released(ReasonCode::PooledPositive, &[negative(Tube::Single, 5), positive]), None);
    assert_eq!(
        released(
            ReasonCode::PooledPositive,
            &[negative(Tube::Single, 5), positive, negative(Tube::Single, 31)]
        ),
        Some(hour(37))
    );
    assert_eq!(released(ReasonCode::Arrival, &[positive]), Some(hour(30 + 14 * 24)));
}

#[test]
fn a_missed_round_is_released_by_any_one_later_negative_however_late_and_each_round_by_its_own() {
    for (name, _) in crate::rule::SHIPPED {
        let rules = RulePack::shipped(name).unwrap();
        let released = |since, tests: &[TestResult]| {
            rules.released_at(&Reason::new(ReasonCode::MissedRound, hour(since)), tests)
        };
        // `within_days = 1` is from the first to the last of the tests: of one it says nothing.
        for sampled in [0, 1, 30, 20 * 24] {
            let tests = [negative(Tube::Pooled, sampled)];
            assert_eq!(released(0, &tests), Some(hour(sampled + 6)), "{name}: by its report");
        }
        // What was sampled before the reason began is reported later and releases nothing.
        let before = [negative(Tube::Single, -1)];
        assert_eq!(released(0, &before), None, "{name}");
        assert_eq!(released(0, &[test(Outcome::Invalid, Tube::Single, 5)]), None, "{name}");
        // Two rounds were missed: a test between them releases the first alone.
        let between = [negative(Tube::Pooled, 24)];
        assert_eq!((released(0, &between), released(48, &between)), (Some(hour(30)), None), "{name}");
    }
}

#[test]
fn every_way_back_of_practice_can_be_written() {
    let written = |ways: &str| {
        let shipped = crate::rule::SHIPPED[0].1;
        let (before, rest) = shipped.split_at(shipped.find("[reasons.suspected]").unwrap());
        let start = rest.find("way_back.ways").unwrap();
        let (head, tail) = (&rest[..start], &rest[start..]);
        let end = tail.find('\n').unwrap();
        let text = [before, head, &format!("way_back.ways = [{ways}]"), &tail[end..]].concat();
        RulePack::parse(&text).unwrap().rule(ReasonCode::Suspected).way_back.clone()
    };
    let tests = |count, within_days, min_interval_h, single, after_days| WayBack::NegativeTests {
        count,
        within_days,
        min_interval_h,
        single,
        after_days,
    };
    let one_single = r#"{ kind = "negative-tests", count = 1, within_days = 1, single = true }"#;
    assert_eq!(written(one_single), [tests(1, 1, 0, true, 0)]);
    let three_in_fourteen =
        r#"{ kind = "negative-tests", count = 3, within_days = 14, min_interval_h = 24 }"#;
    assert_eq!(written(three_in_fourteen), [tests(3, 14, 24, false, 0)]);
    let seven_and_three =
        r#"{ kind = "negative-tests", count = 2, within_days = 10, min_interval_h = 24, after_days = 10 }"#;
    assert_eq!(written(seven_and_three), [tests(2, 10, 24, false, 10)]);
    let others = r#"{ kind = "days", days = 10 }, { kind = "zone-demotion" }, { kind = "appeal" }"#;
    assert_eq!(written(others), [WayBack::Days { days: 10 }, WayBack::ZoneDemotion, WayBack::Appeal]);
}

fn some_results() -> impl Strategy<Value = Vec<TestResult>> {
    let result =
        (0u8..4, 0u8..2, -48i64..FAR, 0i64..72).prop_map(|(outcome, tube, sampled, delay)| TestResult {
            reported: hour(sampled + delay),
            ..test(Outcome::from_u8(outcome).unwrap(), Tube::from_u8(tube).unwrap(), sampled)
        });
    prop::collection::vec(result, 0..8)
}

fn a_code() -> impl Strategy<Value = ReasonCode> {
    (1u8..=13).prop_map(|number| ReasonCode::from_u8(number).unwrap())
}

/// `None` is later than every instant.
fn no_later(left: Option<Timestamp>, right: Option<Timestamp>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left <= right,
        (None, right) => right.is_none(),
        (Some(_), None) => true,
    }
}

proptest! {
    #[test]
    fn one_more_negative_never_delays_a_release(
        code in a_code(), results in some_results(), sampled in -48i64..FAR, tube in 0u8..2
    ) {
        let before = released(code, &results);
        let mut more = results;
        more.push(negative(Tube::from_u8(tube).unwrap(), sampled));
        prop_assert!(no_later(released(code, &more), before));
    }

    #[test]
    fn one_more_positive_never_hastens_a_release(code in a_code(), results in some_results(), sampled in -48i64..FAR) {
        let before = released(code, &results);
        let mut more = results;
        more.push(test(Outcome::Positive, Tube::Pooled, sampled));
        prop_assert!(no_later(before, released(code, &more)));
    }

    #[test]
    fn a_positive_after_all_negatives_leaves_only_days(code in a_code(), results in some_results()) {
        let mut results = results;
        results.push(test(Outcome::Positive, Tube::Single, FAR));
        let rules = RulePack::default();
        let days = rules.rule(code).way_back.iter().filter_map(|way| match way {
            WayBack::Days { days } => plus_days(hour(FAR), *days),
            _ => None,
        });
        prop_assert_eq!(released(code, &results), days.min());
    }

    #[test]
    fn the_order_of_results_does_not_matter(
        code in a_code(),
        (results, shuffled) in some_results().prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle()))
    ) {
        prop_assert_eq!(released(code, &results), released(code, &shuffled));
    }

    #[test]
    fn the_fast_search_agrees_with_trying_every_choice(
        results in prop::collection::vec((0i64..300, 0i64..72), 0..7), count in 1u8..4,
        within_d in 1i64..10, interval_h in 0i64..49, last_from in 0i64..200
    ) {
        let needed = Needed {
            count,
            within: SignedDuration::from_hours(within_d * DAY_H),
            interval: SignedDuration::from_hours(interval_h),
            last_from: hour(last_from),
        };
        let tests: Vec<TestResult> = results
            .iter()
            .map(|(sampled, delay)| TestResult { reported: hour(sampled + delay), ..negative(Tube::Single, *sampled) })
            .collect();
        let all: Vec<&TestResult> = tests.iter().collect();
        prop_assert_eq!(needed.fulfilled_at(&all), by_trying_every_choice(&needed, &all));
    }
}

fn by_trying_every_choice(needed: &Needed, tests: &[&TestResult]) -> Option<Timestamp> {
    (0u32..1 << tests.len())
        .filter(|choice| choice.count_ones() == u32::from(needed.count))
        .filter_map(|choice| {
            let mut chosen: Vec<_> = tests
                .iter()
                .enumerate()
                .filter(|(i, _)| choice & (1 << i) != 0)
                .map(|(_, test)| *test)
                .collect();
            chosen.sort_by_key(|test| test.sampled);
            let (first, last) = (chosen.first()?.sampled, chosen.last()?.sampled);
            let apart =
                chosen.windows(2).all(|w| w[1].sampled.duration_since(w[0].sampled) >= needed.interval);
            let fits = apart && last.duration_since(first) <= needed.within && last >= needed.last_from;
            fits.then(|| chosen.iter().map(|test| test.reported).max()).flatten()
        })
        .min()
}
