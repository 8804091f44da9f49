//! The rounds of mass testing a person was sampled in, as one column.

use crate::error::{Result, corrupt};

/// How many rounds are kept.
const MOST: usize = 8;

/// The last rounds that a person has a live sample in: numbers of campaigns, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Rounds(Vec<u16>);

impl Rounds {
    /// The highest numbers of some.
    pub(crate) fn of(numbers: impl IntoIterator<Item = u16>) -> Self {
        let mut rounds = Self::default();
        for number in numbers {
            rounds.add(number);
        }
        rounds
    }

    /// Adds a round; true when that changed anything.
    pub(crate) fn add(&mut self, number: u16) -> bool {
        let Err(place) = self.0.binary_search(&number) else { return false };
        if self.0.len() == MOST && place == 0 {
            return false;
        }
        self.0.insert(place, number);
        if self.0.len() > MOST {
            self.0.remove(0);
        }
        true
    }

    /// Whether the person was sampled in a round; none when that is too long ago to tell from here.
    pub(crate) fn contain(&self, number: u16) -> Option<bool> {
        match self.0.binary_search(&number) {
            Ok(_) => Some(true),
            Err(0) if self.0.len() == MOST => None,
            Err(_) => Some(false),
        }
    }

    /// The numbers.
    pub(crate) fn into_numbers(self) -> Vec<u16> {
        self.0
    }

    /// The column; none without rounds.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        (!self.0.is_empty()).then(|| self.0.iter().flat_map(|number| number.to_le_bytes()).collect())
    }

    /// The rounds of a column.
    pub(crate) fn decode(bytes: Option<&[u8]>) -> Result<Self> {
        let (numbers, rest) = bytes.unwrap_or_default().as_chunks::<2>();
        if !rest.is_empty() || numbers.len() > MOST {
            return Err(corrupt("the rounds of a person"));
        }
        let numbers: Vec<u16> = numbers.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
        if numbers.is_sorted_by(|a, b| a < b) {
            Ok(Self(numbers))
        } else {
            Err(corrupt("the rounds of a person"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_highest_rounds_are_kept_whatever_their_order() {
        let mut rounds = Rounds::of([9, 3, 7, 1, 5, 2, 8, 4, 6, 3]);
        assert_eq!(rounds.clone().into_numbers(), [2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!([9, 10, 1].map(|number| rounds.contain(number)), [Some(true), Some(false), None]);
        assert!(!rounds.add(1) && !rounds.add(5) && rounds.add(12));
        assert_eq!(Rounds::decode(rounds.encode().as_deref()).unwrap(), rounds);
    }

    #[test]
    fn nobody_starts_with_rounds_and_damage_is_noticed() {
        assert_eq!(Rounds::decode(None).unwrap().encode(), None);
        for bad in [&[1][..], &[2, 0, 1, 0], &[0; 18]] {
            assert!(Rounds::decode(Some(bad)).is_err(), "{bad:?}");
        }
    }
}
