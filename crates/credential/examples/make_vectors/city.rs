//! A small city with two phones, and the cases built from it by changing one thing at a time.

use yimatong_credential::{
    Claims, Colour, Kind, Outcome, Reason, Signer, Status, StatusListBits, StatusListClaims, StatusReference,
    Test, TestOutcome, Vaccine, VenueRule, credential_to_text, issue, present,
};

use crate::case::{Case, NOW_S};
use crate::keys::TestKey;

const HOUR_S: i64 = 3600;
/// List 0 of Xi'an; index 7 is the person of most cases.
pub(crate) const URI: &str = "https://xian.example/v1/status-lists/0";
const INDEX: u32 = 7;

pub(crate) struct City {
    pub(crate) issuer: TestKey,
    pub(crate) other_issuer: TestKey,
    pub(crate) phone: TestKey,
    pub(crate) other_phone: TestKey,
}

impl City {
    pub(crate) fn new() -> Self {
        Self {
            issuer: TestKey::new("city 610100"),
            other_issuer: TestKey::new("city 410100"),
            phone: TestKey::new("phone"),
            other_phone: TestKey::new("other phone"),
        }
    }

    /// Claims of a green person with a negative test 20 h ago, issued an hour ago for a day.
    pub(crate) fn claims(&self) -> Claims {
        Claims {
            issuer: "610100".into(),
            subject: *b"subject 00000001",
            issued_at_s: NOW_S - HOUR_S,
            expires_at_s: NOW_S + 23 * HOUR_S,
            device_key: Some(self.phone.public_key()),
            status: StatusReference { index: INDEX, uri: URI.into() },
            kind: Kind::Device,
            colour: Colour::Green,
            name: "张*三".into(),
            document_tail: "002X".into(),
            test: Some(Test {
                sampled_s: NOW_S - 20 * HOUR_S,
                reported_s: NOW_S - 12 * HOUR_S,
                outcome: TestOutcome::Negative,
                institution: "西安市中心医院".into(),
            }),
            vaccine: Some(Vaccine { doses: 3, last_day: 18_960 }),
            flags: 0,
        }
    }

    pub(crate) fn paper(&self) -> Claims {
        Claims {
            device_key: None,
            kind: Kind::Paper,
            expires_at_s: NOW_S + 6 * 24 * HOUR_S,
            test: None,
            ..self.claims()
        }
    }

    pub(crate) fn issue(&self, claims: &Claims) -> Vec<u8> {
        issue(claims, &self.issuer).expect("test keys sign")
    }

    /// The text a phone shows `age_s` before now.
    pub(crate) fn show(&self, claims: &Claims, age_s: i64) -> String {
        let credential = self.issue(claims);
        credential_to_text(&present(&credential, NOW_S - age_s, &self.phone).expect("test keys sign"))
    }

    pub(crate) fn list(&self, status: Status) -> Vec<u8> {
        self.list_at(URI, status, NOW_S - 600)
    }

    pub(crate) fn list_at(&self, uri: &str, status: Status, issued_at_s: i64) -> Vec<u8> {
        let mut bits = StatusListBits::from_bytes(vec![0; 1024]).expect("a short list");
        bits.set(INDEX, status);
        let claims = StatusListClaims {
            uri: uri.into(),
            issued_at_s,
            expires_at_s: Some(issued_at_s + 3 * 24 * HOUR_S),
            ttl_s: Some(300),
        };
        claims.sign(&bits, &self.issuer).expect("test keys sign")
    }

    /// The plain case: a green phone, fresh, with a fresh list; allowed without any reason.
    pub(crate) fn case(&self, name: &'static str) -> Case {
        Case {
            name,
            text: self.show(&self.claims(), 5),
            keys: vec![self.issuer.public_key()],
            keys_obtained_at_s: None,
            expected_issuer: None,
            status_lists: vec![self.list(Status::Green)],
            trust: Vec::new(),
            rule: VenueRule::default(),
            now_s: NOW_S,
            outcome: Outcome::Allow,
            reasons: Vec::new(),
        }
    }

    /// The plain case with another text.
    pub(crate) fn shown(&self, name: &'static str, text: String) -> Case {
        Case { text, ..self.case(name) }
    }
}

impl Case {
    pub(crate) fn refused(self, reasons: &[Reason]) -> Self {
        Self { outcome: Outcome::Refuse, reasons: reasons.to_vec(), ..self }
    }

    pub(crate) fn by_hand(self, reasons: &[Reason]) -> Self {
        Self { outcome: Outcome::CheckByHand, reasons: reasons.to_vec(), ..self }
    }

    pub(crate) fn allowed(self, reasons: &[Reason]) -> Self {
        Self { outcome: Outcome::Allow, reasons: reasons.to_vec(), ..self }
    }

    pub(crate) fn lists(self, status_lists: Vec<Vec<u8>>) -> Self {
        Self { status_lists, ..self }
    }

    pub(crate) fn rule(self, rule: VenueRule) -> Self {
        Self { rule, ..self }
    }
}
