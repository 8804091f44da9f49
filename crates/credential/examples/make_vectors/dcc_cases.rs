//! Cases about EU certificates, by a test signer of our own.

use minicbor::Encoder;
use ring::digest;
use yimatong_credential::dcc::{TestCertificate, issue_test};
use yimatong_credential::{ForeignProof, Outcome, Reason, Signer as _, VenueRule};

use crate::case::{Case, NOW_S};
use crate::city::City;
use crate::der;
use crate::keys::TestKey;
use crate::raw;

const HOUR_S: i64 = 3600;
const NEGATIVE: VenueRule = VenueRule {
    require_negative_within_h: None,
    test_reference: yimatong_credential::TestReference::Sampled,
    yellow: yimatong_credential::YellowRule::Refuse,
    max_status_age_s: 86_400,
    foreign_proof: ForeignProof::Negative,
};

/// A member of an entry.
enum Member {
    Text(&'static str, String),
    Count(&'static str, u8),
}
use Member::{Count, Text};

struct Signer {
    key: TestKey,
    certificate: Vec<u8>,
}

impl Signer {
    fn new(usages: &[u8]) -> Self {
        let key = TestKey::new("DCC signer");
        let certificate = der::certificate("yimatong test DSC", &key, usages);
        Self { key, certificate }
    }

    fn kid(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.certificate).as_ref()[..8].to_vec()
    }

    fn payload(&self, group: &str, entries: &[Vec<Member>], issued_s: i64, expires_s: i64) -> Vec<u8> {
        raw::cbor(|e| write(e, group, entries, issued_s, expires_s).expect("a vector takes all"))
    }

    fn text(&self, group: &str, entry: Vec<Member>) -> String {
        self.sign(&self.payload(group, &[entry], NOW_S - 20 * HOUR_S, NOW_S + 24 * HOUR_S))
    }

    fn sign(&self, payload: &[u8]) -> String {
        let protected = raw::protected(-7, &self.kid());
        packed(&raw::sign1(&protected, None, payload, true, &self.key))
    }
}

fn packed(cose: &[u8]) -> String {
    format!("HC1:{}", base45::encode(miniz_oxide::deflate::compress_to_vec_zlib(cose, 9)))
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn write(
    e: &mut Encoder<&mut Vec<u8>>,
    group: &str,
    entries: &[Vec<Member>],
    issued_s: i64,
    expires_s: i64,
) -> Written {
    e.map(4)?.i64(1)?.str("AT")?.i64(4)?.i64(expires_s)?.i64(6)?.i64(issued_s)?;
    e.i64(-260)?.map(1)?.i64(1)?.map(4)?;
    e.str("ver")?.str("1.3.0")?.str("dob")?.str("1998-02-26")?.str("nam")?.map(4)?;
    e.str("fn")?.str("Musterfrau-Gößinger")?.str("fnt")?.str("MUSTERFRAU<GOESSINGER")?;
    e.str("gn")?.str("Gabriele")?.str("gnt")?.str("GABRIELE")?;
    e.str(group)?.array(entries.len() as u64)?;
    for entry in entries {
        e.map(entry.len() as u64)?;
        for member in entry {
            match member {
                Text(key, value) => e.str(key)?.str(value)?,
                Count(key, value) => e.str(key)?.u8(*value)?,
            };
        }
    }
    Ok(())
}

fn common(rest: Vec<Member>) -> Vec<Member> {
    let text = |key, value: &str| Text(key, value.into());
    let mut entry = vec![
        text("tg", "840539006"),
        text("co", "AT"),
        text("is", "Ministry of Health, Austria"),
        text("ci", "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B"),
    ];
    entry.extend(rest);
    entry
}

fn tested(kind: &str, result: &str, sampled_s: i64) -> Vec<Member> {
    let sampled = jiff::Timestamp::from_second(sampled_s).expect("in range").to_string();
    common(vec![
        Text("tt", kind.into()),
        Text("sc", sampled),
        Text("tr", result.into()),
        Text("tc", "Testing centre Vienna 1".into()),
    ])
}

fn vaccinated() -> Vec<Member> {
    let text = |key, value: &str| Text(key, value.into());
    common(vec![
        text("vp", "1119349007"),
        text("mp", "EU/1/20/1528"),
        text("ma", "ORG-100030215"),
        Count("dn", 2),
        Count("sd", 2),
        text("dt", "2021-06-18"),
    ])
}

fn recovered() -> Vec<Member> {
    let text = |key, value: &str| Text(key, value.into());
    common(vec![text("fr", "2021-10-01"), text("df", "2021-10-12"), text("du", "2022-04-01")])
}

const NAAT: &str = "LP6464-4";
const RAPID: &str = "LP217198-3";
const NOT_DETECTED: &str = "260415000";
const DETECTED: &str = "260373001";

pub(crate) fn cases(city: &City) -> Vec<Case> {
    let signer = Signer::new(&[]);
    [proofs(city, &signer), envelopes(city, &signer), own(city)].concat()
}

fn foreign(city: &City, signer: &Signer, name: &'static str, text: String) -> Case {
    let mut case = city.shown(name, text).lists(Vec::new()).allowed(&[Reason::CheckDocument]);
    case.trust = vec![signer.certificate.clone()];
    case
}

fn proofs(city: &City, signer: &Signer) -> Vec<Case> {
    let test = |name, kind, result, sampled_h: i64| {
        let text = signer.text("t", tested(kind, result, NOW_S - sampled_h * HOUR_S));
        foreign(city, signer, name, text)
    };
    let other = |name, group, entry| foreign(city, signer, name, signer.text(group, entry));
    use Reason::{CheckDocument, ClockSkew, NotATest, TestMissing, TestPositive, TestTooOld};
    vec![
        test("EU: a negative test is genuine", NAAT, NOT_DETECTED, 24),
        test("EU: a negative test of 48 h is a negative proof", NAAT, NOT_DETECTED, 48).rule(NEGATIVE),
        test("EU: a negative antigen test is a negative proof", RAPID, NOT_DETECTED, 2).rule(NEGATIVE),
        test("EU: a negative test of 49 h is checked by hand", NAAT, NOT_DETECTED, 49)
            .rule(NEGATIVE)
            .by_hand(&[TestTooOld, CheckDocument]),
        test("EU: an old test is genuine all the same", NAAT, NOT_DETECTED, 49)
            .allowed(&[TestTooOld, CheckDocument]),
        test("EU: a positive test is genuine", NAAT, DETECTED, 24).allowed(&[TestPositive, CheckDocument]),
        test("EU: a positive test is refused as a negative proof", NAAT, DETECTED, 24)
            .rule(NEGATIVE)
            .refused(&[TestPositive, CheckDocument]),
        test("EU: an undecided result is checked by hand", NAAT, "419984006", 24)
            .rule(NEGATIVE)
            .by_hand(&[TestMissing, CheckDocument]),
        test("EU: a test sampled tomorrow is checked by hand", NAAT, NOT_DETECTED, -24)
            .rule(NEGATIVE)
            .by_hand(&[ClockSkew, CheckDocument]),
        test("EU: an unlisted kind of test is checked by hand", "COVID-19 test", NOT_DETECTED, 24)
            .rule(NEGATIVE)
            .by_hand(&[NotATest, CheckDocument]),
        other("EU: a vaccination is genuine", "v", vaccinated()),
        other("EU: a vaccination is no negative proof", "v", vaccinated())
            .rule(NEGATIVE)
            .by_hand(&[NotATest, CheckDocument]),
        other("EU: a recovery is genuine", "r", recovered()),
        other("EU: a recovery is no negative proof", "r", recovered())
            .rule(NEGATIVE)
            .by_hand(&[NotATest, CheckDocument]),
        other("EU: a vaccination without a dose number is genuine", "v", common(Vec::new())),
        other("EU: a content without an entry is refused", "x", common(Vec::new()))
            .refused(&[Reason::Malformed]),
        other("EU: a test without a result is genuine", "t", common(Vec::new())),
        other("EU: a test without a result is checked by hand", "t", common(Vec::new()))
            .rule(NEGATIVE)
            .by_hand(&[NotATest, CheckDocument]),
    ]
}

/// Certificates that the city itself signs for its residents.
fn own(city: &City) -> Vec<Case> {
    use Reason::{CheckDocument, CodeNeeded, Malformed, TestPositive, UnknownKey, WrongKeyUsage};
    let sampled_s = NOW_S - 24 * HOUR_S;
    let certificate = |is_positive| TestCertificate {
        name: "张三",
        latin_name: "ZHANG<SAN",
        birth_date: None,
        sampled: jiff::Timestamp::from_second(sampled_s).expect("in range"),
        is_positive,
        is_nucleic_acid: true,
        institution: "西安市第1核酸检测实验室",
        issuer: "西安市",
        id: "610100/0000000000000001",
        issued_s: sampled_s + HOUR_S,
        expires_s: sampled_s + 72 * HOUR_S,
    };
    let text =
        |is_positive, key: &TestKey| issue_test(&certificate(is_positive), key).expect("test keys sign");
    let case = |name, text: String| {
        city.shown(name, text).lists(Vec::new()).rule(NEGATIVE).by_hand(&[CodeNeeded, CheckDocument])
    };
    let kid = city.issuer.kid();
    let signed = |group: &str, entry, key: &TestKey| {
        let payload = raw::cbor(|e| {
            write(e, group, &[entry], NOW_S - HOUR_S, NOW_S + HOUR_S).expect("a vector takes all");
        });
        packed(&raw::sign1(&raw::protected(-7, &kid), None, &payload, true, key))
    };
    vec![
        case(
            "own: a negative test by the city's key needs no trust list, and does not replace the code",
            text(false, &city.issuer),
        ),
        case("own: a positive test by the city's key is refused", text(true, &city.issuer)).refused(&[
            TestPositive,
            CodeNeeded,
            CheckDocument,
        ]),
        case("own: another city's key is not known", text(false, &city.other_issuer)).by_hand(&[UnknownKey]),
        case("own: the city's key certifies tests only", signed("v", vaccinated(), &city.issuer)).refused(&[
            WrongKeyUsage,
            Reason::NotATest,
            CodeNeeded,
            CheckDocument,
        ]),
        case("own: a forged signature is refused", signed("v", vaccinated(), &city.other_phone))
            .refused(&[Reason::BadSignature]),
        case("own: two entries are refused", {
            let entry = || tested(NAAT, NOT_DETECTED, sampled_s);
            let payload = raw::cbor(|e| {
                write(e, "t", &[entry(), entry()], NOW_S - HOUR_S, NOW_S + HOUR_S)
                    .expect("a vector takes all");
            });
            packed(&raw::sign1(&raw::protected(-7, &kid), None, &payload, true, &city.issuer))
        })
        .refused(&[Malformed]),
    ]
}

fn envelopes(city: &City, signer: &Signer) -> Vec<Case> {
    use Reason::{BadSignature, CheckDocument, Expired, Malformed, NotYetValid, UnknownKey, WrongKeyUsage};
    let entry = || tested(NAAT, NOT_DETECTED, NOW_S - 24 * HOUR_S);
    let text = signer.text("t", entry());
    let plain = |name, text: String| foreign(city, signer, name, text);
    let valid = |name, from_s, to_s| {
        let payload = signer.payload("t", &[entry()], NOW_S + from_s, NOW_S + to_s);
        plain(name, signer.sign(&payload))
    };
    let payload = signer.payload("t", &[entry()], NOW_S - HOUR_S, NOW_S + HOUR_S);
    let two = signer.payload("t", &[entry(), entry()], NOW_S - HOUR_S, NOW_S + HOUR_S);
    let no_kid = raw::cbor(|e| {
        e.map(1).and_then(|e| e.i64(1)).and_then(|e| e.i64(-7)).expect("a vector takes all");
    });
    let beside = raw::sign1(&no_kid, Some(&signer.kid()), &payload, true, &signer.key);
    let anonymous = raw::sign1(&no_kid, None, &payload, true, &signer.key);
    let untagged = raw::sign1(&raw::protected(-7, &signer.kid()), None, &payload, false, &signer.key);
    let forged = raw::sign1(&raw::protected(-7, &signer.kid()), None, &payload, true, &city.other_phone);
    let mut bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 1 << 20], 9);
    bomb.truncate(4096);
    let mut unknown = plain("EU: an unknown signer is checked by hand", text.clone());
    unknown.trust.clear();
    let limited = |name, usages: &[u8]| {
        let limited = Signer::new(usages);
        foreign(city, &limited, name, limited.text("t", entry()))
    };
    vec![
        unknown.by_hand(&[UnknownKey]),
        valid("EU: an expired certificate is refused", -10 * HOUR_S, -1).refused(&[Expired, CheckDocument]),
        valid("EU: the second of expiry still counts", -10 * HOUR_S, 0),
        valid("EU: a certificate issued in the future is refused", 1, HOUR_S)
            .refused(&[NotYetValid, CheckDocument]),
        valid("EU: the second of issue counts", 0, HOUR_S),
        limited("EU: a signer for tests may sign a test", &[1]),
        limited("EU: a signer for all kinds may sign a test", &[1, 2, 3]),
        limited("EU: a signer for vaccinations may not sign a test", &[2])
            .refused(&[WrongKeyUsage, CheckDocument]),
        plain("EU: a forged signature is refused", packed(&forged)).refused(&[BadSignature]),
        plain("EU: a kid outside the protected header selects the signer", packed(&beside)),
        plain("EU: without a kid the signer is unknown", packed(&anonymous)).by_hand(&[UnknownKey]),
        plain("EU: tag 18 may be missing", packed(&untagged)),
        plain("EU: compression is optional", format!("HC1:{}", base45::encode(&untagged))),
        plain("EU: two entries are refused", signer.sign(&two)).refused(&[Malformed]),
        plain("EU: broken compression is refused", format!("HC1:{}", base45::encode([0x78, 0xda, 1, 2])))
            .refused(&[Malformed]),
        plain("EU: a compression bomb is refused", format!("HC1:{}", base45::encode(&bomb)))
            .refused(&[Malformed]),
        Case {
            outcome: Outcome::CheckByHand,
            ..plain("EU: another context version", text.replacen("HC1", "HC2", 1))
        }
        .by_hand(&[Reason::Unsupported]),
    ]
}
