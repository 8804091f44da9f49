//! What is odd about a sample or a tube. Nothing of it refuses a swab that was taken: it is recorded, told at the table
//! and put on the coordinator's list.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that is odd.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum SampleFlag {
    /// The person has a live sample in the same round, or in the same tube, and was not asked for another.
    AlreadySampled = 0,
    /// More people are in the tube than it is made for.
    TubeOver = 1,
    /// The tube was opened by another device, or the lab had it in hand before this sample was taken: whose tube it is
    /// is in doubt.
    BarcodeUsed = 2,
    /// The sample was taken after the tube was sealed.
    TubeSealed = 3,
    /// A tube for one household has people of several.
    HouseholdMixed = 4,
    /// The sample was told only after the tube's result, which this person has not got.
    AfterResult = 5,
    /// The document is on file under another name than the one given.
    NameDiffers = 6,
    /// The lab has a result, and nobody is known to be in the tube.
    ResultWithoutSamples = 7,
    /// A sample was undone at the table, and that was told only after the tube's result.
    UndoneAfterResult = 8,
    /// A sample was taken after the lab had the tube, so its person got no negative from it.
    SampledAfterReceipt = 9,
}

impl SampleFlag {
    /// Every flag, in the order of the stable numbers.
    pub const ALL: [Self; 10] = [
        Self::AlreadySampled,
        Self::TubeOver,
        Self::BarcodeUsed,
        Self::TubeSealed,
        Self::HouseholdMixed,
        Self::AfterResult,
        Self::NameDiffers,
        Self::ResultWithoutSamples,
        Self::UndoneAfterResult,
        Self::SampledAfterReceipt,
    ];

    /// The stable number, from 0.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// The flag of a stable number.
    #[must_use]
    pub fn from_u8(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlreadySampled => "already-sampled",
            Self::TubeOver => "tube-over",
            Self::BarcodeUsed => "barcode-used",
            Self::TubeSealed => "tube-sealed",
            Self::HouseholdMixed => "household-mixed",
            Self::AfterResult => "after-result",
            Self::NameDiffers => "name-differs",
            Self::ResultWithoutSamples => "result-without-samples",
            Self::UndoneAfterResult => "undone-after-result",
            Self::SampledAfterReceipt => "sampled-after-receipt",
        }
    }

    /// Whether it is about one sample and not about the tube as a whole.
    #[must_use]
    pub const fn is_of_sample(self) -> bool {
        matches!(self, Self::AlreadySampled | Self::NameDiffers)
    }
}

impl fmt::Display for SampleFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of flags; in JSON a list of names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<SampleFlag>", into = "Vec<SampleFlag>")]
pub struct SampleFlags(u16);

impl SampleFlags {
    /// Nothing is odd.
    pub const NONE: Self = Self(0);

    /// Whether a flag is set.
    #[must_use]
    pub const fn contains(self, flag: SampleFlag) -> bool {
        self.0 & (1 << flag.as_u8()) != 0
    }

    /// Sets a flag; true when it was not set.
    pub const fn insert(&mut self, flag: SampleFlag) -> bool {
        let was_set = self.contains(flag);
        self.0 |= 1 << flag.as_u8();
        !was_set
    }

    /// Takes a flag back; true when it was set.
    pub const fn remove(&mut self, flag: SampleFlag) -> bool {
        let was_set = self.contains(flag);
        self.0 &= !(1 << flag.as_u8());
        was_set
    }

    /// Whether none is set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The flags that are set, by number.
    pub fn iter(self) -> impl Iterator<Item = SampleFlag> {
        SampleFlag::ALL.into_iter().filter(move |flag| self.contains(*flag))
    }

    /// One bit per flag, by its number.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set of some bits; none when a bit belongs to no flag.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Option<Self> {
        if bits >> SampleFlag::ALL.len() == 0 { Some(Self(bits)) } else { None }
    }
}

impl FromIterator<SampleFlag> for SampleFlags {
    fn from_iter<I: IntoIterator<Item = SampleFlag>>(flags: I) -> Self {
        let mut set = Self::NONE;
        for flag in flags {
            set.insert(flag);
        }
        set
    }
}

impl From<Vec<SampleFlag>> for SampleFlags {
    fn from(flags: Vec<SampleFlag>) -> Self {
        flags.into_iter().collect()
    }
}

impl From<SampleFlags> for Vec<SampleFlag> {
    fn from(flags: SampleFlags) -> Self {
        flags.iter().collect()
    }
}

impl fmt::Debug for SampleFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_of_flags_are_stable() {
        for (number, flag) in SampleFlag::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(flag.as_u8()), number);
            assert_eq!(SampleFlag::from_u8(flag.as_u8()), Some(flag));
            assert_eq!(serde_json::to_value(flag).unwrap(), flag.as_str());
        }
        assert_eq!(SampleFlag::from_u8(10), None);
    }

    #[test]
    fn a_set_of_flags_is_a_list_of_names_in_json() {
        let mut flags = SampleFlags::NONE;
        assert!(flags.insert(SampleFlag::TubeOver) && !flags.insert(SampleFlag::TubeOver));
        flags.insert(SampleFlag::AlreadySampled);
        let json = serde_json::to_string(&flags).unwrap();
        assert_eq!(json, r#"["already-sampled","tube-over"]"#);
        assert_eq!(serde_json::from_str::<SampleFlags>(&json).unwrap(), flags);
        assert_eq!(SampleFlags::from_bits(flags.bits()), Some(flags));
        assert_eq!(SampleFlags::from_bits(1 << 10), None);
        assert!(flags.remove(SampleFlag::TubeOver) && !flags.remove(SampleFlag::TubeOver));
    }
}
