//! COSE_Sign1 (RFC 9052, section 4): taking it apart without copying, and making it.

use std::borrow::Cow;

use minicbor::Decoder;
use minicbor::data::{Tag, Type};

use crate::cbor::{self, Invalid, Label, Read};
use crate::{CredentialError, KeyError, Signer};

/// CBOR tag of COSE_Sign1.
const SIGN1_TAG: u64 = 18;
/// CBOR tag of a CWT (RFC 8392, section 6), which may wrap the former.
const CWT_TAG: u64 = 61;

/// The header parameters used here, from one of the two buckets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header<'b> {
    /// 1: algorithm number.
    pub(crate) algorithm: Option<i64>,
    /// 4: key id.
    pub(crate) kid: Option<Cow<'b, [u8]>>,
    /// 16: the type of the whole object.
    pub(crate) typ: Option<Cow<'b, str>>,
    /// 2: there are parameters that must be understood.
    pub(crate) critical: bool,
}

/// A COSE_Sign1 taken apart; nothing is verified yet.
#[derive(Clone, Debug)]
pub(crate) struct Sign1<'b> {
    protected_bytes: Cow<'b, [u8]>,
    pub(crate) protected: ProtectedHeader,
    pub(crate) unprotected: Header<'b>,
    pub(crate) payload: Cow<'b, [u8]>,
    pub(crate) signature: Cow<'b, [u8]>,
}

/// The protected header, owned because its bytes may be joined pieces.
pub(crate) type ProtectedHeader = Header<'static>;

/// How much of the framing must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Tag 18 exactly: our own formats.
    Tagged,
    /// Tags 61 and 18 each optional: what EU issuers really emit.
    Lenient,
}

impl<'b> Sign1<'b> {
    /// Takes `bytes` apart.
    ///
    /// # Errors
    /// [`CredentialError::Structure`] when it is not a COSE_Sign1 with an attached payload, or bytes follow;
    /// [`CredentialError::Unsupported`] when a critical header is present.
    pub(crate) fn parse(bytes: &'b [u8], framing: Framing) -> Result<Self, CredentialError> {
        let sign1 = read(bytes, framing).map_err(|_| CredentialError::Structure("COSE_Sign1"))?;
        if sign1.protected.critical || sign1.unprotected.critical {
            return Err(CredentialError::Unsupported);
        }
        Ok(sign1)
    }

    /// What the signature covers (RFC 9052, section 4.4).
    pub(crate) fn to_be_signed(&self, external_aad: &[u8]) -> Vec<u8> {
        signature_input(&self.protected_bytes, external_aad, &self.payload)
    }
}

fn read(bytes: &[u8], framing: Framing) -> Read<Sign1<'_>> {
    let mut d = Decoder::new(bytes);
    match framing {
        Framing::Tagged => {
            if d.tag()? != Tag::new(SIGN1_TAG) {
                return Err(Invalid);
            }
        }
        Framing::Lenient => {
            while d.datatype()? == Type::Tag {
                if ![CWT_TAG, SIGN1_TAG].contains(&d.tag()?.as_u64()) || d.position() > 8 {
                    return Err(Invalid);
                }
            }
        }
    }
    let (mut protected_bytes, mut unprotected, mut payload, mut signature) = (None, None, None, None);
    let parts = cbor::array(&mut d, |index, d| {
        match index {
            0 => protected_bytes = Some(cbor::bytes(d)?),
            1 => unprotected = Some(header(d)?),
            2 => payload = Some(cbor::bytes(d)?),
            3 => signature = Some(cbor::bytes(d)?),
            _ => return Err(Invalid),
        }
        Ok(())
    })?;
    cbor::at_end(&d)?;
    let (Some(protected_bytes), Some(unprotected), Some(payload), Some(signature), 4) =
        (protected_bytes, unprotected, payload, signature, parts)
    else {
        return Err(Invalid);
    };
    let protected = protected_header(&protected_bytes)?;
    Ok(Sign1 { protected_bytes, protected, unprotected, payload, signature })
}

fn protected_header(bytes: &[u8]) -> Read<ProtectedHeader> {
    if bytes.is_empty() {
        return Ok(Header::default());
    }
    let mut d = Decoder::new(bytes);
    let header = header(&mut d)?;
    cbor::at_end(&d)?;
    Ok(Header {
        algorithm: header.algorithm,
        kid: header.kid.map(|kid| Cow::Owned(kid.into_owned())),
        typ: header.typ.map(|typ| Cow::Owned(typ.into_owned())),
        critical: header.critical,
    })
}

fn header<'b>(d: &mut Decoder<'b>) -> Read<Header<'b>> {
    let mut out = Header::default();
    cbor::map(d, |label, d| {
        match label {
            Label::Int(1) if cbor::is_integer(d.datatype()?) => out.algorithm = Some(d.i64()?),
            Label::Int(2) => {
                out.critical = true;
                cbor::skip(d, cbor::MAX_DEPTH)?;
            }
            Label::Int(4) => out.kid = Some(cbor::bytes(d)?),
            Label::Int(16) if d.datatype()? == Type::String => out.typ = Some(cbor::text(d)?),
            _ => cbor::skip(d, cbor::MAX_DEPTH)?,
        }
        Ok(())
    })?;
    Ok(out)
}

/// Sig_structure of RFC 9052, section 4.4, with context "Signature1".
fn signature_input(protected: &[u8], external_aad: &[u8], payload: &[u8]) -> Vec<u8> {
    cbor::write(protected.len() + external_aad.len() + payload.len() + 32, |e| {
        e.array(4)?.str("Signature1")?.bytes(protected)?.bytes(external_aad)?.bytes(payload)?.ok()
    })
}

/// Signs `payload` and frames it with tag 18. `protected` is the encoded protected header.
///
/// # Errors
/// [`KeyError::Signing`] as the signer gives it.
pub(crate) fn sign1(
    protected: &[u8],
    external_aad: &[u8],
    payload: &[u8],
    signer: &dyn Signer,
) -> Result<Vec<u8>, KeyError> {
    let signature = signer.sign(&signature_input(protected, external_aad, payload))?;
    Ok(cbor::write(protected.len() + payload.len() + 80, |e| {
        e.tag(Tag::new(SIGN1_TAG))?.array(4)?;
        e.bytes(protected)?.map(0)?.bytes(payload)?.bytes(&signature)?.ok()
    }))
}
