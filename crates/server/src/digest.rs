//! SHA-256 of bytes, and the entity tag made of it.

/// SHA-256 (FIPS 180-4).
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// A strong entity tag (RFC 9110, 8.8.3) of content: 96 bits in quoted hex.
pub(crate) fn etag(content: &[u8]) -> String {
    let hex: String = sha256(content)[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}
