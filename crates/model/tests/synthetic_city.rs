//! The synthetic city: the same again from the same seed, valid and unique documents, plausible proportions.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use yimatong_model::clock::{Badge, ClockReference, badge};
use yimatong_model::colour::Colour;
use yimatong_model::document::{Document, DocumentKind};
use yimatong_model::person::{Nationality, age_years};
use yimatong_model::rule::RulePack;
use yimatong_model::synthetic::{SyntheticCity, SyntheticError, SyntheticPerson};
use yimatong_model::test_result::Outcome;

const PEOPLE: u32 = 60_000;
const TODAY: Date = date(2021, 12, 20);

fn as_of() -> Timestamp {
    "2021-12-20T08:00:00+08:00".parse().expect("a constant in RFC 3339")
}

fn people(code: u32, seed: u64) -> Vec<SyntheticPerson> {
    SyntheticCity::new(code, PEOPLE, seed).expect("a city with data").people(as_of()).collect()
}

fn age(person: &SyntheticPerson) -> i16 {
    age_years(person.birth_date, TODAY)
}

/// Asserts that the share of people with a property, in percent, is in the range.
#[track_caller]
fn assert_share(
    what: &str,
    people: &[SyntheticPerson],
    range: std::ops::Range<f64>,
    has: impl Fn(&SyntheticPerson) -> bool,
) {
    let share = people.iter().filter(|person| has(person)).count() as f64 * 100.0 / people.len() as f64;
    println!("{what}: {share:.2} %");
    assert!(range.contains(&share), "{what}: {share:.2} % is not in {range:?}");
}

fn fingerprint(code: u32, seed: u64) -> u64 {
    let city = SyntheticCity::new(code, 5_000, seed).expect("a city with data");
    let mut hasher = DefaultHasher::new();
    for person in city.people(as_of()) {
        (&person.document, &person.name, person.phone, person.sex, person.birth_date).hash(&mut hasher);
        (person.nationality, person.community, person.group, person.household).hash(&mut hasher);
        (&person.results, person.vaccination, &person.reasons).hash(&mut hasher);
    }
    for venue in city.venues() {
        (venue.id, venue.name, venue.venue_type, venue.street).hash(&mut hasher);
    }
    city.communities().for_each(|community| community.hash(&mut hasher));
    hasher.finish()
}

#[test]
fn the_same_seed_makes_the_same_city_and_another_seed_another() {
    assert_eq!(fingerprint(610_100, 1), fingerprint(610_100, 1));
    assert_ne!(fingerprint(610_100, 1), fingerprint(610_100, 2));
    assert_ne!(fingerprint(610_100, 1), fingerprint(410_100, 1));
}

/// FNV-1a over what tells people apart; unlike the hasher of the standard library it is the same in every release.
fn stable_fingerprint(city: &SyntheticCity) -> u64 {
    let text = city.people(as_of()).map(|person| {
        let latest = person.results.first().map(|result| result.sampled);
        format!("{} {} {latest:?}\n", person.document.number(), person.name.as_str())
    });
    text.flat_map(String::into_bytes)
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn a_seed_is_the_same_city_on_every_machine() {
    // A change of the generator changes these; say so in the changelog, as saved demo cities can't be made again.
    let city = |code| SyntheticCity::new(code, 10_000, 1).unwrap();
    assert_eq!(stable_fingerprint(&city(610_100)), 0xc3c0_30fa_ccad_c510);
    assert_eq!(stable_fingerprint(&city(410_100)), 0xc230_c53c_7023_4cb4);
}

#[test]
fn every_document_and_phone_is_valid_and_unique() {
    for code in [610_100, 410_100] {
        let people = people(code, 42);
        assert_eq!(people.len(), PEOPLE as usize);
        let mut documents = BTreeSet::new();
        let mut phones = BTreeSet::new();
        for person in &people {
            let document = &person.document;
            assert_eq!(Document::parse(document.kind(), document.number(), TODAY).as_ref(), Ok(document));
            assert!(documents.insert((document.kind(), document.number())), "{document:?} twice");
            assert!(person.phone.is_none_or(|phone| phones.insert(phone)), "{:?} twice", person.phone);
            assert!(document.sex().is_none_or(|sex| sex == person.sex));
            assert!(document.birth_date().is_none_or(|birth| birth == person.birth_date));
        }
    }
}

#[test]
fn the_proportions_are_those_of_a_chinese_city() {
    let people = people(610_100, 42);
    let share =
        |what: &str, range, has: &dyn Fn(&SyntheticPerson) -> bool| assert_share(what, &people, range, has);
    share("children up to 16", 14.0..24.0, &|p| age(p) <= 16);
    share("elders from 60", 15.0..24.0, &|p| age(p) >= 60);
    share("men", 48.0..54.0, &|p| p.sex == yimatong_model::person::Sex::Male);
    share("foreigners", 0.4..0.8, &|p| p.nationality != Nationality::CHN);
    let kind = |p: &SyntheticPerson| p.document.kind();
    share("Hong Kong, Macao, Taiwan", 0.1..0.4, &|p| {
        matches!(kind(p), DocumentKind::HkMacaoPermit | DocumentKind::TaiwanPermit)
    });
    share("permanent residents", 0.01..0.2, &|p| kind(p) == DocumentKind::ForeignPermanentResidentCard);
    share("local numbers", 65.0..85.0, &|p| p.document.number().starts_with("6101"));
    share("retired divisions", 5.0..45.0, &|p| !p.document.notes().is_empty());
    share("elders without phone", 1.2..3.0, &|p| p.phone.is_none() && age(p) >= 60);
    share("vaccinated", 75.0..95.0, &|p| p.vaccination.is_some());
    share("with a reason", 0.2..0.4, &|p| !p.reasons.is_empty());
    share("without a result", 5.0..12.0, &|p| p.results.is_empty());
    share("tested in the last 48 h", 65.0..85.0, &|p| {
        p.results.first().is_some_and(|r| badge(r, ClockReference::Sampled, as_of()) <= Badge::Within48h)
    });
}

#[test]
fn everybody_from_12_to_59_has_a_phone_and_no_younger_child_has() {
    for person in people(610_100, 3) {
        match age(&person) {
            ..12 => assert_eq!(person.phone, None),
            12..60 => assert!(person.phone.is_some()),
            60.. => {}
        }
    }
}

#[test]
fn households_stay_together_and_children_live_with_adults() {
    let mut households: BTreeMap<u64, Vec<SyntheticPerson>> = BTreeMap::new();
    let mut last = 0;
    for person in people(410_100, 42) {
        assert!(person.household.get() >= last, "the members of a household follow each other");
        last = person.household.get();
        households.entry(last).or_default().push(person);
    }
    let average = f64::from(PEOPLE) / households.len() as f64;
    assert!((2.3..2.9).contains(&average), "{average:.2} people per household");
    for members in households.values() {
        assert!(members.len() <= 6);
        assert!(members.iter().any(|person| age(person) >= 20), "{members:?}");
        assert!(members.iter().all(|p| (p.community, p.group) == (members[0].community, members[0].group)));
    }
    let elders_with_adults = households.values().filter(|members| members.iter().any(|p| age(p) >= 60));
    let with_adults =
        elders_with_adults.clone().filter(|members| members.iter().any(|p| (18..60).contains(&age(p))));
    assert!(with_adults.count() * 100 / elders_with_adults.count() >= 50);
}

#[test]
fn communities_and_groups_have_their_people() {
    let city = SyntheticCity::new(610_100, PEOPLE, 42).unwrap();
    let communities: Vec<_> = city.communities().collect();
    assert_eq!(communities.len(), 20);
    let mut count: BTreeMap<_, BTreeMap<u16, u32>> = BTreeMap::new();
    for person in city.people(as_of()) {
        *count.entry(person.community).or_default().entry(person.group).or_default() += 1;
    }
    for community in communities {
        let groups = &count[&community.id];
        assert_eq!(groups.values().sum::<u32>(), 3_000);
        assert!(groups.keys().copied().eq(1..=community.groups), "{groups:?}");
        assert!(groups.values().all(|people| (290..=310).contains(people)), "{groups:?}");
        assert!(
            city.city()
                .street(community.street)
                .is_some_and(|street| community.name.starts_with(street.name))
        );
    }
}

#[test]
fn results_are_reported_in_the_past_and_positives_belong_to_their_reasons() {
    let rules = RulePack::default();
    let institutions = SyntheticCity::new(610_100, PEOPLE, 42).unwrap().institutions().len();
    let mut colours = BTreeSet::new();
    for person in people(610_100, 42) {
        assert!(person.results.len() <= 2 && person.reasons.len() <= 1);
        assert!(person.results.windows(2).all(|pair| pair[0].sampled > pair[1].sampled));
        for result in &person.results {
            assert!(result.sampled < result.received && result.received < result.reported);
            assert!(result.reported <= as_of());
            assert!((1..=institutions).contains(&usize::from(result.institution)));
            assert!(result.outcome == Outcome::Negative || person.reasons.len() == 1);
        }
        for reason in &person.reasons {
            assert!(rules.released_at(reason, &person.results).is_none_or(|released| released > as_of()));
        }
        let decision = rules.decide(&person.reasons, as_of());
        assert_eq!(decision.active.len(), person.reasons.len());
        colours.insert(decision.colour);
    }
    assert_eq!(colours.into_iter().collect::<Vec<_>>(), Colour::ALL);
}

#[test]
fn venues_have_every_type_unique_names_and_real_districts() {
    for people in [1, 5_000, PEOPLE] {
        let city = SyntheticCity::new(410_100, people, 42).unwrap();
        let venues: Vec<_> = city.venues().collect();
        assert_eq!(venues.len(), (people as usize / 100).max(20));
        let types: BTreeSet<_> = venues.iter().map(|venue| venue.venue_type).collect();
        for kind in ["school", "hospital", "market", "office", "gate", "metro", "restaurant"] {
            assert!(types.contains(kind), "{kind}");
        }
        let names: BTreeSet<_> = venues.iter().map(|venue| &venue.name).collect();
        assert_eq!(names.len(), venues.len());
        assert!(venues.iter().all(|venue| city.city().district(venue.district).is_some()));
    }
}

#[test]
fn a_city_of_any_size_has_exactly_its_people() {
    for size in [1, 2, 7, 2_999, 3_001, 10_007] {
        let city = SyntheticCity::new(610_100, size, 5).unwrap();
        let mut stream = city.people(as_of());
        assert_eq!(stream.len(), size as usize);
        assert_eq!(stream.by_ref().count(), size as usize);
        assert_eq!(stream.len(), 0);
    }
}

#[test]
fn a_city_without_data_and_an_impossible_size_are_refused() {
    assert_eq!(SyntheticCity::new(110_000, 5, 1).unwrap_err(), SyntheticError::UnknownCity(110_000));
    assert_eq!(SyntheticCity::new(610_100, 0, 1).unwrap_err(), SyntheticError::People(0));
    assert_eq!(SyntheticCity::new(610_100, u32::MAX, 1).unwrap_err(), SyntheticError::People(u32::MAX));
}

#[test]
fn the_same_people_live_in_the_city_at_another_instant() {
    let city = SyntheticCity::new(610_100, 2_000, 5).unwrap();
    let later: Timestamp = "2026-11-23T12:00:00+08:00".parse().unwrap();
    let who = |at: Timestamp, today| {
        city.people(at)
            .map(|p| (p.name, p.phone, p.household, age_years(p.birth_date, today)))
            .collect::<Vec<_>>()
    };
    // Compared without assert_eq, which would print all of them.
    assert!(who(as_of(), TODAY) == who(later, date(2026, 11, 23)));
}
