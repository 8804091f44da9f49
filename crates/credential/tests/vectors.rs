//! The shared vectors (`testdata/credential/`): each must give its full verdict, and all of them must run.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use yimatong_credential::dcc::TrustList;
use yimatong_credential::{Gate, KeySet, StatusListBits, StatusLists, VenueRule, verify_status_list};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../testdata/credential/vectors.json"))
        .expect("the vectors are JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("an array")
}

fn base64url(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("a text")).expect("base64url")
}

fn hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().expect("a text").as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).expect("ASCII"), 16);
    digits.chunks(2).map(|pair| byte(pair).expect("hex")).collect()
}

fn key_set(case: &Value) -> KeySet {
    let mut keys = KeySet::from_jwks(&case["jwks"].to_string()).expect("a JWK Set");
    if let Some(at_s) = case["keysObtainedAt"].as_i64() {
        keys = keys.with_obtained_at_s(at_s);
    }
    match case["expectedIssuer"].as_str() {
        Some(issuer) => keys.with_expected_issuer(issuer),
        None => keys,
    }
}

fn verdict(case: &Value) -> Value {
    let keys = key_set(case);
    let tokens = list(&case["statusLists"]).iter().map(base64url);
    let status_lists: StatusLists =
        tokens.filter_map(|token| verify_status_list(&token, &keys).ok()).collect();
    let certificate = |value: &Value| STANDARD.decode(value.as_str().expect("a text"));
    let certificates = list(&case["trust"]).iter().map(|value| certificate(value).expect("base64"));
    let trust = TrustList::from_certificates(certificates).expect("certificates");
    let rule: VenueRule = serde_json::from_value(case["rule"].clone()).expect("a rule");
    let gate = Gate { keys: &keys, status_lists: &status_lists, trust: &trust, rule: &rule };
    let text = case["text"].as_str().expect("a text");
    let verdict = gate.verify(text, case["now"].as_i64().expect("seconds"));
    serde_json::to_value(verdict).expect("a verdict has a JSON form")
}

#[test]
fn every_case_gives_its_full_verdict() {
    let vectors = vectors();
    let cases = list(&vectors["cases"]);
    for case in cases {
        assert_eq!(verdict(case), case["expected"], "{}", case["name"]);
    }
    assert_eq!(cases.len(), 120, "how many ran");
}

#[test]
fn every_reason_and_outcome_occurs_in_the_cases() {
    let vectors = vectors();
    let all = |member: &str| -> std::collections::BTreeSet<String> {
        let cases = list(&vectors["cases"]).iter();
        let values = cases.flat_map(|case| match &case["expected"][member] {
            Value::Array(values) => values.clone(),
            value => vec![value.clone()],
        });
        values.map(|value| value.to_string()).collect()
    };
    assert_eq!(all("reasons").len(), 24);
    assert_eq!(all("outcome").len(), 3);
    assert_eq!(all("kind").len(), 5, "four kinds and null");
}

#[test]
fn every_status_list_token_is_judged() {
    let vectors = vectors();
    let tokens = list(&vectors["statusListTokens"]);
    for token in tokens {
        let found = verify_status_list(&base64url(&token["token"]), &key_set(token));
        let expected = &token["expected"];
        match found {
            Err(error) => assert_eq!(expected["error"], format!("{error:?}"), "{}", token["name"]),
            Ok(found) => {
                assert_eq!(expected["uri"], found.claims().uri, "{}", token["name"]);
                assert_eq!(expected["issuedAt"], found.claims().issued_at_s);
                assert_eq!(expected["expiresAt"].as_i64(), found.claims().expires_at_s);
                assert_eq!(expected["ttl"].as_i64(), found.claims().ttl_s);
                assert_eq!(expected["entries"], found.bits().len());
                for (index, value) in list(&expected["values"]).iter().enumerate() {
                    assert_eq!(*value, found.get(index as u32).map(|status| status as u8).unwrap());
                }
            }
        }
    }
    assert_eq!(tokens.len(), 10, "how many ran");
}

#[test]
fn the_drafts_two_bit_example_is_read_and_written() {
    let vectors = vectors();
    let examples = list(&vectors["statusListBits"]);
    for example in examples {
        let (bytes, zlib) = (hex(&example["bytes"]), hex(&example["zlib"]));
        let read = StatusListBits::from_zlib(&zlib).unwrap();
        assert_eq!(read.as_bytes(), bytes);
        let mut built = StatusListBits::from_bytes(vec![0; bytes.len()]).unwrap();
        for (index, value) in list(&example["values"]).iter().enumerate() {
            let status = read.get(index as u32).unwrap();
            assert_eq!(*value, status as u8);
            assert!(built.set(index as u32, status));
        }
        assert_eq!(built, read);
        assert_eq!(StatusListBits::from_zlib(&built.to_zlib()).unwrap(), read);
    }
    assert_eq!(examples.len(), 1, "how many ran");
}
