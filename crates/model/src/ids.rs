//! Numbers that name things. Each is a type of its own, so that a venue can't be passed where a person is meant.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A 63-bit id that fits a signed SQL integer; in JSON a decimal string, as JavaScript numbers end at 2^53.
macro_rules! wide_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u64);

        impl $name {
            /// The largest id, 2^63 - 1.
            pub const MAX: Self = Self(i64::MAX as u64);

            /// Takes the number if it fits 63 bits.
            #[must_use]
            pub const fn new(id: u64) -> Option<Self> {
                if id <= Self::MAX.0 { Some(Self(id)) } else { None }
            }

            /// Keeps the low 63 bits, for ids that are the prefix of a hash.
            #[must_use]
            pub const fn from_low_bits(bits: u64) -> Self {
                Self(bits & Self::MAX.0)
            }

            /// Takes a number from an SQL integer column; `None` when it is negative.
            #[must_use]
            pub const fn from_i64(id: i64) -> Option<Self> {
                if id >= 0 { Some(Self(id.unsigned_abs())) } else { None }
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// The number for an SQL integer column; never negative.
            #[must_use]
            pub const fn as_i64(self) -> i64 {
                self.0.cast_signed()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                // `u64::from_str` also takes "+1" and "007"; one id has one spelling.
                let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
                if !plain {
                    return Err(IdError);
                }
                text.parse().ok().and_then(Self::new).ok_or(IdError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an id as a decimal string, such as \"4711\"")
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
                    }
                }
                from.deserialize_str(Text)
            }
        }
    };
}

/// A 32-bit id; in JSON a number.
macro_rules! narrow_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// A text that is not an id: not decimal digits, leading zeros, or beyond 63 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an id is a decimal number below 2^63 without sign or leading zeros")]
pub struct IdError;

wide_id! {
    /// A person. 63 bits of an HMAC over the document, so ids say nothing about people and can't be enumerated.
    PersonId
}
wide_id! {
    /// A household: the people who live behind one door.
    HouseholdId
}
narrow_id! {
    /// A community (村、社区), the smallest unit of administration.
    CommunityId
}
narrow_id! {
    /// A venue with a code at its door.
    VenueId
}
narrow_id! {
    /// A place where samples are taken.
    SamplingPointId
}
narrow_id! {
    /// A member of staff; residents are not staff.
    StaffId
}
narrow_id! {
    /// The place of a credential in the status lists: list `slot >> 20`.
    Slot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_id_is_a_decimal_string_in_json_up_to_63_bits() {
        let json = serde_json::to_string(&PersonId::MAX).unwrap();
        assert_eq!(json, "\"9223372036854775807\"");
        assert_eq!(serde_json::from_str::<PersonId>(&json).unwrap(), PersonId::MAX);
    }

    #[test]
    fn other_spellings_of_a_person_id_are_refused() {
        for bad in ["\"9223372036854775808\"", "\"-1\"", "\"+1\"", "\"01\"", "\"\"", "\" 1\"", "7", "null"] {
            assert!(serde_json::from_str::<PersonId>(bad).is_err(), "{bad}");
        }
        assert_eq!("0".parse(), Ok(HouseholdId::from_low_bits(0)));
    }

    #[test]
    fn sql_integers_and_hash_prefixes_stay_within_63_bits() {
        assert_eq!(PersonId::from_i64(-1), None);
        assert_eq!(PersonId::new(1 << 63), None);
        assert_eq!(PersonId::from_low_bits(u64::MAX).as_i64(), i64::MAX);
    }

    #[test]
    fn a_narrow_id_is_a_number_in_json() {
        assert_eq!(serde_json::to_string(&VenueId(7)).unwrap(), "7");
    }
}
