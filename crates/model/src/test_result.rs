//! A test result with its three times.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the lab found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Outcome {
    /// Nothing found.
    Negative = 0,
    /// Found; for a pooled tube, in at least one of its people.
    Positive = 1,
    /// The lab can't tell; a new sample is needed.
    Indeterminate = 2,
    /// The swab or the tube was unusable.
    Invalid = 3,
}

/// How many people's swabs were in the tube.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Tube {
    /// One person.
    Single = 0,
    /// Several people, usually ten.
    Pooled = 1,
}

/// How the sample was tested.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Method {
    /// Nucleic acid amplification.
    Naat = 0,
    /// Antigen.
    Antigen = 1,
}

/// One result of one person. All three times are kept, because cities differ in which one starts the 48 h clock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestResult {
    /// When the swab was taken.
    pub sampled: Timestamp,
    /// When the lab received the tube.
    pub received: Timestamp,
    /// When the lab reported.
    pub reported: Timestamp,
    /// What it found.
    pub outcome: Outcome,
    /// Pooled or single.
    pub tube: Tube,
    /// Nucleic acid or antigen.
    pub method: Method,
    /// Number of the institution in the list of institutions.
    pub institution: u16,
}

macro_rules! stable_names {
    ($kind:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $kind {
            /// Every value, in the order of the stable numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, as in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The stable number, from 0.
            #[must_use]
            pub const fn as_u8(self) -> u8 {
                self as u8
            }

            /// The value of a stable number.
            #[must_use]
            pub fn from_u8(number: u8) -> Option<Self> {
                Self::ALL.get(usize::from(number)).copied()
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

stable_names!(Outcome {
    Negative = "negative",
    Positive = "positive",
    Indeterminate = "indeterminate",
    Invalid = "invalid",
});
stable_names!(Tube { Single = "single", Pooled = "pooled" });
stable_names!(Method { Naat = "naat", Antigen = "antigen" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_of_outcomes_tubes_and_methods_are_stable() {
        for (number, outcome) in Outcome::ALL.iter().enumerate() {
            assert_eq!(usize::from(outcome.as_u8()), number);
            assert_eq!(Outcome::from_u8(outcome.as_u8()), Some(*outcome));
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        }
        for tube in Tube::ALL {
            assert_eq!(serde_json::to_value(tube).unwrap(), tube.as_str());
            assert_eq!(Tube::from_u8(tube.as_u8()), Some(*tube));
        }
        for method in Method::ALL {
            assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
            assert_eq!(Method::from_u8(method.as_u8()), Some(*method));
        }
        assert_eq!(Outcome::from_u8(4), None);
    }
}
