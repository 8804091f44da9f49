//! Cases about the colour: status lists against the credential's own colour.

use yimatong_credential::{
    Claims, Colour, Outcome, Reason, Signer, Status, StatusListBits, StatusListClaims, VenueRule, YellowRule,
    credential_to_text,
};

use crate::case::{Case, NOW_S};
use crate::city::{City, URI};

const DAY_S: i64 = 86_400;
const OTHER_CITY: &str = "https://zhengzhou.example/v1/status-lists/0";
const OTHER_NUMBER: &str = "https://xian.example/v1/status-lists/1";

pub(crate) fn cases(city: &City) -> Vec<Case> {
    [colours(city), lists(city), missing(city)].concat()
}

fn colours(city: &City) -> Vec<Case> {
    let by_hand = VenueRule { yellow: YellowRule::CheckByHand, ..VenueRule::default() };
    let listed = |name, status| city.case(name).lists(vec![city.list(status)]);
    let coloured = |name, colour, status| {
        let text = city.show(&Claims { colour, ..city.claims() }, 5);
        city.shown(name, text).lists(vec![city.list(status)])
    };
    vec![
        listed("a replaced credential is void", Status::Void).refused(&[Reason::Void]),
        listed("yellow in the list beats green in the credential", Status::Yellow)
            .refused(&[Reason::ColourYellow]),
        listed("yellow is checked by hand where the venue says so", Status::Yellow)
            .rule(by_hand)
            .by_hand(&[Reason::ColourYellow]),
        listed("red in the list beats green in the credential", Status::Red).refused(&[Reason::ColourRed]),
        coloured("green in the list beats red in the credential", Colour::Red, Status::Green),
        coloured("green in the list beats yellow in the credential", Colour::Yellow, Status::Green),
    ]
}

fn lists(city: &City) -> Vec<Case> {
    let at = |status, age_s| city.list_at(URI, status, NOW_S - age_s);
    let held = |name, lists| city.case(name).lists(lists);
    let strict = VenueRule { max_status_age_s: 599, ..VenueRule::default() };
    let far = Claims {
        status: yimatong_credential::StatusReference { index: 4096, uri: URI.into() },
        ..city.claims()
    };
    vec![
        held("a list of exactly 24 h is fresh", vec![at(Status::Green, DAY_S)]),
        held("a list older than 24 h is stale", vec![at(Status::Green, DAY_S + 1)])
            .by_hand(&[Reason::StatusListStale]),
        held("a list past its own expiry is stale", vec![at(Status::Green, 3 * DAY_S)])
            .rule(VenueRule { max_status_age_s: 30 * DAY_S, ..VenueRule::default() })
            .by_hand(&[Reason::StatusListStale]),
        held("a list from the future is not relied upon", vec![at(Status::Green, -31)])
            .by_hand(&[Reason::StatusListStale]),
        held("red in a stale list is still refused", vec![at(Status::Red, DAY_S + 1)])
            .refused(&[Reason::ColourRed, Reason::StatusListStale]),
        held("a venue may ask for a fresher list", vec![at(Status::Green, 600)])
            .rule(strict)
            .by_hand(&[Reason::StatusListStale]),
        held(
            "an older copy of the list can't undo a revocation",
            vec![at(Status::Void, 60), at(Status::Green, 600)],
        )
        .refused(&[Reason::Void]),
        city.shown("an index beyond the list is refused", city.show(&far, 5)).refused(&[Reason::Malformed]),
    ]
}

fn missing(city: &City) -> Vec<Case> {
    let other_city = city.list_at(OTHER_CITY, Status::Green, NOW_S - 600);
    let other_number = city.list_at(OTHER_NUMBER, Status::Green, NOW_S - 600);
    let mut altered = city.list(Status::Green);
    *altered.last_mut().expect("a token has bytes") ^= 1;
    let yellow = Claims { colour: Colour::Yellow, ..city.claims() };
    let aged = |age_s| {
        let claims = Claims { issued_at_s: NOW_S - age_s, ..city.paper() };
        credential_to_text(&city.issue(&claims))
    };
    let without = |name, text| city.shown(name, text).lists(Vec::new());
    vec![
        without("without a list the credential's green counts", city.show(&city.claims(), 5))
            .allowed(&[Reason::StatusListMissing]),
        without("without a list the credential's yellow counts", city.show(&yellow, 5))
            .refused(&[Reason::ColourYellow, Reason::StatusListMissing]),
        without("without a list paper of 24 h is allowed", aged(DAY_S))
            .allowed(&[Reason::StatusListMissing, Reason::CheckDocument]),
        without("without a list older paper is checked by hand", aged(DAY_S + 1))
            .by_hand(&[Reason::StatusListMissing, Reason::CheckDocument]),
        city.case("the status list of another city is told")
            .lists(vec![other_city])
            .by_hand(&[Reason::StatusListWrongCity]),
        city.case("another list of the same city does not help")
            .lists(vec![other_number])
            .allowed(&[Reason::StatusListMissing]),
        city.case("a forged list is no list").lists(vec![altered]).allowed(&[Reason::StatusListMissing]),
        city.case("a list by an unknown key is no list")
            .lists(vec![foreign_list(city)])
            .allowed(&[Reason::StatusListMissing]),
        Case { outcome: Outcome::Allow, ..city.case("the right list among others is found") }
            .lists(vec![city.list_at(OTHER_NUMBER, Status::Red, NOW_S - 600), city.list(Status::Green)]),
    ]
}

fn foreign_list(city: &City) -> Vec<u8> {
    let claims =
        StatusListClaims { uri: URI.into(), issued_at_s: NOW_S - 600, expires_at_s: None, ttl_s: None };
    let signer: &dyn Signer = &city.other_issuer;
    let bits = StatusListBits::from_bytes(vec![0xff; 16]).expect("a short list");
    claims.sign(&bits, signer).expect("test keys sign")
}
