//! COSE by hand, for what the crate refuses to write.

use minicbor::Encoder;
use minicbor::data::Tag;
use yimatong_credential::Signer;

/// CBOR written by `body`.
pub(crate) fn cbor(body: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    body(&mut Encoder::new(&mut out));
    out
}

/// What a signature covers (RFC 9052, section 4.4).
pub(crate) fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    cbor(|e| {
        let parts = e.array(4).and_then(|e| e.str("Signature1")).and_then(|e| e.bytes(protected));
        parts.and_then(|e| e.bytes(b"")).and_then(|e| e.bytes(payload)).expect("a vector takes all");
    })
}

/// A COSE_Sign1 with any protected header and payload, an unprotected `kid` if asked, and tag 18 if asked.
pub(crate) fn sign1(
    protected: &[u8],
    unprotected_kid: Option<&[u8]>,
    payload: &[u8],
    tagged: bool,
    key: &dyn Signer,
) -> Vec<u8> {
    let signature = key.sign(&to_be_signed(protected, payload)).expect("test keys sign");
    cbor(|e| {
        if tagged {
            e.tag(Tag::new(18)).expect("a vector takes all");
        }
        e.array(4).and_then(|e| e.bytes(protected)).expect("a vector takes all");
        match unprotected_kid {
            Some(kid) => e.map(1).and_then(|e| e.i64(4)).and_then(|e| e.bytes(kid)),
            None => e.map(0),
        }
        .expect("a vector takes all");
        e.bytes(payload).and_then(|e| e.bytes(&signature)).expect("a vector takes all");
    })
}

/// The protected header {1: algorithm, 4: kid}.
pub(crate) fn protected(algorithm: i64, kid: &[u8]) -> Vec<u8> {
    cbor(|e| {
        let head = e.map(2).and_then(|e| e.i64(1)).and_then(|e| e.i64(algorithm));
        head.and_then(|e| e.i64(4)).and_then(|e| e.bytes(kid)).expect("a vector takes all");
    })
}
