//! The verdict about an EU certificate.
//!
//! | found | outcome |
//! |---|---|
//! | malformed, bad-signature, wrong-key-usage, expired, not-yet-valid | refuse |
//! | unknown-key, unsupported | check-by-hand |
//! | rule `genuine`: anything genuine and in force (test-positive, test-too-old are information) | allow |
//! | rule `negative`: negative nucleic acid or antigen test, sampled at most 48 h ago | allow |
//! | rule `negative`: test-positive | refuse |
//! | rule `negative`: not-a-test, test-missing, test-too-old, clock-skew (sampled in the future) | check-by-hand |
//! | code-needed (signed by the city itself, whatever else is found) | check-by-hand, or refuse |
//!
//! A certificate of the city's own says nothing of the colour of today, nor whether its result was corrected since: only the
//! code does, so that it never opens a door by itself. A holder proves nothing with a certificate but its existence, so `check-document` is always told.

use super::certificate::KeyUsage;
use super::content::Content;
use super::trust::{Answer, TrustList};
use super::{cwt, envelope};
use crate::base45_text;
use crate::cose::{Framing, Sign1};
use crate::verify::{End, SKEW_S};
use crate::{ForeignProof, Gate, KeySet, Outcome, Reason, TestOutcome, Verdict, VerdictKind};

/// How long a negative test counts, seconds.
const NEGATIVE_FRESH_S: i64 = 48 * 3600;

/// Judges the Base45 part of an `HC1:` text.
pub(crate) fn judge(encoded: &str, gate: &Gate<'_>, now_s: i64) -> Result<Verdict, End> {
    let bytes = envelope::open(base45_text::decode(encoded)?)?;
    let sign1 = Sign1::parse(&bytes, Framing::Lenient)?;
    let (answer, is_own) = check_signature(&sign1, gate.keys, gate.trust)?;
    let cwt = cwt::read(&sign1.payload)?;
    let mut verdict = Verdict { kind: Some(VerdictKind::Dcc), ..Verdict::default() };
    verdict.ages.credential_s = Some(now_s.saturating_sub(cwt.issued_at_s));
    if !answer.permits(cwt.content.proof) {
        verdict.find(Outcome::Refuse, Reason::WrongKeyUsage);
    }
    // The last second counts, as in the EU's own verifiers.
    if now_s > cwt.expires_at_s {
        verdict.find(Outcome::Refuse, Reason::Expired);
    }
    if now_s < cwt.issued_at_s {
        verdict.find(Outcome::Refuse, Reason::NotYetValid);
    }
    check_proof(&mut verdict, &cwt.content, gate.rule.foreign_proof, now_s);
    if is_own {
        verdict.find(Outcome::CheckByHand, Reason::CodeNeeded);
    }
    verdict.find(Outcome::Allow, Reason::CheckDocument);
    verdict.issuer = cwt.issuer;
    verdict.name = Some(cwt.content.holder.name());
    verdict.test = cwt.content.test;
    verdict.vaccine = cwt.content.vaccine;
    Ok(verdict)
}

/// What the signer permits, and whether it is the city itself.
pub(super) fn check_signature(
    sign1: &Sign1<'_>,
    keys: &KeySet,
    trust: &TrustList,
) -> Result<(Answer, bool), End> {
    let algorithm = sign1.protected.algorithm.or(sign1.unprotected.algorithm).ok_or(End::MALFORMED)?;
    if ![-7, -37].contains(&algorithm) {
        return Err(End::UNSUPPORTED);
    }
    let kid = sign1.protected.kid.as_deref().or(sign1.unprotected.kid.as_deref());
    let kid = kid.ok_or(End::UNKNOWN_KEY)?;
    let message = sign1.to_be_signed(b"");
    let mut answer = trust.check(kid, algorithm, &message, &sign1.signature);
    let own = keys.find(kid);
    let is_own = own.is_some_and(|(own, key)| {
        own.cose() == algorithm && own.verifies(key.point(), &message, &sign1.signature)
    });
    // The city's own certificates need no certificate of its key.
    if matches!(answer, Answer::UnknownKey) && own.is_some() {
        answer = if is_own { Answer::Signed(KeyUsage::TESTS) } else { Answer::BadSignature };
    }
    match answer {
        Answer::UnknownKey => Err(End::UNKNOWN_KEY),
        Answer::BadSignature => Err(End::BAD_SIGNATURE),
        signed @ Answer::Signed(_) => Ok((signed, is_own)),
    }
}

fn check_proof(verdict: &mut Verdict, content: &Content, asked: ForeignProof, now_s: i64) {
    // Where only genuineness is asked for, what the test says is information.
    let [refuse, by_hand] = match asked {
        ForeignProof::Genuine => [Outcome::Allow; 2],
        ForeignProof::Negative => [Outcome::Refuse, Outcome::CheckByHand],
    };
    let Some(test) = content.test.as_ref().filter(|_| content.recognised_test) else {
        if asked == ForeignProof::Negative {
            verdict.find(by_hand, Reason::NotATest);
        }
        return;
    };
    match test.outcome {
        TestOutcome::Negative => {}
        TestOutcome::Positive => verdict.find(refuse, Reason::TestPositive),
        TestOutcome::Indeterminate | TestOutcome::Invalid => {
            verdict.find(by_hand, Reason::TestMissing);
        }
    }
    let age_s = now_s.saturating_sub(test.sampled);
    if age_s > NEGATIVE_FRESH_S {
        verdict.find(by_hand, Reason::TestTooOld);
    }
    if age_s < -SKEW_S {
        verdict.find(by_hand, Reason::ClockSkew);
    }
}
