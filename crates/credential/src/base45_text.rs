//! QR texts: a prefix and Base45 (RFC 9285).

use crate::CredentialError;

/// Prefix of our own texts; the digit is the version of the format.
pub const CREDENTIAL_PREFIX: &str = "YMT1:";
/// Prefix of EU Digital COVID Certificates, context version 1.
pub(crate) const DCC_PREFIX: &str = "HC1:";
/// Longest text looked at, in bytes; a QR symbol holds at most 4,296 alphanumeric characters.
pub(crate) const MAX_TEXT: usize = 8192;

/// What a text claims to be, with the part after the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format<'t> {
    /// `YMT1:`
    Credential(&'t str),
    /// `HC1:`
    Dcc(&'t str),
}

/// The text of a QR symbol for a presentation (device, relative) or a bare credential (paper).
#[must_use]
pub fn credential_to_text(cose: &[u8]) -> String {
    let mut text = String::with_capacity(CREDENTIAL_PREFIX.len() + cose.len().div_ceil(2) * 3);
    text.push_str(CREDENTIAL_PREFIX);
    text.push_str(&base45::encode(cose));
    text
}

/// Recognises the prefix. Line ends and tabs around the text are ignored; spaces only before it, because a
/// space is a Base45 digit.
///
/// # Errors
/// Too long, an unknown prefix, or an unknown version of a known one.
pub(crate) fn recognise(text: &str) -> Result<Format<'_>, CredentialError> {
    if text.len() > MAX_TEXT {
        return Err(CredentialError::TooLong);
    }
    let text = text.trim_start().trim_end_matches(['\r', '\n', '\t']);
    if let Some(rest) = text.strip_prefix(CREDENTIAL_PREFIX) {
        return Ok(Format::Credential(rest));
    }
    if let Some(rest) = text.strip_prefix(DCC_PREFIX) {
        return Ok(Format::Dcc(rest));
    }
    Err(match text.split_once(':') {
        Some((scheme, _)) if is_other_version(scheme) => CredentialError::UnknownVersion,
        _ => CredentialError::UnknownPrefix,
    })
}

/// `YMT` or `HC` followed by one upper-case letter or digit: a version not known here.
fn is_other_version(scheme: &str) -> bool {
    ["YMT", "HC"].iter().any(|family| {
        scheme.strip_prefix(family).is_some_and(|version| {
            version.len() == 1 && version.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        })
    })
}

const NO_DIGIT: u8 = 255;

/// Value of each byte as a Base45 digit.
const DIGITS: [u8; 256] = {
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < alphabet.len() {
        digits[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

/// Decodes Base45.
///
/// # Errors
/// [`CredentialError::Base45`] saying whether length, alphabet or a group's value is wrong.
pub(crate) fn decode(encoded: &str) -> Result<Vec<u8>, CredentialError> {
    if encoded.is_empty() {
        return Err(CredentialError::Base45("nothing follows the prefix"));
    }
    if encoded.bytes().any(|byte| DIGITS[usize::from(byte)] == NO_DIGIT) {
        return Err(CredentialError::Base45("a character is not in its alphabet of 45"));
    }
    if encoded.len() % 3 == 1 {
        return Err(CredentialError::Base45("it ends in the middle of a group; the text is cut off"));
    }
    if let [low, high] = encoded.as_bytes().chunks_exact(3).remainder() {
        // The base45 crate cuts a last pair above 255 to one byte instead of refusing it (RFC 9285, section 6).
        let digit = |byte: &u8| usize::from(DIGITS[usize::from(*byte)]);
        if digit(low) + 45 * digit(high) > 255 {
            return Err(CredentialError::Base45("the last pair stands for more than one byte"));
        }
    }
    base45::decode(encoded).map_err(|_| CredentialError::Base45("a group stands for more than two bytes"))
}
