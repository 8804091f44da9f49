//! What a test certificate says about whom, once its signature was found good: for declarations, which need more than a gate.

use super::content::Holder;
use super::judge::check_signature;
use super::trust::TrustList;
use super::{cwt, envelope};
use crate::base45_text::{self, Format};
use crate::cose::{Framing, Sign1};
use crate::verify::End;
use crate::{KeySet, Reason, VerdictTest};

/// A genuine certificate of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestProof {
    /// Whom it is about.
    pub holder: Holder,
    /// When it was sampled, and what was found.
    pub test: VerdictTest,
    /// A nucleic acid test; else a rapid antigen test.
    pub nucleic_acid: bool,
    /// Country of the issuer.
    pub issuer: Option<String>,
}

/// Reads the `HC1:` text of a test certificate that somebody trusted has signed and that is in force.
///
/// # Errors
/// The reason why it proves nothing; [`Reason::NotATest`] for a vaccination or recovery.
pub fn read_test(text: &str, keys: &KeySet, trust: &TrustList, now_s: i64) -> Result<TestProof, Reason> {
    read(text, keys, trust, now_s).map_err(|End(_, reason)| reason)
}

fn read(text: &str, keys: &KeySet, trust: &TrustList, now_s: i64) -> Result<TestProof, End> {
    let refuse = |reason| End(crate::Outcome::Refuse, reason);
    let Format::Dcc(encoded) = base45_text::recognise(text)? else { return Err(End::MALFORMED) };
    let bytes = envelope::open(base45_text::decode(encoded)?)?;
    let sign1 = Sign1::parse(&bytes, Framing::Lenient)?;
    let (answer, _) = check_signature(&sign1, keys, trust)?;
    let cwt = cwt::read(&sign1.payload)?;
    if !answer.permits(cwt.content.proof) {
        return Err(refuse(Reason::WrongKeyUsage));
    }
    // The last second counts, as in the EU's own verifiers.
    if now_s > cwt.expires_at_s {
        return Err(refuse(Reason::Expired));
    }
    if now_s < cwt.issued_at_s {
        return Err(refuse(Reason::NotYetValid));
    }
    let content = cwt.content;
    let test = content.test.filter(|_| content.recognised_test).ok_or_else(|| refuse(Reason::NotATest))?;
    Ok(TestProof { holder: content.holder, test, nucleic_acid: content.nucleic_acid, issuer: cwt.issuer })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;
    use ring::rand::SystemRandom;

    use super::*;
    use crate::dcc::{TestCertificate, issue_test};
    use crate::{Signer as _, SoftwareKey, TestOutcome};

    #[expect(clippy::disallowed_methods, reason = "a key of a test may be any key")]
    fn key() -> SoftwareKey {
        SoftwareKey::generate(Arc::new(SystemRandom::new())).unwrap().0
    }

    fn certificate() -> TestCertificate<'static> {
        let sampled: jiff::Timestamp = "2022-01-05T02:00:00Z".parse().unwrap();
        TestCertificate {
            name: "张三",
            latin_name: "ZHANG<SAN",
            birth_date: Some(date(1990, 1, 31)),
            sampled,
            is_positive: false,
            is_nucleic_acid: false,
            institution: "lab",
            issuer: "city",
            id: "1",
            issued_s: sampled.as_second() + 60,
            expires_s: sampled.as_second() + 3_600,
        }
    }

    #[test]
    fn a_genuine_certificate_tells_whom_and_what_it_is_about() {
        let key = key();
        let keys = KeySet::new([key.public_key()]);
        let text = issue_test(&certificate(), &key).unwrap();
        let now_s = certificate().issued_s;
        let proof = read_test(&text, &keys, &TrustList::default(), now_s).unwrap();
        let holder = Holder {
            printed: ["张三".to_owned(), String::new()],
            latin: ["ZHANG<SAN".to_owned(), String::new()],
            birth_date: "1990-01-31".to_owned(),
        };
        assert_eq!((proof.holder, proof.nucleic_acid, proof.issuer.as_deref()), (holder, false, Some("CN")));
        assert_eq!(
            (proof.test.outcome, proof.test.sampled),
            (TestOutcome::Negative, certificate().sampled.as_second())
        );
    }

    #[test]
    fn what_proves_nothing_is_refused_with_its_reason() {
        let (key, other) = (key(), key());
        let (keys, trust) = (KeySet::new([key.public_key()]), TrustList::default());
        let text = issue_test(&certificate(), &key).unwrap();
        let (begin, end) = (certificate().issued_s, certificate().expires_s);
        assert_eq!(read_test(&text, &keys, &trust, begin - 1), Err(Reason::NotYetValid));
        assert!(read_test(&text, &keys, &trust, end).is_ok());
        assert_eq!(read_test(&text, &keys, &trust, end + 1), Err(Reason::Expired));
        let foreign = KeySet::new([other.public_key()]);
        assert_eq!(read_test(&text, &foreign, &trust, begin), Err(Reason::UnknownKey));
        for text in ["", "HC1:", "HC1:NOT A CERTIFICATE", "YMT1:AAAA", &text[..text.len() - 9]] {
            assert!(read_test(text, &keys, &trust, begin).is_err(), "{text}");
        }
    }
}
