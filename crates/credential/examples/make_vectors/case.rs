//! One vector: what a gate has, what it is shown, and what it must answer.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use yimatong_credential::dcc::TrustList;
use yimatong_credential::{
    Gate, KeySet, Outcome, PublicKey, Reason, StatusLists, VenueRule, verify_status_list,
};

/// Everything a gate has, and the time. Wednesday 2022-01-05, 08:00 in Zhengzhou and Xi'an.
pub(crate) const NOW_S: i64 = 1_641_340_800;

/// A case before its verdict is computed. `outcome` and `reasons` are written by hand in the list of cases; the
/// rest of the expected verdict comes from the crate and is reviewed in the diff.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) keys: Vec<PublicKey>,
    pub(crate) keys_obtained_at_s: Option<i64>,
    pub(crate) expected_issuer: Option<&'static str>,
    pub(crate) status_lists: Vec<Vec<u8>>,
    pub(crate) trust: Vec<Vec<u8>>,
    pub(crate) rule: VenueRule,
    pub(crate) now_s: i64,
    pub(crate) outcome: Outcome,
    pub(crate) reasons: Vec<Reason>,
}

impl Case {
    /// The case as JSON, with the crate's verdict; panics if that is not what the case says.
    pub(crate) fn to_json(&self) -> Value {
        let mut keys = KeySet::new(self.keys.iter().copied());
        if let Some(issuer) = self.expected_issuer {
            keys = keys.with_expected_issuer(issuer);
        }
        if let Some(at_s) = self.keys_obtained_at_s {
            keys = keys.with_obtained_at_s(at_s);
        }
        let status_lists: StatusLists =
            self.status_lists.iter().filter_map(|token| verify_status_list(token, &keys).ok()).collect();
        let trust = TrustList::from_certificates(&self.trust).expect("our own certificates");
        let gate = Gate { keys: &keys, status_lists: &status_lists, trust: &trust, rule: &self.rule };
        let verdict = gate.verify(&self.text, self.now_s);
        assert_eq!((verdict.outcome, &verdict.reasons), (self.outcome, &self.reasons), "{}", self.name);
        let jwks: Value = serde_json::from_str(&keys.to_jwks()).expect("our own JWKS");
        json!({
            "name": self.name,
            "text": self.text,
            "jwks": jwks,
            "keysObtainedAt": self.keys_obtained_at_s,
            "expectedIssuer": self.expected_issuer,
            "statusLists": self.status_lists.iter().map(|t| URL_SAFE_NO_PAD.encode(t)).collect::<Vec<_>>(),
            "trust": self.trust.iter().map(|c| STANDARD.encode(c)).collect::<Vec<_>>(),
            "rule": self.rule,
            "now": self.now_s,
            "expected": verdict,
        })
    }
}
