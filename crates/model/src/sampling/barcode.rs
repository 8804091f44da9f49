//! Barcodes of tubes and boxes, as scanned (Code 128) or typed.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::{Document, DocumentKind};

/// A barcode: 6 to 24 of A-Z, 0-9 and hyphens, with at least one digit. Small letters are read as capitals, spaces around it are left out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Barcode(String);

/// A text that is no barcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a barcode has 6 to 24 letters A-Z, digits and hyphens, among them a digit")]
pub struct BarcodeError;

impl Barcode {
    /// The barcode in capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Barcode {
    type Err = BarcodeError;

    fn from_str(text: &str) -> Result<Self, BarcodeError> {
        let text = text.trim();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        let good = (6..=24).contains(&text.len())
            && text.bytes().all(plain)
            && text.bytes().any(|b| b.is_ascii_digit());
        // A person's ID number is scanned from a card at the same table: it must not become a tube.
        if !good || is_resident_id(text) { Err(BarcodeError) } else { Ok(Self(text.to_ascii_uppercase())) }
    }
}

fn is_resident_id(text: &str) -> bool {
    // Births in the future are of no interest here: the number would be one all the same.
    text.len() == 18 && Document::parse(DocumentKind::ResidentId, text, Date::MAX).is_ok()
}

impl TryFrom<String> for Barcode {
    type Error = BarcodeError;

    fn try_from(text: String) -> Result<Self, BarcodeError> {
        text.parse()
    }
}

impl From<Barcode> for String {
    fn from(barcode: Barcode) -> Self {
        barcode.0
    }
}

impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_barcode_is_read_in_capitals_and_without_spaces() {
        assert_eq!(" zz2022-0001 ".parse::<Barcode>().unwrap().as_str(), "ZZ2022-0001");
        for bad in ["", "12345", "ABCDEF", "1234567890123456789012345", "12 3456", "试管12345", "123456\n7"]
        {
            assert_eq!(bad.parse::<Barcode>(), Err(BarcodeError), "{bad:?}");
        }
    }

    #[test]
    fn an_identity_number_scanned_by_mistake_is_no_barcode() {
        assert_eq!("11010519491231002X".parse::<Barcode>(), Err(BarcodeError));
        assert!(
            "110105194912310021".parse::<Barcode>().is_ok(),
            "its check digit is wrong, so it may be a tube"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_read_the_same_again(text in ".{0,30}") {
            if let Ok(barcode) = text.parse::<Barcode>() {
                prop_assert_eq!(barcode.as_str().parse::<Barcode>(), Ok(barcode.clone()));
            }
        }
    }
}
