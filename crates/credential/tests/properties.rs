//! Properties that hold for every input.

use std::sync::Arc;

use proptest::prelude::*;
use ring::rand::SystemRandom;
use yimatong_credential::dcc::TrustList;
use yimatong_credential::{
    Claims, Colour, Gate, KeySet, Kind, LIST_ENTRIES, ListPermutation, Outcome, Signer, SoftwareKey, Status,
    StatusListBits, StatusListClaims, StatusLists, StatusReference, Test, TestOutcome, Vaccine, VenueRule,
    credential_to_text, issue, list_of, permute, present, verify, verify_status_list,
};

#[allow(clippy::disallowed_methods, reason = "the properties hold for every key")]
fn key() -> SoftwareKey {
    SoftwareKey::generate(Arc::new(SystemRandom::new())).expect("randomness").0
}

fn test() -> impl Strategy<Value = Test> {
    use TestOutcome::{Indeterminate, Invalid, Negative, Positive};
    let outcome = prop::sample::select(vec![Negative, Positive, Indeterminate, Invalid]);
    (any::<u32>(), any::<u32>(), outcome, ".{0,9}").prop_map(|(sampled, reported, outcome, institution)| {
        Test { sampled_s: sampled.into(), reported_s: reported.into(), outcome, institution }
    })
}

prop_compose! {
    fn claims()(
        issuer in "[0-9]{6}",
        subject: [u8; 16],
        issued_at_s in 0i64..4_000_000_000,
        life_s in 1i64..700_000,
        index: u32,
        kind in prop::sample::select(vec![Kind::Device, Kind::Relative, Kind::Paper]),
        colour in prop::sample::select(vec![Colour::Green, Colour::Yellow, Colour::Red]),
        name in ".{0,6}",
        document_tail in "[0-9X]{4}",
        test in prop::option::of(test()),
        vaccine in prop::option::of((any::<u8>(), any::<i32>())),
        flags: u32,
    ) -> Claims {
        Claims {
            issuer, subject, issued_at_s, expires_at_s: issued_at_s + life_s,
            device_key: None,
            status: StatusReference { index, uri: "https://xian.example/v1/status-lists/3".into() },
            kind, colour, name, document_tail, test,
            vaccine: vaccine.map(|(doses, last_day)| Vaccine { doses, last_day }),
            flags,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_issued_is_what_the_gate_shows(claims in claims(), age_s in 0i64..60) {
        let (city, phone) = (key(), key());
        let device_key = (claims.kind != Kind::Paper).then(|| phone.public_key());
        let claims = Claims { device_key, ..claims };
        let credential = issue(&claims, &city).unwrap();
        let now_s = claims.issued_at_s;
        let shown = match claims.kind {
            Kind::Paper => credential,
            _ => present(&credential, now_s - age_s, &phone).unwrap(),
        };
        let keys = KeySet::new([city.public_key()]);
        let text = credential_to_text(&shown);
        let verdict = verify(&text, &keys, &StatusLists::default(), &VenueRule::default(), now_s);
        prop_assert_eq!(verdict.outcome == Outcome::Allow, claims.colour == Colour::Green);
        prop_assert_eq!(verdict.colour, Some(claims.colour));
        prop_assert_eq!(verdict.name, Some(claims.name));
        prop_assert_eq!(verdict.document_tail, Some(claims.document_tail));
        prop_assert_eq!(verdict.issuer, Some(claims.issuer));
        prop_assert_eq!(verdict.test.map(|test| (test.sampled, test.outcome)),
            claims.test.map(|test| (test.sampled_s, test.outcome)));
        prop_assert_eq!(verdict.vaccine.map(|it| it.doses), claims.vaccine.map(|it| it.doses));
    }

    #[test]
    fn one_changed_byte_is_never_allowed(claims in claims(), at: prop::sample::Index, change in 1u8..) {
        let city = key();
        let claims = Claims { kind: Kind::Paper, colour: Colour::Green, ..claims };
        let mut credential = issue(&claims, &city).unwrap();
        let at = at.index(credential.len());
        credential[at] ^= change;
        let keys = KeySet::new([city.public_key()]);
        let lists = StatusLists::default();
        let text = credential_to_text(&credential);
        let verdict = verify(&text, &keys, &lists, &VenueRule::default(), claims.issued_at_s);
        prop_assert_ne!(verdict.outcome, Outcome::Allow);
        prop_assert_eq!(verdict.name, None);
    }

    #[test]
    fn any_text_gets_a_verdict_with_sorted_reasons(text in ".{0,300}", prefix in "(YMT1:|HC1:|)", now_s: i64) {
        let (keys, status_lists, trust, rule) = Default::default();
        let gate = Gate { keys: &keys, status_lists: &status_lists, trust: &trust, rule: &rule };
        let _: &TrustList = gate.trust;
        let verdict = gate.verify(&format!("{prefix}{text}"), now_s);
        prop_assert_ne!(verdict.outcome, Outcome::Allow);
        prop_assert!(verdict.reasons.is_sorted() && !verdict.reasons.is_empty());
    }

    #[test]
    fn a_list_gives_back_what_was_set(changes in prop::collection::vec((0..LIST_ENTRIES, 0u8..4), 0..40)) {
        let city = key();
        let mut bits = StatusListBits::new();
        let status = |value| [Status::Green, Status::Void, Status::Yellow, Status::Red][value as usize];
        let mut last = std::collections::BTreeMap::new();
        for (index, value) in changes {
            prop_assert!(bits.set(index, status(value)));
            last.insert(index, status(value));
        }
        let claims = StatusListClaims {
            uri: "u".into(), issued_at_s: 1, expires_at_s: None, ttl_s: Some(300),
        };
        let token = claims.sign(&bits, &city).unwrap();
        let list = verify_status_list(&token, &KeySet::new([city.public_key()])).unwrap();
        prop_assert_eq!(list.claims(), &claims);
        for (index, status) in last {
            prop_assert_eq!(list.get(index), Some(status));
        }
        prop_assert_eq!(list.get(LIST_ENTRIES), None);
    }

    #[test]
    fn a_permutation_and_its_table_agree(key: [u8; 32], list: u32, slot in 0..LIST_ENTRIES) {
        let index = permute(slot, &key, list);
        prop_assert!(index < LIST_ENTRIES);
        prop_assert_eq!(permute(slot | 5 << 20, &key, list), index, "only the lower 20 bits count");
        prop_assert_eq!(list_of(slot | 5 << 20), 5);
    }
}

#[test]
fn the_permutation_of_a_whole_list_is_a_bijection() {
    for (key, list) in [([0; 32], 0), ([7; 32], 12)] {
        let table = ListPermutation::new(&key, list);
        let mut seen = vec![false; LIST_ENTRIES as usize];
        for slot in 0..LIST_ENTRIES {
            let index = table.index(slot) as usize;
            assert!(!std::mem::replace(&mut seen[index], true), "{index} twice");
        }
        for slot in [0, 1, 2, 4095, 1_048_575] {
            assert_eq!(table.index(slot), permute(slot, &key, list));
        }
        let neighbours = (0..1000).filter(|slot| table.index(*slot).abs_diff(table.index(slot + 1)) < 1000);
        assert!(neighbours.count() < 20, "neighbours stay together");
    }
}

#[test]
fn a_key_survives_pkcs8_and_jwks() {
    #[allow(clippy::disallowed_methods, reason = "the property holds for every key")]
    let rng = Arc::new(SystemRandom::new());
    let (key, der) = SoftwareKey::generate(rng.clone()).unwrap();
    let again = SoftwareKey::from_pkcs8(&der, rng).unwrap();
    assert_eq!(key.public_key(), again.public_key());
    let set = KeySet::new([key.public_key()]);
    let read = KeySet::from_jwks(&set.to_jwks()).unwrap();
    assert_eq!(read.find(&key.kid()).map(|(_, key)| *key), Some(key.public_key()));
}

#[test]
fn a_broken_jwk_is_refused_with_the_member_at_fault() {
    let good = KeySet::new([key().public_key()]).to_jwks();
    let mut value: serde_json::Value = serde_json::from_str(&good).unwrap();
    let mut refused = |member: &str, with: &str| {
        let kept = std::mem::replace(&mut value["keys"][0][member], with.into());
        let error = KeySet::from_jwks(&value.to_string()).unwrap_err().to_string();
        value["keys"][0][member] = kept;
        error
    };
    assert!(refused("x", "AAAA").starts_with("keys[0].x: is not 32 bytes"));
    assert!(refused("y", "!").starts_with("keys[0].y: is not base64url"));
    let elsewhere = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert!(refused("y", elsewhere).contains("not a point on the curve P-256"));
    assert!(refused("kid", "AAAAAAAAAAA").starts_with("keys[0].kid: is not the base64url"));
    assert_eq!(KeySet::from_jwks(&good.replace("P-256", "SM2")).unwrap().len(), 0);
    assert!(KeySet::from_jwks("{}").unwrap_err().to_string().contains("keys"));
}
