//! Cases about showing: freshness, device proof, kinds, validity, tests.

use yimatong_credential::{
    Claims, Colour, Kind, Reason, Signer, Test, TestOutcome, TestReference, VenueRule, credential_to_text,
    present,
};

use crate::case::{Case, NOW_S};
use crate::city::City;

const HOUR_S: i64 = 3600;

pub(crate) fn cases(city: &City) -> Vec<Case> {
    [freshness(city), proof(city), validity(city), tests(city)].concat()
}

fn freshness(city: &City) -> Vec<Case> {
    let shown = |name, age_s| city.shown(name, city.show(&city.claims(), age_s));
    vec![
        city.case("a green phone is allowed"),
        shown("a code shown 60 s ago is still accepted", 60),
        shown("a code shown 61 s ago is stale", 61).refused(&[Reason::StalePresentation]),
        shown("a screenshot 90 s old is refused", 90).refused(&[Reason::StalePresentation]),
        shown("a phone 30 s ahead is accepted", -30),
        shown("a phone 31 s ahead is refused", -31).refused(&[Reason::ClockSkew]),
    ]
}

fn proof(city: &City) -> Vec<Case> {
    let credential = city.issue(&city.claims());
    let forged = present(&credential, NOW_S, &city.other_phone).expect("test keys sign");
    let paper = city.issue(&city.paper());
    let shown_paper = present(&paper, NOW_S, &city.phone).expect("test keys sign");
    let relative = Claims { kind: Kind::Relative, name: "王*".into(), ..city.claims() };
    vec![
        city.shown("a credential copied to another phone is refused", credential_to_text(&forged))
            .refused(&[Reason::BadDeviceProof]),
        city.shown("a phone's credential without its proof is refused", credential_to_text(&credential))
            .refused(&[Reason::PresentationMissing]),
        city.shown("a relative's phone asks for the document", city.show(&relative, 5))
            .allowed(&[Reason::CheckDocument]),
        city.shown("paper asks for the document", credential_to_text(&paper))
            .allowed(&[Reason::CheckDocument]),
        city.shown("paper shown as if by a phone is refused", credential_to_text(&shown_paper))
            .refused(&[Reason::BadDeviceProof, Reason::CheckDocument]),
    ]
}

fn validity(city: &City) -> Vec<Case> {
    let shown = |name, claims: &Claims| city.shown(name, city.show(claims, 5));
    let from_to =
        |from_s, to_s| Claims { issued_at_s: NOW_S + from_s, expires_at_s: NOW_S + to_s, ..city.claims() };
    let mut aged = city.case("the age of the keys is told");
    aged.keys_obtained_at_s = Some(NOW_S - 7200);
    let mut own = city.case("the expected issuer is allowed");
    own.expected_issuer = Some("610100");
    let mut wrong = city.case("another city's credential is refused where one city is expected");
    wrong.expected_issuer = Some("410100");
    let mut unknown = city.case("a key that is not in the set is checked by hand");
    unknown.keys = vec![city.other_issuer.public_key()];
    let mut rotated = city.case("during a rotation both keys are in the set");
    rotated.keys = vec![city.other_issuer.public_key(), city.issuer.public_key()];
    let mut late = shown("an expired screenshot names both reasons", &from_to(-90_000, -3600));
    late.text = city.show(&from_to(-90_000, -3600), 600);
    vec![
        aged,
        own,
        wrong.refused(&[Reason::WrongIssuer]),
        unknown.by_hand(&[Reason::UnknownKey]),
        rotated,
        shown("an expired credential is refused", &from_to(-90_000, -3600)).refused(&[Reason::Expired]),
        shown("the second of expiry is too late", &from_to(-86_400, 0)).refused(&[Reason::Expired]),
        shown("the second before expiry is in time", &from_to(-86_399, 1)),
        shown("a credential issued 30 s ahead is accepted", &from_to(30, 86_400)),
        shown("a credential issued 31 s ahead is refused", &from_to(31, 86_400))
            .refused(&[Reason::NotYetValid]),
        late.refused(&[Reason::Expired, Reason::StalePresentation]),
    ]
}

fn tests(city: &City) -> Vec<Case> {
    let within = |hours| VenueRule { require_negative_within_h: Some(hours), ..VenueRule::default() };
    let reported = VenueRule { test_reference: TestReference::Reported, ..within(48) };
    let tested = |name, sampled_h: i64, outcome| {
        let test = Test {
            sampled_s: NOW_S - sampled_h * HOUR_S,
            reported_s: NOW_S - (sampled_h - 10) * HOUR_S,
            outcome,
            institution: "西安市中心医院".into(),
        };
        let claims = Claims { test: Some(test), ..city.claims() };
        city.shown(name, city.show(&claims, 5)).rule(within(48))
    };
    let untested = Claims { test: None, vaccine: None, ..city.claims() };
    let red = Claims { colour: Colour::Red, ..untested.clone() };
    use TestOutcome::{Indeterminate, Negative, Positive};
    vec![
        tested("a negative test of 20 h passes a 48 h rule", 20, Negative),
        tested("a negative test of exactly 48 h passes", 48, Negative),
        tested("a negative test of 49 h is too old", 49, Negative).refused(&[Reason::TestTooOld]),
        tested("the same test counts where the report's time counts", 49, Negative).rule(reported),
        tested("a positive test is refused where one is asked for", 20, Positive)
            .refused(&[Reason::TestPositive]),
        tested("an indeterminate test is no negative one", 20, Indeterminate).refused(&[Reason::TestMissing]),
        city.shown("no test is refused where one is asked for", city.show(&untested, 5))
            .rule(within(72))
            .refused(&[Reason::TestMissing]),
        city.shown("no test is no matter where none is asked for", city.show(&untested, 5)),
        city.shown("two reasons are told, the more severe first", city.show(&red, 5))
            .lists(Vec::new())
            .rule(within(24))
            .refused(&[Reason::ColourRed, Reason::TestMissing, Reason::StatusListMissing]),
    ]
}
