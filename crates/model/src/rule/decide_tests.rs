//! The laws of colours: severity, order, expiry, release, and the moment of the next change.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::rule::SHIPPED;

/// Hours after the start of 20 December 2021 in Xi'an.
fn hour(hours: i64) -> Timestamp {
    let start: Timestamp = "2021-12-20T00:00:00+08:00".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

fn packs() -> impl Strategy<Value = RulePack> {
    prop::sample::select(&SHIPPED[..]).prop_map(|(name, _)| RulePack::shipped(name).unwrap())
}

fn a_reason() -> impl Strategy<Value = Reason> {
    let instant = || prop::option::of((0i64..600).prop_map(hour));
    (1u8..=13, 0i64..600, instant(), instant()).prop_map(|(code, since, until, released)| Reason {
        code: ReasonCode::from_u8(code).unwrap(),
        since: hour(since),
        until,
        released,
    })
}

fn reasons() -> impl Strategy<Value = Vec<Reason>> {
    prop::collection::vec(a_reason(), 0..6)
}

fn some_hour() -> impl Strategy<Value = Timestamp> {
    (-10i64..1000).prop_map(hour)
}

#[test]
fn nobody_without_reasons_has_a_colour_other_than_green() {
    let decision = RulePack::default().decide(&[], hour(0));
    assert_eq!(decision, Decision { colour: Colour::Green, active: vec![], changes_at: None });
    assert_eq!(decision.active.capacity(), 0);
}

#[test]
fn a_reason_counts_from_its_beginning_to_just_before_its_end() {
    let rules = RulePack::default();
    let reason = Reason { until: Some(hour(20)), ..Reason::new(ReasonCode::CloseContact, hour(10)) };
    let at = |now| rules.decide(&[reason], now);
    let second = SignedDuration::from_secs(1);
    assert_eq!(at(hour(10) - second).colour, Colour::Green);
    assert_eq!(at(hour(10) - second).changes_at, Some(hour(10)));
    assert_eq!(at(hour(10)).colour, Colour::Red);
    assert_eq!(at(hour(10)).changes_at, Some(hour(20)));
    assert_eq!(at(hour(20) - second).active, [ReasonCode::CloseContact]);
    assert_eq!(at(hour(20)), Decision::default());
}

#[test]
fn the_most_severe_reason_wins_and_the_others_stay_listed() {
    let rules = RulePack::default();
    let reasons = [
        Reason::new(ReasonCode::SinglePositive, hour(2)),
        Reason::new(ReasonCode::PooledPositive, hour(0)),
        Reason::new(ReasonCode::PooledPositive, hour(1)),
    ];
    let decision = rules.decide(&reasons, hour(3));
    assert_eq!(decision.colour, Colour::Red);
    assert_eq!(decision.active, [ReasonCode::PooledPositive, ReasonCode::SinglePositive]);
}

#[test]
fn the_end_of_one_of_two_reasons_of_a_kind_is_no_change() {
    let rules = RulePack::default();
    let first = Reason { until: Some(hour(5)), ..Reason::new(ReasonCode::Symptoms, hour(0)) };
    let second = Reason { until: Some(hour(9)), ..Reason::new(ReasonCode::Symptoms, hour(4)) };
    assert_eq!(rules.decide(&[first, second], hour(1)).changes_at, Some(hour(9)));
}

#[test]
fn a_missed_round_is_yellow_in_zhengzhou_and_only_a_notice_in_xian() {
    let missed = [Reason::new(ReasonCode::MissedRound, hour(0))];
    let colour = |pack| RulePack::shipped(pack).unwrap().decide(&missed, hour(1)).colour;
    assert_eq!(colour("zhengzhou-2022-01"), Colour::Yellow);
    assert_eq!(colour("xian-2021-12"), Colour::Green);
}

/// The rules of Zhengzhou, whose secondary contacts are isolated for seven days and stay at home for so many more.
fn isolation(home_days: u16) -> RulePack {
    let days = 7 + home_days;
    let shipped = SHIPPED[1].1;
    let (before, secondary) = shipped.split_at(shipped.find("[reasons.secondary-contact]").unwrap());
    let changed = secondary.replacen("days = 14 }", &format!("days = {days} }}"), 1);
    RulePack::parse(&[before, &changed].concat()).unwrap()
}

#[test]
fn seven_days_of_isolation_are_red_the_days_at_home_yellow_and_then_it_is_over() {
    let reasons = [Reason::new(ReasonCode::SecondaryContact, hour(0))];
    for (home_days, over) in [(7, 14 * 24), (3, 10 * 24)] {
        let rules = isolation(home_days);
        let at = |now| rules.decide(&reasons, now);
        let code = vec![ReasonCode::SecondaryContact];
        let red = Decision { colour: Colour::Red, active: code.clone(), changes_at: Some(hour(7 * 24)) };
        let yellow = Decision { colour: Colour::Yellow, active: code, changes_at: Some(hour(over)) };
        assert_eq!((at(hour(0)), at(hour(7 * 24 - 1))), (red.clone(), red));
        assert_eq!((at(hour(7 * 24)), at(hour(over - 1))), (yellow.clone(), yellow));
        assert_eq!(at(hour(over)), Decision::default());
    }
}

#[test]
fn days_end_a_reason_that_no_test_has_judged_and_not_one_that_a_test_has() {
    let rules = isolation(7);
    let unjudged = Reason::new(ReasonCode::SecondaryContact, hour(0));
    assert_eq!(rules.ends_at(&unjudged), Some(hour(14 * 24)));
    // A positive on the third day made the days begin anew; a registry has such a release as the end.
    let judged = Reason { released: Some(hour(17 * 24)), ..unjudged };
    assert_eq!(rules.ends_at(&judged), Some(hour(17 * 24)));
    assert_eq!(rules.ends_at(&Reason { until: Some(hour(17 * 24)), ..unjudged }), Some(hour(17 * 24)));
}

#[test]
fn instants_at_the_ends_of_the_calendar_do_no_harm() {
    let rules = RulePack::default();
    for since in [Timestamp::MIN, Timestamp::MAX] {
        for code in ReasonCode::ALL {
            let reason = Reason { until: Some(Timestamp::MAX), ..Reason::new(code, since) };
            for now in [Timestamp::MIN, hour(0), Timestamp::MAX] {
                let _ = rules.decide(&[reason], now);
            }
            let _ = rules.released_at(&reason, &[]);
        }
    }
}

proptest! {
    #[test]
    fn adding_a_reason_never_makes_the_colour_milder(
        rules in packs(), reasons in reasons(), added in a_reason(), now in some_hour()
    ) {
        let before = rules.decide(&reasons, now).colour;
        let mut more = reasons;
        more.push(added);
        prop_assert!(rules.decide(&more, now).colour >= before);
    }

    #[test]
    fn order_and_repetition_do_not_matter(
        rules in packs(),
        (reasons, shuffled) in reasons().prop_flat_map(|r| (Just(r.clone()), Just([r.clone(), r].concat()).prop_shuffle())),
        now in some_hour()
    ) {
        prop_assert_eq!(rules.decide(&reasons, now), rules.decide(&shuffled, now));
    }

    #[test]
    fn expiry_brings_the_colour_back(rules in packs(), reasons in reasons(), added in a_reason(), later in 0i64..500) {
        if let Some(end) = rules.ends_at(&added) {
            let now = end + SignedDuration::from_hours(later);
            let mut more = reasons.clone();
            more.push(added);
            let (with, without) = (rules.decide(&more, now), rules.decide(&reasons, now));
            prop_assert_eq!((with.colour, with.active), (without.colour, without.active));
        }
    }

    #[test]
    fn release_brings_the_colour_back(rules in packs(), reasons in reasons(), added in a_reason(), now in some_hour()) {
        let mut more = reasons.clone();
        more.push(Reason { released: Some(now), ..added });
        let (with, without) = (rules.decide(&more, now), rules.decide(&reasons, now));
        prop_assert_eq!((with.colour, with.active), (without.colour, without.active));
    }

    #[test]
    fn nothing_changes_before_changes_at_and_something_does_then(
        rules in packs(), reasons in reasons(), now in some_hour()
    ) {
        let decided = rules.decide(&reasons, now);
        let same = |at| {
            let then = rules.decide(&reasons, at);
            (then.colour, then.active) == (decided.colour, decided.active.clone())
        };
        // Every edge of these reasons is on a full hour, and all are over by hour 2000.
        let hours_to_look_at = (0..2010).map(|h| now + SignedDuration::from_hours(h));
        let first_difference = hours_to_look_at.into_iter().find(|at| !same(*at));
        prop_assert_eq!(first_difference, decided.changes_at);
        if let Some(at) = decided.changes_at {
            prop_assert!(same(at - SignedDuration::from_nanos(1)));
        }
    }

    #[test]
    fn active_reasons_are_sorted_unique_and_explain_the_colour(
        rules in packs(), reasons in reasons(), now in some_hour()
    ) {
        let decision = rules.decide(&reasons, now);
        prop_assert!(decision.active.windows(2).all(|pair| pair[0] < pair[1]));
        let counting = reasons.iter().filter(|reason| {
            reason.since <= now && rules.ends_at(reason).is_none_or(|end| now < end)
        });
        let severest = counting.clone().map(|reason| rules.colour_of(reason, now)).max();
        prop_assert_eq!(decision.colour, severest.unwrap_or_default());
        prop_assert!(counting.into_iter().all(|reason| decision.active.contains(&reason.code)));
    }
}
