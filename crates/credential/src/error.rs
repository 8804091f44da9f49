//! What can be wrong with signed bytes, with one stable sentence each.

/// Why a text or its bytes are not a credential this crate accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Longer than any QR symbol can hold.
    #[error("the text is longer than 8,192 bytes; a QR symbol holds at most 4,296 characters")]
    TooLong,
    /// The prefix names nothing known.
    #[error("the text starts with neither \"YMT1:\" nor \"HC1:\"")]
    UnknownPrefix,
    /// A later version of a known format.
    #[error("the prefix names a version of the format that this build does not know")]
    UnknownVersion,
    /// Base45 (RFC 9285) is broken: a character outside the alphabet, a bad length, or a group above 65,535.
    #[error("the text after the prefix is not Base45: {0}")]
    Base45(&'static str),
    /// Compressed content is broken or larger than allowed.
    #[error("the compressed content is broken or inflates to more than 16 KiB")]
    Compression,
    /// CBOR is broken or is not the structure expected there.
    #[error("the CBOR is not a valid {0}")]
    Structure(&'static str),
    /// The algorithm, or a critical header, is not supported.
    #[error("the signature uses an algorithm or a critical header that is not supported")]
    Unsupported,
}

/// Why a key can't be read, made or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the PKCS#8 form of a P-256 private key.
    #[error("the private key is not a P-256 key in PKCS#8 v1 or v2 form")]
    Pkcs8,
    /// The point is not a 65-byte uncompressed point on P-256.
    #[error("the public key is not an uncompressed point (65 bytes, first 0x04) on the curve P-256")]
    Point,
    /// The source of randomness, or the device that holds the key, failed.
    #[error("signing failed: the source of randomness or the key device gave an error")]
    Signing,
}
