//! The verdict: a total function of the text, the keys, the status lists, the venue's rule and now.
//!
//! | found | outcome |
//! |---|---|
//! | malformed, bad-signature, wrong-issuer, expired, not-yet-valid | refuse |
//! | bad-device-proof, stale-presentation (> 60 s), clock-skew (> 30 s ahead), presentation-missing | refuse |
//! | void, colour-red; test-missing, test-positive, test-too-old where the rule asks for a test | refuse |
//! | colour-yellow | as the rule says |
//! | unknown-key, unsupported: the gate itself may be out of date | check-by-hand |
//! | status-list-stale, status-list-wrong-city | check-by-hand |
//! | status-list-missing | allow up to 24 h after issue, then check-by-hand |
//! | check-document (paper, relative) | allow |
//!
//! Until the issuer's signature is good nothing of the content is shown, and the first failure ends the check.
//! After it every check runs and all reasons are told. The order of reasons is that of [`Reason`].

use minicbor::Decoder;
use minicbor::data::Type;

use crate::base45_text::{self, Format};
use crate::cbor::{self, Invalid, Read};
use crate::cose::{Framing, Sign1};
use crate::dcc::{self, TrustList};
use crate::issue::PRESENTATION_AAD;
use crate::status_list::Found;
use crate::{
    Algorithm, Claims, Colour, ColourSource, CredentialError, KeySet, Kind, Outcome, Reason, Status,
    StatusLists, TestOutcome, TestReference, VenueRule, Verdict, YellowRule, claims_cbor,
};

/// How long a shown code is accepted, seconds.
const PRESENTATION_FRESH_S: i64 = 60;
/// How far clocks may disagree, seconds.
pub(crate) const SKEW_S: i64 = 30;
/// How long after issue the credential's own colour is good enough without a status list, seconds.
const COLOUR_FRESH_S: i64 = 86_400;

/// Everything a gate judges with.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'g> {
    /// The city's keys.
    pub keys: &'g KeySet,
    /// The city's status lists.
    pub status_lists: &'g StatusLists,
    /// Signers of EU certificates.
    pub trust: &'g TrustList,
    /// What the venue asks for.
    pub rule: &'g VenueRule,
}

impl Gate<'_> {
    /// Judges the text of a QR symbol, `YMT1:` or `HC1:`, at `now_s` (Unix seconds). Never fails: whatever is
    /// wrong is in the verdict.
    #[must_use]
    pub fn verify(&self, text: &str, now_s: i64) -> Verdict {
        self.judge_text(text, now_s).unwrap_or_else(Verdict::from)
    }

    fn judge_text(&self, text: &str, now_s: i64) -> Result<Verdict, End> {
        match base45_text::recognise(text)? {
            Format::Credential(encoded) => judge(&base45_text::decode(encoded)?, self, now_s),
            Format::Dcc(encoded) => dcc::judge(encoded, self, now_s),
        }
    }
}

/// As [`Gate::verify`] for a gate that trusts no signers of EU certificates.
#[must_use]
pub fn verify(
    text: &str,
    keys: &KeySet,
    status_lists: &StatusLists,
    rule: &VenueRule,
    now_s: i64,
) -> Verdict {
    Gate { keys, status_lists, trust: &TrustList::default(), rule }.verify(text, now_s)
}

/// What ends a check before anything about the person is known to be genuine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End(pub(crate) Outcome, pub(crate) Reason);

impl End {
    pub(crate) const MALFORMED: Self = Self(Outcome::Refuse, Reason::Malformed);
    pub(crate) const UNSUPPORTED: Self = Self(Outcome::CheckByHand, Reason::Unsupported);
    pub(crate) const UNKNOWN_KEY: Self = Self(Outcome::CheckByHand, Reason::UnknownKey);
    pub(crate) const BAD_SIGNATURE: Self = Self(Outcome::Refuse, Reason::BadSignature);
}

impl From<CredentialError> for End {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Unsupported | CredentialError::UnknownVersion => Self::UNSUPPORTED,
            _ => Self::MALFORMED,
        }
    }
}

impl From<Invalid> for End {
    fn from(_: Invalid) -> Self {
        Self::MALFORMED
    }
}

impl From<End> for Verdict {
    fn from(End(outcome, reason): End) -> Self {
        Self { outcome, reasons: vec![reason], ..Self::default() }
    }
}

fn judge(bytes: &[u8], gate: &Gate<'_>, now_s: i64) -> Result<Verdict, End> {
    let Gate { keys, status_lists, rule, .. } = *gate;
    let outer = Sign1::parse(bytes, Framing::Tagged)?;
    let shown = Shown::read(&outer.payload)?;
    let claims = match &shown {
        Some(shown) => genuine_claims(&Sign1::parse(shown.credential, Framing::Tagged)?, keys)?,
        None => genuine_claims(&outer, keys)?,
    };
    let mut verdict = Verdict::default();
    verdict.ages.keys_s = keys.obtained_at_s().map(|at_s| now_s.saturating_sub(at_s));
    check_validity(&mut verdict, &claims, keys, now_s);
    match &shown {
        Some(shown) => check_presentation(&mut verdict, &outer, shown, &claims, now_s),
        None if claims.kind == Kind::Paper => {}
        None => verdict.find(Outcome::Refuse, Reason::PresentationMissing),
    }
    check_colour(&mut verdict, &claims, status_lists, rule, now_s);
    check_test(&mut verdict, &claims, rule, now_s);
    if claims.kind != Kind::Device {
        verdict.find(Outcome::Allow, Reason::CheckDocument);
    }
    verdict.show(claims);
    Ok(verdict)
}

/// The payload of a presentation.
struct Shown<'b> {
    credential: &'b [u8],
    at_s: i64,
}

impl<'b> Shown<'b> {
    /// Reads [credential, now]; `None` if the payload is not an array, hence a bare credential.
    fn read(payload: &'b [u8]) -> Read<Option<Self>> {
        let mut d = Decoder::new(payload);
        if !matches!(d.datatype()?, Type::Array | Type::ArrayIndef) {
            return Ok(None);
        }
        let (mut credential, mut at_s) = (None, None);
        cbor::array(&mut d, |index, d| {
            match index {
                0 => credential = Some(d.bytes()?),
                1 => at_s = Some(d.i64()?),
                _ => return Err(Invalid),
            }
            Ok(())
        })?;
        cbor::at_end(&d)?;
        match (credential, at_s) {
            (Some(credential), Some(at_s)) => Ok(Some(Self { credential, at_s })),
            _ => Err(Invalid),
        }
    }
}

/// The claims of a credential with a good signature; else what ends the check.
fn genuine_claims(credential: &Sign1<'_>, keys: &KeySet) -> Result<Claims, End> {
    let number = credential.protected.algorithm.ok_or(End::MALFORMED)?;
    let algorithm = Algorithm::from_cose(number).ok_or(End::UNSUPPORTED)?;
    let kid = credential.protected.kid.as_deref().ok_or(End::UNKNOWN_KEY)?;
    let (key_algorithm, key) = keys.find(kid).ok_or(End::UNKNOWN_KEY)?;
    let message = credential.to_be_signed(b"");
    if algorithm != key_algorithm || !algorithm.verifies(key.point(), &message, &credential.signature) {
        return Err(End::BAD_SIGNATURE);
    }
    Ok(claims_cbor::decode(&credential.payload)?)
}

fn check_validity(verdict: &mut Verdict, claims: &Claims, keys: &KeySet, now_s: i64) {
    verdict.ages.credential_s = Some(now_s.saturating_sub(claims.issued_at_s));
    if keys.expected_issuer().is_some_and(|issuer| issuer != claims.issuer) {
        verdict.find(Outcome::Refuse, Reason::WrongIssuer);
    }
    if now_s >= claims.expires_at_s {
        verdict.find(Outcome::Refuse, Reason::Expired);
    }
    if claims.issued_at_s > now_s.saturating_add(SKEW_S) {
        verdict.find(Outcome::Refuse, Reason::NotYetValid);
    }
}

fn check_presentation(
    verdict: &mut Verdict,
    outer: &Sign1<'_>,
    shown: &Shown<'_>,
    claims: &Claims,
    now_s: i64,
) {
    let algorithm = outer.protected.algorithm.and_then(Algorithm::from_cose);
    let proven = match (algorithm, &claims.device_key) {
        (Some(algorithm), Some(key)) => {
            let message = outer.to_be_signed(PRESENTATION_AAD);
            algorithm.verifies(key.point(), &message, &outer.signature)
        }
        _ => false,
    };
    if !proven {
        // The time inside is worth nothing either.
        verdict.find(Outcome::Refuse, Reason::BadDeviceProof);
        return;
    }
    let age_s = now_s.saturating_sub(shown.at_s);
    verdict.ages.presentation_s = Some(age_s);
    if age_s > PRESENTATION_FRESH_S {
        verdict.find(Outcome::Refuse, Reason::StalePresentation);
    }
    if age_s < -SKEW_S {
        verdict.find(Outcome::Refuse, Reason::ClockSkew);
    }
}

fn check_colour(
    verdict: &mut Verdict,
    claims: &Claims,
    status_lists: &StatusLists,
    rule: &VenueRule,
    now_s: i64,
) {
    match status_lists.find(&claims.status.uri) {
        Found::List(list) => {
            verdict.ages.status_list_s = Some(now_s.saturating_sub(list.claims().issued_at_s));
            if list.is_stale(now_s, rule.max_status_age_s) {
                verdict.find(Outcome::CheckByHand, Reason::StatusListStale);
            }
            verdict.colour_source = Some(ColourSource::StatusList);
            match list.get(claims.status.index) {
                Some(Status::Green) => verdict.colour = Some(Colour::Green),
                Some(Status::Yellow) => verdict.colour = Some(Colour::Yellow),
                Some(Status::Red) => verdict.colour = Some(Colour::Red),
                Some(Status::Void) => verdict.find(Outcome::Refuse, Reason::Void),
                // The draft, section 8.3: an index out of range must be refused.
                None => verdict.find(Outcome::Refuse, Reason::Malformed),
            }
        }
        Found::Missing => {
            let recent = now_s.saturating_sub(claims.issued_at_s) <= COLOUR_FRESH_S;
            let outcome = if recent { Outcome::Allow } else { Outcome::CheckByHand };
            verdict.find(outcome, Reason::StatusListMissing);
            own_colour(verdict, claims);
        }
        Found::OtherCity => {
            verdict.find(Outcome::CheckByHand, Reason::StatusListWrongCity);
            own_colour(verdict, claims);
        }
    }
    match (verdict.colour, rule.yellow) {
        (Some(Colour::Red), _) => verdict.find(Outcome::Refuse, Reason::ColourRed),
        (Some(Colour::Yellow), YellowRule::Refuse) => {
            verdict.find(Outcome::Refuse, Reason::ColourYellow);
        }
        (Some(Colour::Yellow), YellowRule::CheckByHand) => {
            verdict.find(Outcome::CheckByHand, Reason::ColourYellow);
        }
        (Some(Colour::Green) | None, _) => {}
    }
}

fn own_colour(verdict: &mut Verdict, claims: &Claims) {
    verdict.colour = Some(claims.colour);
    verdict.colour_source = Some(ColourSource::Credential);
}

fn check_test(verdict: &mut Verdict, claims: &Claims, rule: &VenueRule, now_s: i64) {
    let Some(within_h) = rule.require_negative_within_h else { return };
    let Some(test) = &claims.test else {
        return verdict.find(Outcome::Refuse, Reason::TestMissing);
    };
    match test.outcome {
        TestOutcome::Negative => {}
        TestOutcome::Positive => verdict.find(Outcome::Refuse, Reason::TestPositive),
        TestOutcome::Indeterminate | TestOutcome::Invalid => {
            verdict.find(Outcome::Refuse, Reason::TestMissing);
        }
    }
    let from_s = match rule.test_reference {
        TestReference::Sampled => test.sampled_s,
        TestReference::Reported => test.reported_s,
    };
    if now_s.saturating_sub(from_s) > i64::from(within_h) * 3600 {
        verdict.find(Outcome::Refuse, Reason::TestTooOld);
    }
}
