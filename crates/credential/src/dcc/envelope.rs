//! The compressed layer: zlib (RFC 1950) with a hard cap.

use miniz_oxide::inflate;

use crate::CredentialError;

/// Most bytes a certificate may inflate to; real ones have 300 to 800.
const MAX_INFLATED: usize = 16 * 1024;

/// Inflates what starts with the zlib marker 0x78 and hands on the rest as it is: compression is optional
/// (HCERT specification, section 4.2).
pub(crate) fn open(packed: Vec<u8>) -> Result<Vec<u8>, CredentialError> {
    if packed.first() != Some(&0x78) {
        return Ok(packed);
    }
    let mut out = vec![0; MAX_INFLATED];
    let length =
        inflate::decompress_slice_iter_to_slice(&mut out, std::iter::once(packed.as_slice()), true, false)
            .map_err(|_| CredentialError::Compression)?;
    out.truncate(length);
    Ok(out)
}
