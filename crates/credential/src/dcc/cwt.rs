//! The CWT around the content: iss 1, exp 4, iat 6, hcert -260 {1: content}.

use minicbor::Decoder;
use minicbor::data::Type;

use super::content::{self, Content};
use crate::cbor::{self, Invalid, Label, Read};

/// Claim `hcert` (HCERT specification, section 3.3).
pub(super) const HCERT: i64 = -260;

/// The claims of a certificate.
pub(super) struct Cwt {
    pub(super) issuer: Option<String>,
    /// Unix seconds, rounded down.
    pub(super) issued_at_s: i64,
    /// Unix seconds, rounded down.
    pub(super) expires_at_s: i64,
    pub(super) content: Content,
}

/// Reads the payload of a certificate.
pub(super) fn read(payload: &[u8]) -> Read<Cwt> {
    let (mut issuer, mut issued, mut expires, mut content) = (None, None, None, None);
    let mut d = Decoder::new(payload);
    if d.datatype()? == Type::Tag {
        // The CWT tag 61, by some issuers inside instead of outside.
        d.tag()?;
    }
    cbor::map(&mut d, |label, d| {
        match label {
            Label::Int(1) => issuer = Some(cbor::text(d)?.into_owned()),
            Label::Int(4) => expires = Some(numeric_date(d)?),
            Label::Int(6) => issued = Some(numeric_date(d)?),
            Label::Int(HCERT) => content = Some(hcert(d)?),
            _ => cbor::skip(d, cbor::MAX_DEPTH)?,
        }
        Ok(())
    })?;
    cbor::at_end(&d)?;
    Ok(Cwt {
        issuer,
        issued_at_s: issued.ok_or(Invalid)?,
        expires_at_s: expires.ok_or(Invalid)?,
        content: content.ok_or(Invalid)?,
    })
}

fn hcert(d: &mut Decoder<'_>) -> Read<Content> {
    let mut content = None;
    cbor::map(d, |label, d| match label {
        Label::Int(1) => {
            content = Some(content::read(d)?);
            Ok(())
        }
        _ => cbor::skip(d, cbor::MAX_DEPTH),
    })?;
    content.ok_or(Invalid)
}

/// A NumericDate (RFC 8392, section 2): an integer or a float, by some issuers with tag 1. (A half-precision
/// float can't hold a date.)
fn numeric_date(d: &mut Decoder<'_>) -> Read<i64> {
    if d.datatype()? == Type::Tag && d.tag()?.as_u64() != 1 {
        return Err(Invalid);
    }
    let seconds = match d.datatype()? {
        Type::F32 => f64::from(d.f32()?),
        Type::F64 => d.f64()?,
        _ => return Ok(d.i64()?),
    };
    if seconds.is_finite() { Ok(seconds.floor() as i64) } else { Err(Invalid) }
}
