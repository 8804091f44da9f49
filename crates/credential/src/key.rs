//! Keys: public points, their ids, and whatever can sign (a file today, PKCS#11 tomorrow).

use std::fmt;
use std::sync::Arc;

use ring::digest;
use ring::rand::SecureRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

use crate::{Algorithm, KeyError};

/// The id of a key: the first 8 bytes of the SHA-256 of its uncompressed public point (65 bytes).
#[must_use]
pub fn kid_of(point: &[u8; 65]) -> [u8; 8] {
    let hash = digest::digest(&digest::SHA256, point);
    let mut kid = [0; 8];
    kid.copy_from_slice(&hash.as_ref()[..8]);
    kid
}

/// A P-256 public key as an uncompressed point, 0x04 ‖ x ‖ y. That the point is on the curve is known once it
/// came through [`PublicKey::from_point`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey {
    point: [u8; 65],
}

impl PublicKey {
    /// Reads 0x04 ‖ x ‖ y and checks that the point is on the curve.
    ///
    /// # Errors
    /// [`KeyError::Point`] for any other length or form, and for points off the curve.
    pub fn from_point(bytes: &[u8]) -> Result<Self, KeyError> {
        let point: [u8; 65] = bytes.try_into().map_err(|_| KeyError::Point)?;
        if point[0] != 4 || !crate::curve::is_on_p256(&point) {
            return Err(KeyError::Point);
        }
        Ok(Self { point })
    }

    /// Reads the two 32-byte coordinates, as a JWK or COSE_Key carries them.
    ///
    /// # Errors
    /// [`KeyError::Point`] as for [`PublicKey::from_point`].
    pub fn from_coordinates(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        let key = Self::from_unchecked(x, y).ok_or(KeyError::Point)?;
        Self::from_point(&key.point)
    }

    /// As [`PublicKey::from_coordinates`] without the curve check, for keys that are used at once: verifying
    /// with a point off the curve fails anyway.
    pub(crate) fn from_unchecked(x: &[u8], y: &[u8]) -> Option<Self> {
        let (x, y): ([u8; 32], [u8; 32]) = (x.try_into().ok()?, y.try_into().ok()?);
        let mut point = [4; 65];
        point[1..33].copy_from_slice(&x);
        point[33..].copy_from_slice(&y);
        Some(Self { point })
    }

    /// The point with this x (32 bytes) and the given oddness of y.
    pub(crate) fn from_compressed(x: &[u8], odd: bool) -> Option<Self> {
        let x: [u8; 32] = x.try_into().ok()?;
        Self::from_unchecked(&x, &crate::curve::y_of(&x, odd)?)
    }

    /// Whether y is odd, which together with x is the compressed form.
    pub(crate) fn y_is_odd(&self) -> bool {
        self.point[64] & 1 == 1
    }

    /// The uncompressed point, 65 bytes.
    #[must_use]
    pub fn point(&self) -> &[u8; 65] {
        &self.point
    }

    /// The x coordinate, 32 bytes big-endian.
    #[must_use]
    pub fn x(&self) -> &[u8] {
        &self.point[1..33]
    }

    /// The y coordinate, 32 bytes big-endian.
    #[must_use]
    pub fn y(&self) -> &[u8] {
        &self.point[33..]
    }

    /// The key's id, see [`kid_of`].
    #[must_use]
    pub fn kid(&self) -> [u8; 8] {
        kid_of(&self.point)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:02x?})", self.kid())
    }
}

/// Something that holds a private key and signs with it: a key file, a PKCS#11 token, a KMS.
pub trait Signer: Send + Sync {
    /// The algorithm of the key.
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }
    /// The public half.
    fn public_key(&self) -> PublicKey;
    /// The key's id as written into headers.
    fn kid(&self) -> [u8; 8];
    /// Signs `message` (hashing is part of it); the answer is r ‖ s for ES256.
    ///
    /// # Errors
    /// [`KeyError::Signing`] when randomness or the device fails.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError>;
}

/// A private key in memory, read from PKCS#8.
pub struct SoftwareKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
    kid: [u8; 8],
    rng: Arc<dyn SecureRandom + Send + Sync>,
}

impl SoftwareKey {
    /// Reads a PKCS#8 private key; `rng` blinds the signatures.
    ///
    /// # Errors
    /// [`KeyError::Pkcs8`] when it is not a P-256 key in that form.
    pub fn from_pkcs8(der: &[u8], rng: Arc<dyn SecureRandom + Send + Sync>) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &*rng)
            .map_err(|_| KeyError::Pkcs8)?;
        let point: [u8; 65] = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Pkcs8)?;
        let public = PublicKey { point };
        Ok(Self { pair, public, kid: public.kid(), rng })
    }

    /// Makes a new key; returns it with the PKCS#8 bytes to keep (a secret).
    ///
    /// # Errors
    /// [`KeyError::Signing`] when `rng` fails.
    pub fn generate(rng: Arc<dyn SecureRandom + Send + Sync>) -> Result<(Self, Vec<u8>), KeyError> {
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &*rng)
            .map_err(|_| KeyError::Signing)?;
        let key = Self::from_pkcs8(der.as_ref(), rng)?;
        Ok((key, der.as_ref().to_vec()))
    }
}

impl Signer for SoftwareKey {
    fn public_key(&self) -> PublicKey {
        self.public
    }

    fn kid(&self) -> [u8; 8] {
        self.kid
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        let signature = self.pair.sign(&*self.rng, message).map_err(|_| KeyError::Signing)?;
        signature.as_ref().try_into().map_err(|_| KeyError::Signing)
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey({:02x?})", self.kid)
    }
}
