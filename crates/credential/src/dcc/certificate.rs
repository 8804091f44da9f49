//! The three things needed of a signer's X.509 certificate: its hash, its public key, its key usage.
//!
//! Only those fields are read (with `der`, in place): a full X.509 parser builds names and extensions first, and
//! a hostile 8 KiB certificate makes it allocate many times that. Validity and chain are not judged here: being
//! on the trust list is what makes a signer trusted (eHealth Network, "trust list").

use der::asn1::AnyRef;
use der::{Decode, Tag, TagNumber, Tagged};
use ring::signature;

use super::Proof;

/// Why a certificate can't be a signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not DER, PEM or Base64 of an X.509 certificate.
    #[error("not an X.509 certificate in DER, PEM or Base64 form")]
    Malformed,
    /// Neither P-256 nor RSA.
    #[error("the certificate's key is neither on P-256 nor RSA")]
    UnsupportedKey,
}

/// The public key of a signer, in the form `ring` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SignerKey {
    /// Point on P-256: ES256.
    P256(Vec<u8>),
    /// PKCS#1 RSAPublicKey: PS256.
    Rsa(Vec<u8>),
}

impl SignerKey {
    /// Whether the signature with this COSE algorithm number (-7 ES256, -37 PS256) is by this key.
    pub(super) fn verifies(&self, algorithm: i64, message: &[u8], signature_bytes: &[u8]) -> bool {
        let (scheme, key): (&dyn signature::VerificationAlgorithm, _) = match (self, algorithm) {
            (Self::P256(point), -7) => (&signature::ECDSA_P256_SHA256_FIXED, point),
            (Self::Rsa(key), -37) => (&signature::RSA_PSS_2048_8192_SHA256, key),
            _ => return false,
        };
        signature::UnparsedPublicKey::new(scheme, key).verify(message, signature_bytes).is_ok()
    }
}

/// Which proofs a certificate is limited to; none named means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct KeyUsage {
    test: bool,
    vaccination: bool,
    recovery: bool,
}

impl KeyUsage {
    /// Tests only: what the city's own key certifies.
    pub(super) const TESTS: Self = Self { test: true, vaccination: false, recovery: false };

    pub(super) fn permits(self, proof: Proof) -> bool {
        let limited = self.test || self.vaccination || self.recovery;
        !limited
            || match proof {
                Proof::Test => self.test,
                Proof::Vaccination => self.vaccination,
                Proof::Recovery => self.recovery,
            }
    }
}

/// What is read of a certificate.
pub(super) struct Certificate {
    pub(super) key: SignerKey,
    pub(super) usage: KeyUsage,
}

const EXTENSIONS: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(3) };
const VERSION: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };
/// id-ecPublicKey 1.2.840.10045.2.1
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// prime256v1 1.2.840.10045.3.1.7
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// rsaEncryption 1.2.840.113549.1.1.1 and RSASSA-PSS .10, without the last number.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// extKeyUsage 2.5.29.37
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
/// 1.3.6.1.4.1.1847.2021.1 and the misprint 1.3.6.1.4.1.0.1847.2021.1, both in use, without the last number.
const USAGES: [&[u8]; 2] = [
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x8e, 0x37, 0x8f, 0x65, 0x01],
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x00, 0x8e, 0x37, 0x8f, 0x65, 0x01],
];

/// Reads a certificate (RFC 5280, section 4.1).
pub(super) fn read(certificate: &[u8]) -> Result<Certificate, CertificateError> {
    let body = tbs(certificate).ok_or(CertificateError::Malformed)?;
    // serialNumber, signature, issuer, validity, subject
    let spki = Items(body).filter(|item| item.tag() != VERSION).nth(5);
    let spki = spki.filter(|item| item.tag() == Tag::Sequence).ok_or(CertificateError::Malformed)?;
    let key = signer_key(spki.value())?;
    let extensions = Items(body).find(|item| item.tag() == EXTENSIONS);
    // Usage that can't be read limits nothing, as in the reference: the certificate was trusted as it is.
    let usage = extensions.and_then(|item| key_usage(item.value())).unwrap_or_default();
    Ok(Certificate { key, usage })
}

fn tbs(certificate: &[u8]) -> Option<&[u8]> {
    let outer = AnyRef::from_der(certificate).ok().filter(|item| item.tag() == Tag::Sequence)?;
    let tbs = Items(outer.value()).next().filter(|item| item.tag() == Tag::Sequence)?;
    Some(tbs.value())
}

fn signer_key(spki: &[u8]) -> Result<SignerKey, CertificateError> {
    let mut items = Items(spki);
    let (Some(algorithm), Some(bits)) = (items.next(), items.next()) else {
        return Err(CertificateError::Malformed);
    };
    let mut identifiers = Items(algorithm.value()).map(der::AnyRef::value);
    let (oid, parameter) = (identifiers.next().unwrap_or_default(), identifiers.next());
    // The first byte of a BIT STRING counts unused bits: none in a key.
    let key = match bits.value().split_first() {
        Some((0, key)) if bits.tag() == Tag::BitString => key.to_vec(),
        _ => return Err(CertificateError::Malformed),
    };
    if oid == EC && parameter == Some(P256) {
        Ok(SignerKey::P256(key))
    } else if matches!(oid.strip_prefix(RSA), Some([1 | 10])) {
        Ok(SignerKey::Rsa(key))
    } else {
        Err(CertificateError::UnsupportedKey)
    }
}

fn key_usage(extensions: &[u8]) -> Option<KeyUsage> {
    let list = AnyRef::from_der(extensions).ok()?;
    let mut usage = KeyUsage::default();
    for extension in Items(list.value()) {
        if Items(extension.value()).next().map(der::AnyRef::value) != Some(EXTENDED_KEY_USAGE) {
            continue;
        }
        let octets = Items(extension.value()).last()?;
        let purposes = AnyRef::from_der(octets.value()).ok()?;
        for purpose in Items(purposes.value()) {
            match USAGES.iter().find_map(|prefix| purpose.value().strip_prefix(*prefix)) {
                Some([1]) => usage.test = true,
                Some([2]) => usage.vaccination = true,
                Some([3]) => usage.recovery = true,
                _ => {}
            }
        }
    }
    Some(usage)
}

/// The elements of a constructed value; ends at the first thing that is not DER.
struct Items<'d>(&'d [u8]);

impl<'d> Iterator for Items<'d> {
    type Item = AnyRef<'d>;

    fn next(&mut self) -> Option<AnyRef<'d>> {
        let (item, rest) = AnyRef::from_der_partial(self.0).ok()?;
        self.0 = rest;
        Some(item)
    }
}
