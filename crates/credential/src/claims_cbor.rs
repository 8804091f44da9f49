//! The CBOR form of [`Claims`]: claim keys, writing, strict reading. Unknown claims are ignored, missing ones
//! are not.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use crate::cbor::{self, Invalid, Label, Read, Written};
use crate::{Claims, Colour, Kind, PublicKey, StatusReference, Test, TestOutcome, Vaccine};

/// `status` (draft-ietf-oauth-status-list, section 14.3).
const STATUS: i64 = 65535;
/// Our own map of claims; a private number below -65536 (RFC 8392, section 9.1.1).
const PRIVATE: i64 = -65537;

/// Writes the claims in the order of a deterministic encoding (RFC 8949, section 4.2.1).
pub(crate) fn encode(claims: &Claims) -> Vec<u8> {
    cbor::write(320, |e| {
        e.map(6 + u64::from(claims.device_key.is_some()))?;
        e.i64(1)?.str(&claims.issuer)?;
        e.i64(2)?.bytes(&claims.subject)?;
        e.i64(4)?.i64(claims.expires_at_s)?;
        e.i64(6)?.i64(claims.issued_at_s)?;
        if let Some(key) = &claims.device_key {
            // RFC 8747 cnf {1: COSE_Key {1 kty: 2 EC2, -1 crv: 1 P-256, -2 x, -3 whether y is odd}}
            e.i64(8)?.map(1)?.i64(1)?.map(4)?;
            e.i64(1)?.i64(2)?.i64(-1)?.i64(1)?;
            e.i64(-2)?.bytes(key.x())?.i64(-3)?.bool(key.y_is_odd())?;
        }
        e.i64(STATUS)?.map(1)?.str("status_list")?.map(2)?;
        e.str("idx")?.u32(claims.status.index)?.str("uri")?.str(&claims.status.uri)?;
        e.i64(PRIVATE)?;
        private(e, claims)
    })
}

fn private(e: &mut Encoder<&mut Vec<u8>>, claims: &Claims) -> Written {
    let optional = [claims.test.is_some(), claims.vaccine.is_some(), claims.flags != 0];
    e.map(4 + optional.iter().filter(|there| **there).count() as u64)?;
    e.u8(1)?.u8(kind_number(claims.kind))?;
    e.u8(2)?.u8(colour_number(claims.colour))?;
    e.u8(3)?.str(&claims.name)?;
    e.u8(4)?.str(&claims.document_tail)?;
    if let Some(test) = &claims.test {
        e.u8(5)?.array(4)?.i64(test.sampled_s)?.i64(test.reported_s)?;
        e.u8(outcome_number(test.outcome))?.str(&test.institution)?;
    }
    if let Some(vaccine) = &claims.vaccine {
        e.u8(6)?.array(2)?.u8(vaccine.doses)?.i32(vaccine.last_day)?;
    }
    if claims.flags != 0 {
        e.u8(7)?.u32(claims.flags)?;
    }
    Ok(())
}

/// Reads the claims of a credential.
pub(crate) fn decode(bytes: &[u8]) -> Read<Claims> {
    let mut partial = Partial::default();
    let mut d = Decoder::new(bytes);
    cbor::map(&mut d, |label, d| {
        match label {
            Label::Int(1) => partial.issuer = Some(cbor::text(d)?.into_owned()),
            Label::Int(2) => {
                partial.subject = Some(cbor::bytes(d)?.as_ref().try_into().map_err(|_| Invalid)?);
            }
            Label::Int(4) => partial.expires_at_s = Some(d.i64()?),
            Label::Int(6) => partial.issued_at_s = Some(d.i64()?),
            Label::Int(8) => partial.device_key = Some(confirmation(d)?),
            Label::Int(STATUS) => partial.status = Some(status(d)?),
            Label::Int(PRIVATE) => partial.private(d)?,
            _ => cbor::skip(d, cbor::MAX_DEPTH)?,
        }
        Ok(())
    })?;
    cbor::at_end(&d)?;
    partial.complete().ok_or(Invalid)
}

#[derive(Default)]
struct Partial {
    issuer: Option<String>,
    subject: Option<[u8; 16]>,
    issued_at_s: Option<i64>,
    expires_at_s: Option<i64>,
    device_key: Option<PublicKey>,
    status: Option<StatusReference>,
    kind: Option<Kind>,
    colour: Option<Colour>,
    name: Option<String>,
    document_tail: Option<String>,
    test: Option<Test>,
    vaccine: Option<Vaccine>,
    flags: u32,
}

impl Partial {
    fn private(&mut self, d: &mut Decoder<'_>) -> Read<()> {
        cbor::map(d, |label, d| {
            match label {
                Label::Int(1) => self.kind = Some(kind(d.u8()?)?),
                Label::Int(2) => self.colour = Some(colour(d.u8()?)?),
                Label::Int(3) => self.name = Some(cbor::text(d)?.into_owned()),
                Label::Int(4) => self.document_tail = Some(cbor::text(d)?.into_owned()),
                Label::Int(5) => self.test = Some(test(d)?),
                Label::Int(6) => self.vaccine = Some(vaccine(d)?),
                Label::Int(7) => self.flags = d.u32()?,
                _ => cbor::skip(d, cbor::MAX_DEPTH)?,
            }
            Ok(())
        })
    }

    /// All mandatory claims, and a device key exactly where one belongs.
    fn complete(self) -> Option<Claims> {
        let kind = self.kind?;
        if self.device_key.is_some() == (kind == Kind::Paper) {
            return None;
        }
        Some(Claims {
            issuer: self.issuer?,
            subject: self.subject?,
            issued_at_s: self.issued_at_s?,
            expires_at_s: self.expires_at_s?,
            device_key: self.device_key,
            status: self.status?,
            kind,
            colour: self.colour?,
            name: self.name?,
            document_tail: self.document_tail?,
            test: self.test,
            vaccine: self.vaccine,
            flags: self.flags,
        })
    }
}

fn confirmation(d: &mut Decoder<'_>) -> Read<PublicKey> {
    let mut key = None;
    cbor::map(d, |label, d| match label {
        Label::Int(1) => {
            key = Some(cose_key(d)?);
            Ok(())
        }
        _ => cbor::skip(d, cbor::MAX_DEPTH),
    })?;
    key.ok_or(Invalid)
}

fn cose_key(d: &mut Decoder<'_>) -> Read<PublicKey> {
    let (mut kty, mut crv, mut x, mut y, mut odd) = (None, None, None, None, None);
    cbor::map(d, |label, d| {
        match label {
            Label::Int(1) => kty = Some(d.i64()?),
            Label::Int(-1) => crv = Some(d.i64()?),
            Label::Int(-2) => x = Some(cbor::bytes(d)?),
            // The compressed form (RFC 9053, section 7.1.1), or y itself.
            Label::Int(-3) if d.datatype()? == Type::Bool => odd = Some(d.bool()?),
            Label::Int(-3) => y = Some(cbor::bytes(d)?),
            _ => cbor::skip(d, cbor::MAX_DEPTH)?,
        }
        Ok(())
    })?;
    let (Some(2), Some(1), Some(x)) = (kty, crv, x) else { return Err(Invalid) };
    match (y, odd) {
        (Some(y), None) => PublicKey::from_unchecked(&x, &y),
        (None, Some(odd)) => PublicKey::from_compressed(&x, odd),
        _ => None,
    }
    .ok_or(Invalid)
}

fn status(d: &mut Decoder<'_>) -> Read<StatusReference> {
    let mut reference = None;
    cbor::map(d, |label, d| match label {
        Label::Text("status_list") => {
            let (mut index, mut uri) = (None, None);
            cbor::map(d, |label, d| {
                match label {
                    Label::Text("idx") => index = Some(d.u32()?),
                    Label::Text("uri") => uri = Some(cbor::text(d)?.into_owned()),
                    _ => cbor::skip(d, cbor::MAX_DEPTH)?,
                }
                Ok(())
            })?;
            reference = Some(StatusReference { index: index.ok_or(Invalid)?, uri: uri.ok_or(Invalid)? });
            Ok(())
        }
        _ => cbor::skip(d, cbor::MAX_DEPTH),
    })?;
    reference.ok_or(Invalid)
}

fn test(d: &mut Decoder<'_>) -> Read<Test> {
    let (mut sampled_s, mut reported_s, mut result, mut institution) = (None, None, None, None);
    cbor::array(d, |index, d| {
        match index {
            0 => sampled_s = Some(d.i64()?),
            1 => reported_s = Some(d.i64()?),
            2 => result = Some(outcome(d.u8()?)?),
            3 => institution = Some(cbor::text(d)?.into_owned()),
            _ => cbor::skip(d, cbor::MAX_DEPTH)?,
        }
        Ok(())
    })?;
    Ok(Test {
        sampled_s: sampled_s.ok_or(Invalid)?,
        reported_s: reported_s.ok_or(Invalid)?,
        outcome: result.ok_or(Invalid)?,
        institution: institution.ok_or(Invalid)?,
    })
}

fn vaccine(d: &mut Decoder<'_>) -> Read<Vaccine> {
    let (mut doses, mut last_day) = (None, None);
    cbor::array(d, |index, d| {
        match index {
            0 => doses = Some(d.u8()?),
            1 => last_day = Some(d.i32()?),
            _ => cbor::skip(d, cbor::MAX_DEPTH)?,
        }
        Ok(())
    })?;
    Ok(Vaccine { doses: doses.ok_or(Invalid)?, last_day: last_day.ok_or(Invalid)? })
}

fn kind_number(kind: Kind) -> u8 {
    match kind {
        Kind::Device => 0,
        Kind::Relative => 1,
        Kind::Paper => 2,
    }
}

fn kind(number: u8) -> Read<Kind> {
    [Kind::Device, Kind::Relative, Kind::Paper].get(usize::from(number)).copied().ok_or(Invalid)
}

fn colour_number(colour: Colour) -> u8 {
    match colour {
        Colour::Green => 0,
        Colour::Yellow => 2,
        Colour::Red => 3,
    }
}

fn colour(number: u8) -> Read<Colour> {
    match number {
        0 => Ok(Colour::Green),
        2 => Ok(Colour::Yellow),
        3 => Ok(Colour::Red),
        _ => Err(Invalid),
    }
}

fn outcome_number(outcome: TestOutcome) -> u8 {
    match outcome {
        TestOutcome::Negative => 0,
        TestOutcome::Positive => 1,
        TestOutcome::Indeterminate => 2,
        TestOutcome::Invalid => 3,
    }
}

fn outcome(number: u8) -> Read<TestOutcome> {
    use TestOutcome::{Indeterminate, Invalid as Unusable, Negative, Positive};
    [Negative, Positive, Indeterminate, Unusable].get(usize::from(number)).copied().ok_or(Invalid)
}
