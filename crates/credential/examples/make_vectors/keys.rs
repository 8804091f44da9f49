//! Test keys, derived from their names, with deterministic signatures (RFC 6979), so that the vectors come out the
//! same every time. `ring` can't do that: it blinds with randomness.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use ring::digest;
use yimatong_credential::{KeyError, PublicKey, Signer};

/// A key for tests; its private scalar is SHA-256("yimatong test key " + name).
pub(crate) struct TestKey {
    key: SigningKey,
    pub(crate) scalar: [u8; 32],
}

impl TestKey {
    pub(crate) fn new(name: &str) -> Self {
        let seed = digest::digest(&digest::SHA256, format!("yimatong test key {name}").as_bytes());
        let scalar: [u8; 32] = seed.as_ref().try_into().expect("SHA-256 has 32 bytes");
        Self { key: SigningKey::from_bytes(&scalar.into()).expect("a scalar in range"), scalar }
    }

    /// An ASN.1 signature, as certificates carry it.
    pub(crate) fn sign_asn1(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(message);
        signature.to_der().as_bytes().to_vec()
    }
}

impl Signer for TestKey {
    fn public_key(&self) -> PublicKey {
        let point = self.key.verifying_key().to_sec1_point(false);
        PublicKey::from_point(point.as_bytes()).expect("a point on the curve")
    }

    fn kid(&self) -> [u8; 8] {
        self.public_key().kid()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        let signature: Signature = self.key.sign(message);
        Ok(signature.to_bytes().into())
    }
}
