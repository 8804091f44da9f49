//! Counts against a plain reckoning of each person by the model.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use yimatong_model::campaign::{
    Campaign, Closing, Declared, Facts, Refinement, Review, Scope, Spared, Standing, Window,
};
use yimatong_model::ids::{CommunityId, HouseholdId};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_model::vaccination::Vaccination;
use yimatong_store::PersonState;

use super::super::fixtures::{part, person, state};
use super::*;
use crate::registry::Registry;

const NUMBER: u16 = 3;
/// Communities by id: of the first day, of the second, a sealed one, one of another city, and one nobody is in.
const COMMUNITIES: [(CommunityId, u64); 5] = [
    (CommunityId(1), 410_102_002_001),
    (CommunityId(2), 410_181_100_001),
    (CommunityId(3), 410_105_001_001),
    (CommunityId(4), 610_102_001_001),
    (CommunityId(900_000), 410_103_001_001),
];

fn now() -> Timestamp {
    "2022-01-06T22:00:00+08:00".parse().unwrap()
}

fn campaign() -> Arc<Campaign> {
    let (_, toml) = yimatong_model::campaign::SHIPPED[0];
    let zones = format!(
        "[[zones]]\nlevel = \"sealed\"\ncodes = [{}]\n\n[[zones]]\nlevel = \"controlled\"\ncodes = [{}]\n\n[consequence]",
        COMMUNITIES[2].1, COMMUNITIES[1].1
    );
    Arc::new(Campaign::parse(&toml.replacen("[consequence]", &zones, 1)).unwrap())
}

fn refinements() -> Vec<Refinement> {
    let from: Timestamp = "2022-01-05T10:00:00+08:00".parse().unwrap();
    let windows = vec![Window { from, to: from + SignedDuration::from_hours(60) }];
    vec![Refinement { scope: Scope::Community(COMMUNITIES[0].1), windows }]
}

/// A line of a list for who knocks at doors; people without a household come last.
type Line = (bool, Option<HouseholdId>, PersonId, Standing, Option<Spared>);

/// A person, and what was declared.
type Case = (PersonState, Declared);

fn a_result() -> impl Strategy<Value = TestResult> {
    (0i64..96, 0u8..4, 0u8..2).prop_map(|(hours_ago, outcome, method)| {
        let sampled = now() - SignedDuration::from_hours(hours_ago);
        TestResult {
            sampled,
            received: sampled,
            reported: sampled,
            outcome: Outcome::from_u8(outcome).unwrap(),
            tube: Tube::Pooled,
            method: Method::from_u8(method).unwrap(),
            institution: 1,
        }
    })
}

fn declared() -> impl Strategy<Value = Declared> {
    let review = || prop::sample::select(&[Review::None, Review::None, Review::Waiting, Review::Accepted]);
    (review(), prop::option::of((review(), 0i64..96))).prop_map(|(vaccinated, outside)| Declared {
        vaccinated,
        outside_city: [
            outside.map(|(review, hours_ago)| (review, now() - SignedDuration::from_hours(hours_ago))),
            None,
            None,
            None,
        ],
    })
}

fn a_case() -> impl Strategy<Value = Case> {
    let community = prop::option::of(prop::sample::select(&[1u32, 1, 2, 2, 3, 4, 7]));
    let reasons = prop::collection::vec((1u8..=13, -100i64..100), 0..4);
    let results = prop::collection::vec(a_result(), 0..=2);
    let vaccination = prop::option::of(1i8..=7);
    let beside = (prop::option::of(0u64..6), any::<bool>(), declared());
    (community, reasons, results, vaccination, beside).prop_map(
        |(community, reasons, results, vaccination, (household, sampled, declared))| {
            let mut one = state(0, 1, 1);
            one.community = community.map(CommunityId);
            one.household = household.and_then(HouseholdId::new);
            one.rounds = if sampled { vec![NUMBER - 1, NUMBER] } else { vec![NUMBER + 1] };
            one.reasons = reasons
                .into_iter()
                .map(|(code, hours)| {
                    Reason::new(ReasonCode::from_u8(code).unwrap(), now() + SignedDuration::from_hours(hours))
                })
                .collect();
            one.results = results;
            one.vaccination =
                vaccination.map(|day| Vaccination { doses: 2, last: jiff::civil::date(2022, 1, day) });
            (one, declared)
        },
    )
}

fn cases() -> impl Strategy<Value = Vec<Case>> {
    prop::collection::vec(a_case(), 0..120).prop_map(|mut cases| {
        for (n, (one, _)) in (0u64..).zip(&mut cases) {
            one.person_id = person(n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 1);
        }
        cases
    })
}

fn filled(part_text: &str, cases: &[Case]) -> (Registry, RoundView) {
    let registry = part(part_text);
    let states: Vec<PersonState> = cases.iter().map(|(state, _)| state.clone()).collect();
    registry.apply_all(&states, 1, now());
    let declared = cases.iter().map(|(state, declared)| (state.person_id, *declared));
    (registry, RoundView::new(campaign(), NUMBER, &refinements(), COMMUNITIES, declared))
}

/// What the model says of one person, whose rules are those of the registry.
fn expected(registry: &Registry, (one, declared): &Case) -> Closing {
    let campaign = campaign();
    let refinements = refinements();
    let code = COMMUNITIES.iter().find(|(id, _)| one.community == Some(*id)).map(|(_, code)| *code);
    campaign.closing(&Facts {
        windows: code.map_or(&[], |code| campaign.windows_of(code, &refinements)),
        zone: code.and_then(|code| campaign.zone_level(code)),
        sampled: one.rounds.contains(&NUMBER),
        results: &one.results,
        vaccination: one.vaccination,
        declared: *declared,
        reasons: &registry.rules().decide(&one.reasons, now()).active,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn standings_closing_and_lists_are_those_of_a_reckoning_person_by_person(cases in cases()) {
        let (registry, view) = filled("1/1", &cases);
        let of: Vec<(&PersonState, Closing)> = cases.iter().map(|case| (&case.0, expected(&registry, case))).collect();

        let mut standings = CityStandings::default();
        standings.communities.extend(COMMUNITIES.map(|(id, _)| (id, Standings::default())));
        let mut households: BTreeMap<CommunityId, BTreeMap<Option<HouseholdId>, Vec<Closing>>> = BTreeMap::new();
        for (one, closing) in &of {
            match one.community.and_then(|community| Some((community, standings.communities.get_mut(&community)?))) {
                Some((community, counts)) => {
                    counts.count(*closing);
                    households.entry(community).or_default().entry(one.household).or_default().push(*closing);
                }
                None => standings.without_community += 1,
            }
        }
        prop_assert_eq!(registry.standings(&view, now()), standings.clone());

        let all: HashSet<CommunityId> = COMMUNITIES.iter().map(|(id, _)| *id).collect();
        for (community, counted) in registry.standings_of(&view, &all, now()) {
            let empty = BTreeMap::new();
            let homes = households.get(&community).unwrap_or(&empty);
            prop_assert_eq!(counted.standings, standings.communities[&community]);
            let known = homes.iter().filter(|(id, closings)| {
                id.is_some() && closings.iter().any(|one| *one != Closing::Leave(Standing::NotIncluded))
            });
            let done = known.clone().filter(|(_, closings)| {
                !closings.iter().any(|one| matches!(one, Closing::Give | Closing::Wait))
            });
            prop_assert_eq!((counted.households as usize, counted.households_done as usize), (known.count(), done.count()));
            let by_household = registry.standings_of_households(&view, community, now());
            prop_assert_eq!(by_household.len(), homes.len());
            for (household, counts) in by_household {
                let mut sum = Standings::default();
                homes[&household].iter().for_each(|closing| sum.count(*closing));
                prop_assert_eq!(counts, sum);
            }
        }

        let tally = registry.closing(&view, now());
        let count = |is: fn(&Closing) -> bool| u32::try_from(of.iter().filter(|(_, closing)| is(closing)).count()).unwrap();
        prop_assert_eq!(tally, ClosingTally {
            people: u32::try_from(of.len()).unwrap(),
            given: count(|closing| *closing == Closing::Give),
            spared_sealed_zone: count(|closing| *closing == Closing::Spare(Spared::SealedZone)),
            spared_isolation: count(|closing| *closing == Closing::Spare(Spared::Isolation)),
            waiting: count(|closing| *closing == Closing::Wait),
            exempt: count(|closing| matches!(closing, Closing::Leave(standing) if standing.is_exempt())),
            sampled: count(|closing| *closing == Closing::Leave(Standing::Sampled)),
            not_included: count(|closing| *closing == Closing::Leave(Standing::NotIncluded)),
        });
    }

    #[test]
    fn closing_gives_the_reason_to_whom_the_model_gives_it_in_the_order_of_ids(cases in cases()) {
        let (registry, view) = filled("1/1", &cases);
        let mut expected: Vec<PersonId> = cases
            .iter()
            .filter(|case| expected(&registry, case) == Closing::Give)
            .map(|(one, _)| one.person_id)
            .collect();
        expected.sort_unstable();
        prop_assert_eq!(registry.to_give(&view, now()), expected);
    }

    #[test]
    fn the_pages_of_who_is_missed_go_by_household_and_hold_everybody_once(cases in cases(), limit in 1usize..10) {
        let (registry, view) = filled("1/1", &cases);
        for (community, _) in COMMUNITIES {
            let mut expected: Vec<Line> = cases
                .iter()
                .filter(|case| case.0.community == Some(community))
                .filter_map(|case| {
                    let (standing, spared) = match expected(&registry, case) {
                        Closing::Give => (Standing::Open, None),
                        Closing::Wait => (Standing::Waiting, None),
                        Closing::Spare(spared) => (Standing::Open, Some(spared)),
                        Closing::Leave(_) => return None,
                    };
                    Some((case.0.household.is_none(), case.0.household, case.0.person_id, standing, spared))
                })
                .collect();
            expected.sort_unstable();
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let page = registry.missed(&view, community, after, limit, now());
                let Some(last) = page.last() else { break };
                after = Some((last.household, last.person));
                listed.extend(page.iter().map(|one| (one.household.is_none(), one.household, one.person, one.standing, one.spared)));
            }
            prop_assert_eq!(listed, expected);
        }
    }

    #[test]
    fn the_parts_of_a_city_add_up_to_the_whole(cases in cases()) {
        let (whole, view) = filled("1/1", &cases);
        let mut sum = 0;
        let mut given = 0;
        for text in ["1/3", "2/3", "3/3"] {
            let (part, view) = filled(text, &cases);
            let standings = part.standings(&view, now());
            sum += standings.without_community + standings.communities.values().map(Standings::people).sum::<u32>();
            given += part.to_give(&view, now()).len();
            prop_assert_eq!(part.closing(&view, now()).people as usize, part.people());
        }
        prop_assert_eq!(sum as usize, cases.len());
        prop_assert_eq!(given, whole.to_give(&view, now()).len());
    }
}

#[test]
fn a_campaign_without_anybody_counts_nobody_and_gives_nobody_anything() {
    let (registry, view) = filled("1/1", &[]);
    assert_eq!(registry.closing(&view, now()), ClosingTally::default());
    assert_eq!(registry.to_give(&view, now()), []);
    assert_eq!(view.windows(CommunityId(1)), refinements()[0].windows);
    assert!(view.windows(CommunityId(4)).is_empty() && view.windows(CommunityId(77)).is_empty());
}
