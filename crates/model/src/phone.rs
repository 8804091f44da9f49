//! Phone numbers: mainland mobiles as people type them, others in E.164.

use std::fmt;

use crate::normalise::half_width;

/// Prefix of the mainland in E.164, moved in front of the eleven digits of a mobile.
const MAINLAND: u64 = 8_600_000_000_000;

/// A phone that can receive a one-time password. `Debug` shows the masked number only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(u64);

/// Why a text is not such a phone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PhoneError {
    /// Something other than digits, a leading plus, spaces, hyphens and brackets.
    #[error(
        "phone: has characters that phone numbers don't have; use digits, with a leading + for other countries"
    )]
    Characters,
    /// Not 11 digits, and no plus in front.
    #[error(
        "phone: a mainland mobile number has 11 digits; put + and the country code in front of any other"
    )]
    Length,
    /// Eleven digits, or +86, but not a mobile.
    #[error("phone: is not a mainland mobile number, which begins with 13 to 19")]
    NotMobile,
    /// A plus, but not 7 to 15 digits beginning with 1 to 9 (ITU-T E.164).
    #[error("phone: after + come 7 to 15 digits, the first not 0")]
    International,
}

impl PhoneError {
    /// The stable code for problem documents.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Length => "length",
            Self::NotMobile => "not-mobile",
            Self::International => "international",
        }
    }

    /// The same as `Display`, in Chinese.
    #[must_use]
    pub const fn message_zh(&self) -> &'static str {
        match self {
            Self::Characters => "手机号只能包含数字，境外号码以+开头",
            Self::Length => "大陆手机号为11位数字，境外号码请以+和国家代码开头",
            Self::NotMobile => "不是大陆手机号（应以13至19开头）",
            Self::International => "+后应为7至15位数字，且首位不为0",
        }
    }
}

impl Phone {
    /// Reads a mainland mobile (11 digits, with or without +86 or 0086) or another number in E.164 with its plus.
    ///
    /// # Errors
    /// [`PhoneError`] naming what is wrong.
    pub fn parse(input: &str) -> Result<Self, PhoneError> {
        let mut digits = 0u64;
        let mut count = 0;
        let mut plus = false;
        for c in input.trim().chars().map(half_width) {
            match c.to_digit(10) {
                Some(digit) if count < 16 => {
                    digits = digits * 10 + u64::from(digit);
                    count += 1;
                    if count == 1 && digit == 0 && plus {
                        return Err(PhoneError::International);
                    }
                }
                Some(_) => return Err(if plus { PhoneError::International } else { PhoneError::Length }),
                None if c == '+' && count == 0 && !plus => plus = true,
                None if matches!(c, ' ' | '-' | '(' | ')') => {}
                None => return Err(PhoneError::Characters),
            }
        }
        match (plus, count) {
            (false, 11) => Self::mainland(digits),
            (false, 15) if digits / 100_000_000_000 == 86 => Self::mainland(digits % 100_000_000_000),
            (true, 13) if digits / 100_000_000_000 == 86 => Self::mainland(digits % 100_000_000_000),
            (true, 7..=15) if digits.to_string().starts_with("86") => Err(PhoneError::NotMobile),
            (true, 7..=15) => Ok(Self(digits)),
            (true, _) => Err(PhoneError::International),
            (false, _) => Err(PhoneError::Length),
        }
    }

    /// A mainland mobile from its eleven digits as a number.
    ///
    /// # Errors
    /// [`PhoneError::NotMobile`] when it does not begin with 13 to 19.
    pub const fn mainland(digits: u64) -> Result<Self, PhoneError> {
        if digits >= 13_000_000_000 && digits < 20_000_000_000 {
            Ok(Self(MAINLAND + digits))
        } else {
            Err(PhoneError::NotMobile)
        }
    }

    /// The one spelling for storage, keyed look-up and gateways: 11 digits, or `+` and 7 to 15 digits.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self.0.checked_sub(MAINLAND) {
            Some(mobile) if mobile < 100_000_000_000 => mobile.to_string(),
            _ => format!("+{}", self.0),
        }
    }

    /// Whether this is a mainland mobile.
    #[must_use]
    pub const fn is_mainland(&self) -> bool {
        self.0 / 100_000_000_000 == 86
    }

    /// With the middle hidden: 138****5678, +44****12.
    #[must_use]
    pub fn masked(&self) -> String {
        let number = self.canonical();
        let (head, tail) = if self.is_mainland() { (3, 4) } else { (3, 2) };
        format!("{}****{}", &number[..head], &number[number.len() - tail..])
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> String {
        Phone::parse(text).unwrap().canonical()
    }

    #[test]
    fn every_spelling_of_a_mainland_mobile_is_the_same_phone() {
        for text in [
            "13812345678",
            "+8613812345678",
            "+86 138-1234-5678",
            "008613812345678",
            "１３８１２３４５６７８",
        ] {
            assert_eq!(canonical(text), "13812345678", "{text}");
        }
    }

    #[test]
    fn numbers_of_other_countries_keep_their_plus() {
        assert_eq!(canonical("+44 20 7946 0958"), "+442079460958");
        assert_eq!(canonical("+852 9123 4567"), "+85291234567");
    }

    #[test]
    fn what_is_not_a_phone_is_refused_with_its_reason() {
        assert_eq!(Phone::parse("12812345678"), Err(PhoneError::NotMobile));
        assert_eq!(Phone::parse("+862988886666"), Err(PhoneError::NotMobile));
        assert_eq!(Phone::parse("1381234567"), Err(PhoneError::Length));
        assert_eq!(Phone::parse(""), Err(PhoneError::Length));
        assert_eq!(Phone::parse("+0123456789"), Err(PhoneError::International));
        assert_eq!(Phone::parse("+12345"), Err(PhoneError::International));
        assert_eq!(Phone::parse("+1234567890123456"), Err(PhoneError::International));
        assert_eq!(Phone::parse("1381234567x"), Err(PhoneError::Characters));
        assert_eq!(Phone::parse("99999999999999999999999999"), Err(PhoneError::Length));
    }

    #[test]
    fn a_masked_phone_hides_its_middle() {
        assert_eq!(Phone::parse("13812345678").unwrap().masked(), "138****5678");
        assert_eq!(format!("{:?}", Phone::parse("+442079460958").unwrap()), "Phone(+44****58)");
    }

    proptest! {
        #[test]
        fn a_canonical_phone_reads_back_as_itself(text in "\\+?[0-9]{5,17}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(&phone.canonical()), Ok(phone));
            }
        }
    }
}
