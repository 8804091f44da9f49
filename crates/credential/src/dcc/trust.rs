//! The trust list: the certificates of the signers a gate believes.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::digest;

use super::certificate::{self, KeyUsage, SignerKey};
use super::{CertificateError, Proof};

/// Base64 as certificate files carry it, with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Signers by key id (the first 8 bytes of the SHA-256 of the certificate).
#[derive(Clone, Debug, Default)]
pub struct TrustList {
    signers: Vec<Signer>,
}

#[derive(Clone, Debug)]
struct Signer {
    kid: [u8; 8],
    key: SignerKey,
    usage: KeyUsage,
}

/// What the trust list says about a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// By a signer who may certify this; `None` before the proof is known.
    Signed(KeyUsage),
    UnknownKey,
    BadSignature,
}

impl TrustList {
    /// A list of certificates, each in DER, PEM (several in one allowed) or Base64 form.
    ///
    /// # Errors
    /// The position of the first certificate that can't be used, and why.
    pub fn from_certificates<I>(certificates: I) -> Result<Self, (usize, CertificateError)>
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut list = Self::default();
        for (index, bytes) in certificates.into_iter().enumerate() {
            list.add(bytes.as_ref()).map_err(|error| (index, error))?;
        }
        Ok(list)
    }

    /// Adds one certificate, or all of one PEM file.
    ///
    /// # Errors
    /// [`CertificateError`]; certificates before the bad one in a PEM file stay added.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), CertificateError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        if bytes.first() == Some(&0x30) {
            return self.add_der(bytes);
        }
        let text = str::from_utf8(bytes).map_err(|_| CertificateError::Malformed)?;
        if !text.contains(BEGIN) {
            return self.add_base64(text);
        }
        for block in text.split(BEGIN).skip(1) {
            let (body, _) = block.split_once(END).ok_or(CertificateError::Malformed)?;
            self.add_base64(body)?;
        }
        Ok(())
    }

    /// Number of signers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.signers.len()
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.signers.is_empty()
    }

    fn add_base64(&mut self, text: &str) -> Result<(), CertificateError> {
        let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let der = BASE64.decode(compact).map_err(|_| CertificateError::Malformed)?;
        self.add_der(&der)
    }

    fn add_der(&mut self, der: &[u8]) -> Result<(), CertificateError> {
        let certificate = certificate::read(der)?;
        let hash = digest::digest(&digest::SHA256, der);
        let mut kid = [0; 8];
        kid.copy_from_slice(&hash.as_ref()[..8]);
        self.signers.push(Signer { kid, key: certificate.key, usage: certificate.usage });
        Ok(())
    }

    /// Checks a signature with every certificate of this `kid` (8 bytes may collide).
    pub(super) fn check(&self, kid: &[u8], algorithm: i64, message: &[u8], signature: &[u8]) -> Answer {
        let mut answer = Answer::UnknownKey;
        for signer in self.signers.iter().filter(|signer| signer.kid == kid) {
            if signer.key.verifies(algorithm, message, signature) {
                return Answer::Signed(signer.usage);
            }
            answer = Answer::BadSignature;
        }
        answer
    }
}

impl Answer {
    /// Whether the signer may certify this proof.
    pub(super) fn permits(self, proof: Proof) -> bool {
        matches!(self, Self::Signed(usage) if usage.permits(proof))
    }
}
