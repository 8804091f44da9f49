//! Sampling: tubes, their barcodes, and how a person came into one.

mod barcode;
mod contradiction;
mod flag;

pub use self::barcode::{Barcode, BarcodeError};
pub use self::contradiction::{Claimed, contradicted};
pub use self::flag::{SampleFlag, SampleFlags};

use serde::{Deserialize, Serialize};

use crate::test_result::Tube;

/// How many people's swabs a tube takes (1, 5:1, 10:1, 20:1); in JSON the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum TubeSize {
    /// One person.
    One,
    /// Five people.
    Five,
    /// Ten people, the usual pool.
    Ten,
    /// Twenty people.
    Twenty,
}

impl TubeSize {
    /// Every size, smallest first.
    pub const ALL: [Self; 4] = [Self::One, Self::Five, Self::Ten, Self::Twenty];

    /// How many people.
    #[must_use]
    pub const fn people(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Five => 5,
            Self::Ten => 10,
            Self::Twenty => 20,
        }
    }

    /// What a result of such a tube says about each of its people.
    #[must_use]
    pub const fn tube(self) -> Tube {
        match self {
            Self::One => Tube::Single,
            Self::Five | Self::Ten | Self::Twenty => Tube::Pooled,
        }
    }
}

/// A number of people that no tube is made for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no tube for {0} people; use 1, 5, 10 or 20")]
pub struct TubeSizeError(pub u8);

impl TryFrom<u8> for TubeSize {
    type Error = TubeSizeError;

    fn try_from(people: u8) -> Result<Self, TubeSizeError> {
        Self::ALL.into_iter().find(|size| size.people() == people).ok_or(TubeSizeError(people))
    }
}

impl From<TubeSize> for u8 {
    fn from(size: TubeSize) -> Self {
        size.people()
    }
}

/// How the sampler knew whose swab it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum SampleSource {
    /// The code on the person's phone, or on a relative's.
    Code = 0,
    /// A paper code.
    Paper = 1,
    /// The identity card was scanned.
    IdCard = 2,
    /// Number and name were typed.
    Typed = 3,
}

impl SampleSource {
    /// Every source, in the order of the stable numbers.
    pub const ALL: [Self; 4] = [Self::Code, Self::Paper, Self::IdCard, Self::Typed];

    /// The stable number, from 0.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// The source of a stable number.
    #[must_use]
    pub fn from_u8(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tube_takes_1_5_10_or_20_people_and_only_the_first_is_single() {
        for people in 0..=u8::MAX {
            let size = TubeSize::try_from(people);
            assert_eq!(size.is_ok(), [1, 5, 10, 20].contains(&people), "{people}");
            if let Ok(size) = size {
                assert_eq!(serde_json::to_value(size).unwrap(), people);
                assert_eq!(size.tube() == Tube::Single, people == 1);
            }
        }
        assert!(
            serde_json::from_str::<TubeSize>("11").unwrap_err().to_string().contains("use 1, 5, 10 or 20")
        );
    }

    #[test]
    fn the_numbers_of_sources_are_stable() {
        for (number, source) in SampleSource::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(source.as_u8()), number);
            assert_eq!(SampleSource::from_u8(source.as_u8()), Some(source));
        }
        assert_eq!(SampleSource::from_u8(4), None);
    }
}
