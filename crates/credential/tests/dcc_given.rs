//! The EU's public test certificates (`shared/dcc`), judged against the independent reference there.

use std::path::Path;

use serde_json::Value;
use yimatong_credential::dcc::TrustList;
use yimatong_credential::{Gate, KeySet, Outcome, Reason, StatusLists, VenueRule, VerdictKind};

#[test]
fn every_given_eu_certificate_is_judged_as_by_the_reference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/dcc/given.jsonl");
    let Ok(lines) = std::fs::read_to_string(&path) else {
        println!("skipped: shared data not there ({})", path.display());
        return;
    };
    let (mut accepted, mut rejected, mut disagreements) = (0, 0, Vec::new());
    for line in lines.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let reference = &case["reference"];
        let (reasons, allow) = judge(&case);
        let expected = reference["accept"].as_bool().unwrap();
        *(if expected { &mut accepted } else { &mut rejected }) += 1;
        let wanted = reference["reject_at"].as_str().map_or(&[][..], reasons_for);
        let agrees = allow == expected && (expected || wanted.iter().any(|r| reasons.contains(r)));
        if !agrees {
            disagreements.push(format!("{} {} {reasons:?}", case["id"], reference["reject_at"]));
        }
    }
    assert_eq!(disagreements, Vec::<String>::new());
    assert_eq!((accepted, rejected), (122, 18), "how many ran");
}

/// Our reasons for each step at which the reference rejects.
fn reasons_for(step: &str) -> &'static [Reason] {
    match step {
        "prefix" => &[Reason::Unsupported],
        "base45" | "zlib" | "content" => &[Reason::Malformed],
        "kid" => &[Reason::UnknownKey],
        "signature" => &[Reason::BadSignature],
        "time" => &[Reason::Expired, Reason::NotYetValid],
        "key_usage" => &[Reason::WrongKeyUsage],
        _ => &[],
    }
}

fn judge(case: &Value) -> (Vec<Reason>, bool) {
    let text = |name: &str| case[name].as_str().expect("a text");
    let trust = TrustList::from_certificates([text("certificate")]).expect("a certificate");
    let gate = Gate {
        keys: &KeySet::default(),
        status_lists: &StatusLists::default(),
        trust: &trust,
        rule: &VenueRule::default(),
    };
    let now_s = case["clock_unix"].as_i64().expect("seconds");
    let verdict = gate.verify(text("prefix"), now_s);
    let allow = verdict.outcome == Outcome::Allow;
    if allow {
        assert_eq!(verdict.kind, Some(VerdictKind::Dcc), "{}", case["id"]);
        assert_eq!(verdict.test.is_some(), case["reference"]["kind"] == "test", "{}", case["id"]);
    }
    (verdict.reasons, allow)
}
