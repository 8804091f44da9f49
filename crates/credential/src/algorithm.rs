//! Signature algorithms by COSE number: the one place to add SM2/SM3.

use ring::signature;

/// A signature algorithm this crate can verify and, for issuing, produce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256; signature = r ‖ s, 64 bytes (RFC 9053, section 2.1).
    Es256,
}

impl Algorithm {
    /// The algorithm behind a COSE algorithm number (IANA "COSE Algorithms"); `None` if not supported.
    #[must_use]
    pub fn from_cose(number: i64) -> Option<Self> {
        match number {
            -7 => Some(Self::Es256),
            _ => None,
        }
    }

    /// The COSE algorithm number.
    #[must_use]
    pub fn cose(self) -> i64 {
        match self {
            Self::Es256 => -7,
        }
    }

    /// The JOSE name used in a JWK (RFC 7518).
    #[must_use]
    pub fn jose(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
        }
    }

    /// Whether `signature` over `message` is by the key with this encoded public point.
    pub(crate) fn verifies(self, point: &[u8], message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256 => signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
        }
    }
}
