//! Valid people without end: phone, ID number, name and the public key of a phone. No two share a number.

use std::cell::Cell;
use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::date;
use jiff::{Span, ToSpan as _};
use yimatong_credential::{Signer as _, SoftwareKey};

/// Divisions outside the cities that the platform ships data for, so that nobody is in the demo's city already.
const DIVISIONS: [u32; 8] = [110_101, 110_105, 310_101, 310_104, 440_103, 440_106, 500_103, 510_104];
/// Birth dates begin on 1 January 1930 and span this many days.
const DAYS: u64 = 27_000;
/// Sequence numbers on one day in one division.
const SEQUENCES: u64 = 999;
/// Phones are numbered 190 0000 0000 upward.
const PHONES: u64 = 1_000_000_000;
/// Keys that are made before the drill and used in turn: making one costs more than sending a request.
const KEYS: usize = 32;

/// Somebody who has never registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) phone: String,
    pub(crate) document: String,
    key: usize,
}

/// The source of people.
pub(crate) struct People {
    next: Cell<u64>,
    keys: Vec<(String, String)>,
}

impl People {
    /// People from number `first` on.
    pub(crate) fn new(first: u64) -> anyhow::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "keys are the one thing a seed must not decide")]
        let random = Arc::new(ring::rand::SystemRandom::new());
        let key = || -> anyhow::Result<(String, String)> {
            let (key, _) =
                SoftwareKey::generate(random.clone()).ok().context("the kernel gives no randomness")?;
            let public = key.public_key();
            Ok((URL_SAFE_NO_PAD.encode(public.x()), URL_SAFE_NO_PAD.encode(public.y())))
        };
        let keys = (0..KEYS).map(|_| key()).collect::<anyhow::Result<_>>()?;
        Ok(Self { next: Cell::new(first), keys })
    }

    /// Somebody new.
    pub(crate) fn next(&self) -> Person {
        let n = self.next.get();
        self.next.set(n + 1);
        Person { phone: phone(n), document: document(n), key: (n % KEYS as u64) as usize }
    }

    /// A phone that nobody has.
    pub(crate) fn phone(&self) -> String {
        self.next().phone
    }

    /// The body of `POST /v1/people`.
    pub(crate) fn registration(&self, person: &Person, one_time_password: &str) -> String {
        let (x, y) = &self.keys[person.key];
        let Person { phone, document, .. } = person;
        format!(
            r#"{{"phone":"{phone}","oneTimePassword":"{one_time_password}","name":"王建国","communityId":1,"document":{{"kind":"resident-id","number":"{document}"}},"devicePublicKey":{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}}}"#
        )
    }
}

fn phone(n: u64) -> String {
    format!("19{:09}", n % PHONES)
}

/// The n-th ID number (GB 11643-1999).
fn document(n: u64) -> String {
    let division = DIVISIONS[(n % DIVISIONS.len() as u64) as usize];
    let n = n / DIVISIONS.len() as u64;
    let days: Span = i64::try_from(n / SEQUENCES % DAYS).unwrap_or(0).days();
    let birth = date(1930, 1, 1).checked_add(days).unwrap_or(date(1930, 1, 1));
    let sequence = n % SEQUENCES + 1;
    let body = format!("{division}{:04}{:02}{:02}{sequence:03}", birth.year(), birth.month(), birth.day());
    let check = check_digit(body.as_bytes());
    format!("{body}{check}")
}

/// ISO 7064 MOD 11-2 over 17 digits.
fn check_digit(body: &[u8]) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const MAP: &[u8; 11] = b"10X98765432";
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    char::from(MAP[(sum % 11) as usize])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_check_digit_agrees_with_published_samples() {
        for sample in ["34052419800101001X", "11010519491231002X", "440524188001010014"] {
            assert_eq!(check_digit(&sample.as_bytes()[..17]), sample.chars().last().unwrap(), "{sample}");
        }
    }

    #[test]
    fn no_two_people_share_a_document_or_a_phone() {
        let people = People::new(7).unwrap();
        let many: Vec<Person> = (0..50_000).map(|_| people.next()).collect();
        assert_eq!(many.iter().map(|person| &person.document).collect::<HashSet<_>>().len(), 50_000);
        assert_eq!(many.iter().map(|person| &person.phone).collect::<HashSet<_>>().len(), 50_000);
    }

    #[test]
    fn a_registration_is_json_with_the_persons_fields() {
        let people = People::new(0).unwrap();
        let person = people.next();
        let body: serde_json::Value = serde_json::from_str(&people.registration(&person, "123456")).unwrap();
        assert_eq!(body["document"]["number"], person.document.as_str());
        assert_eq!(body["oneTimePassword"], "123456");
        assert_eq!(body["devicePublicKey"]["crv"], "P-256");
    }
}
