//! Issuing a test certificate in the form of an EU DCC (ehn-dcc-schema 1.3.0), signed by the city's own key.
//!
//! The key id is that of the city's key set, so the city's own gates take it; somebody else's verifier needs a certificate over that key.

use jiff::Timestamp;
use jiff::civil::Date;

use super::content::{DETECTED, NAAT, NOT_DETECTED, RAPID_ANTIGEN, SARS_COV_2};
use super::cwt::HCERT;
use crate::base45_text::DCC_PREFIX;
use crate::cbor::{self, Written};
use crate::issue::protected_with_kid;
use crate::{KeyError, Signer, cose};

/// Everything a test certificate says.
#[derive(Clone, Debug)]
pub struct TestCertificate<'a> {
    /// Name as on the document.
    pub name: &'a str,
    /// The name in capitals A-Z and `<` as in the machine-readable lines of a passport; empty when the holder gave none.
    pub latin_name: &'a str,
    /// Birth date, where known.
    pub birth_date: Option<Date>,
    /// When the swab was taken.
    pub sampled: Timestamp,
    /// Was the virus found?
    pub is_positive: bool,
    /// Nucleic acid; else a rapid antigen test.
    pub is_nucleic_acid: bool,
    /// Where it was tested.
    pub institution: &'a str,
    /// Who signs, in words.
    pub issuer: &'a str,
    /// Unique name of the certificate, without prefix.
    pub id: &'a str,
    /// When it is issued, Unix seconds.
    pub issued_s: i64,
    /// Until when it is good, Unix seconds.
    pub expires_s: i64,
}

/// The `HC1:` text of a certificate.
///
/// # Errors
/// [`KeyError::Signing`] as the signer gives it.
pub fn issue_test(certificate: &TestCertificate<'_>, signer: &dyn Signer) -> Result<String, KeyError> {
    let payload = cbor::write(512, |e| write(e, certificate));
    let signed = cose::sign1(&protected_with_kid(signer), b"", &payload, signer)?;
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&signed, 9);
    Ok(format!("{DCC_PREFIX}{}", base45::encode(packed)))
}

fn write(e: &mut minicbor::Encoder<&mut Vec<u8>>, certificate: &TestCertificate<'_>) -> Written {
    let TestCertificate { name, latin_name, sampled, institution, issuer, id, .. } = certificate;
    let birth_date = certificate.birth_date.map(|day| day.to_string()).unwrap_or_default();
    let sampled = sampled.round(jiff::Unit::Second).unwrap_or(*sampled).to_string();
    let test = [
        ("tg", SARS_COV_2),
        ("tt", if certificate.is_nucleic_acid { NAAT } else { RAPID_ANTIGEN }),
        ("sc", &sampled),
        ("tr", if certificate.is_positive { DETECTED } else { NOT_DETECTED }),
        ("tc", institution),
        ("co", "CN"),
        ("is", issuer),
        ("ci", &format!("URN:UVCI:01:CN:{id}")),
    ];
    e.map(4)?.i64(1)?.str("CN")?.i64(4)?.i64(certificate.expires_s)?.i64(6)?.i64(certificate.issued_s)?;
    e.i64(HCERT)?.map(1)?.i64(1)?.map(4)?;
    e.str("ver")?.str("1.3.0")?.str("dob")?.str(&birth_date)?;
    // One name in two scripts: which part is the family name is not on the document.
    e.str("nam")?.map(2)?.str("fn")?.str(name)?.str("fnt")?.str(latin_name)?;
    e.str("t")?.array(1)?.map(test.len() as u64)?;
    for (key, value) in test {
        e.str(key)?.str(value)?;
    }
    e.ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;
    use ring::rand::SystemRandom;

    use super::*;
    use crate::dcc::TrustList;
    use crate::{
        ForeignProof, Gate, KeySet, Outcome, Reason, SoftwareKey, StatusLists, VenueRule, VerdictKind,
    };

    const HOUR_S: i64 = 3_600;

    #[expect(clippy::disallowed_methods, reason = "a key of a test may be any key")]
    fn key() -> SoftwareKey {
        SoftwareKey::generate(Arc::new(SystemRandom::new())).unwrap().0
    }

    fn certificate() -> TestCertificate<'static> {
        let sampled = "2022-01-05T10:00:00.250+08:00".parse().unwrap();
        TestCertificate {
            name: "张三",
            latin_name: "ZHANG<SAN",
            birth_date: Some(date(1990, 1, 31)),
            sampled,
            is_positive: false,
            is_nucleic_acid: true,
            institution: "郑州市第1核酸检测实验室",
            issuer: "郑州市",
            id: "410100/01ABCDEF#7",
            issued_s: sampled.as_second() + 6 * HOUR_S,
            expires_s: sampled.as_second() + 72 * HOUR_S,
        }
    }

    /// The verdict of a gate of the city whose key this is.
    fn verdict(text: &str, key: &SoftwareKey, hours: i64) -> crate::Verdict {
        let rule = VenueRule { foreign_proof: ForeignProof::Negative, ..VenueRule::default() };
        let gate = Gate {
            keys: &KeySet::new([key.public_key()]),
            status_lists: &StatusLists::default(),
            trust: &TrustList::default(),
            rule: &rule,
        };
        gate.verify(text, certificate().sampled.as_second() + hours * HOUR_S)
    }

    #[test]
    fn the_citys_own_gates_know_its_certificate_for_48_hours_and_ask_for_the_code() {
        let key = key();
        let text = issue_test(&certificate(), &key).unwrap();
        let seen = verdict(&text, &key, 10);
        assert_eq!((seen.outcome, seen.kind), (Outcome::CheckByHand, Some(VerdictKind::Dcc)));
        assert_eq!(seen.reasons, [Reason::CodeNeeded, Reason::CheckDocument]);
        assert_eq!(seen.name.as_deref(), Some("张三"));
        let test = seen.test.unwrap();
        assert_eq!(test.sampled, certificate().sampled.as_second());
        assert_eq!(test.institution, certificate().institution);
        assert!(verdict(&text, &key, 49).reasons.contains(&Reason::TestTooOld));
        assert!(verdict(&text, &key, 73).reasons.contains(&Reason::Expired));
        assert!(verdict(&text, &key, 5).reasons.contains(&Reason::NotYetValid));
    }

    #[test]
    fn a_positive_one_says_so_and_another_citys_key_is_not_known() {
        let key = key();
        let text = issue_test(&TestCertificate { is_positive: true, ..certificate() }, &key).unwrap();
        let seen = verdict(&text, &key, 10);
        assert_eq!(seen.outcome, Outcome::Refuse);
        assert!(seen.reasons.contains(&Reason::TestPositive));
        let elsewhere = verdict(&text, &self::key(), 10);
        assert_eq!(
            (elsewhere.outcome, &elsewhere.reasons[..]),
            (Outcome::CheckByHand, &[Reason::UnknownKey][..])
        );
    }

    #[test]
    fn a_changed_certificate_is_refused() {
        let key = key();
        let text = issue_test(&certificate(), &key).unwrap();
        let packed = base45::decode(text.strip_prefix(DCC_PREFIX).unwrap()).unwrap();
        let mut signed = miniz_oxide::inflate::decompress_to_vec_zlib(&packed).unwrap();
        let year = signed.windows(4).position(|bytes| bytes == b"2022").unwrap();
        signed[year + 3] = b'3';
        let forged =
            format!("{DCC_PREFIX}{}", base45::encode(miniz_oxide::deflate::compress_to_vec_zlib(&signed, 9)));
        let seen = verdict(&forged, &key, 10);
        assert_eq!((seen.outcome, &seen.reasons[..]), (Outcome::Refuse, &[Reason::BadSignature][..]));
    }

    #[test]
    fn the_certificate_fits_a_symbol_that_is_easily_printed() {
        let text = issue_test(&certificate(), &key()).unwrap();
        assert!(text.len() < 600, "{} characters", text.len());
    }
}
