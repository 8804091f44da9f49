//! Issuing a credential (the city) and presenting it (the phone).

use crate::cbor;
use crate::claims_cbor;
use crate::cose;
use crate::{Claims, KeyError, Signer};

/// `external_aad` of a presentation: nothing else a device key signs can be taken for one.
pub(crate) const PRESENTATION_AAD: &[u8] = b"yimatong presentation v1";

/// Signs `claims`: COSE_Sign1 (tag 18), protected {1 alg, 4 kid}. The bytes are what the phone stores, what
/// [`present`] takes, and what goes on paper through [`crate::credential_to_text`].
///
/// # Errors
/// [`KeyError::Signing`] as the signer gives it.
pub fn issue(claims: &Claims, signer: &dyn Signer) -> Result<Vec<u8>, KeyError> {
    let protected = protected_with_kid(signer);
    cose::sign1(&protected, b"", &claims_cbor::encode(claims), signer)
}

/// Signs [credential, now] with the device's key: COSE_Sign1 (tag 18), protected {1 alg}, external_aad
/// "yimatong presentation v1".
///
/// # Errors
/// [`KeyError::Signing`] as the signer gives it.
pub fn present(credential: &[u8], now_s: i64, device: &dyn Signer) -> Result<Vec<u8>, KeyError> {
    let protected = cbor::write(8, |e| e.map(1)?.i64(1)?.i64(device.algorithm().cose())?.ok());
    let payload = cbor::write(credential.len() + 16, |e| e.array(2)?.bytes(credential)?.i64(now_s)?.ok());
    cose::sign1(&protected, PRESENTATION_AAD, &payload, device)
}

/// Protected header {1 alg, 4 kid}.
pub(crate) fn protected_with_kid(signer: &dyn Signer) -> Vec<u8> {
    cbor::write(16, |e| e.map(2)?.i64(1)?.i64(signer.algorithm().cose())?.i64(4)?.bytes(&signer.kid())?.ok())
}
