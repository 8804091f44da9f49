//! Which people a node keeps: all of the city, or one of several even parts of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yimatong_model::ids::PersonId;

/// Most parts of a city.
pub const MOST_PARTS: u32 = 1_024;
/// Person ids have so many bits; they are a keyed hash, so ranges of them are even.
const ID_BITS: u32 = 63;

/// One of several parts of a city, written `2/16`; `1/1` is the whole city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Part {
    /// Counted from 0.
    index: u32,
    count: u32,
}

/// Why a text is not a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "a part is written NUMBER/OF, such as 2/16: 1 to {MOST_PARTS} parts, numbered from 1; 1/1 is the whole city"
)]
pub struct PartError;

impl Part {
    /// The whole city.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// Is there no other part?
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.count == 1
    }

    /// Number of the part, from 1, and of how many.
    #[must_use]
    pub const fn numbers(self) -> (u32, u32) {
        (self.index + 1, self.count)
    }

    /// Does the person belong to this part?
    #[must_use]
    pub const fn holds(self, person: PersonId) -> bool {
        self.is_whole() || self.of(person).index == self.index
    }

    /// The part a person belongs to, of as many as this one.
    #[must_use]
    pub const fn of(self, person: PersonId) -> Self {
        let scaled = person.get() as u128 * self.count as u128;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "an id below 2^63 makes an index below the count"
        )]
        let index = (scaled >> ID_BITS) as u32;
        Self { index, count: self.count }
    }
}

impl Default for Part {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

impl FromStr for Part {
    type Err = PartError;

    fn from_str(text: &str) -> Result<Self, PartError> {
        let number = |text: &str| {
            let is_plain = text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u32>().ok().filter(|number| is_plain && *number > 0).ok_or(PartError)
        };
        let (part, count) = text.trim().split_once('/').ok_or(PartError)?;
        let (part, count) = (number(part)?, number(count)?);
        if part > count || count > MOST_PARTS {
            return Err(PartError);
        }
        Ok(Self { index: part - 1, count })
    }
}

impl TryFrom<String> for Part {
    type Error = PartError;

    fn try_from(text: String) -> Result<Self, PartError> {
        text.parse()
    }
}

impl From<Part> for String {
    fn from(part: Part) -> Self {
        part.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(count: u32) -> impl Iterator<Item = Part> {
        (0..count).map(move |index| Part { index, count })
    }

    proptest! {
        #[test]
        fn everybody_is_in_exactly_one_part_however_many_there_are(
            id in 0..=PersonId::MAX.get(),
            count in 1..=MOST_PARTS,
        ) {
            let person = PersonId::new(id).unwrap();
            let holding: Vec<Part> = parts(count).filter(|part| part.holds(person)).collect();
            prop_assert_eq!(&holding[..], &[Part::WHOLE.with_count(count).of(person)]);
        }

        #[test]
        fn a_part_of_half_the_size_lies_within_the_larger_one(
            id in 0..=PersonId::MAX.get(),
            count in 1..=MOST_PARTS / 2,
        ) {
            let person = PersonId::new(id).unwrap();
            let (large, small) = (Part::WHOLE.with_count(count), Part::WHOLE.with_count(2 * count));
            prop_assert_eq!(large.of(person).index, small.of(person).index / 2);
        }

        #[test]
        fn a_part_is_read_as_it_is_written(count in 1..=MOST_PARTS, index in 0..MOST_PARTS) {
            let part = Part { index: index % count, count };
            prop_assert_eq!(part.to_string().parse::<Part>().unwrap(), part);
        }
    }

    impl Part {
        fn with_count(self, count: u32) -> Self {
            Self { index: 0, count }
        }
    }

    #[test]
    fn the_first_and_the_last_person_are_in_the_first_and_the_last_part() {
        for count in [1, 2, 3, 16, 1_000, MOST_PARTS] {
            let first = Part { index: 0, count };
            assert_eq!(first.of(PersonId::from_low_bits(0)), first);
            assert_eq!(first.of(PersonId::MAX).index, count - 1);
        }
    }

    #[test]
    fn parts_of_hashed_people_are_even() {
        let count = 7;
        let mut people = [0_u32; 7];
        for n in 0_u64..70_000 {
            let person = PersonId::from_low_bits(n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            people[Part::WHOLE.with_count(count).of(person).index as usize] += 1;
        }
        assert!(people.iter().all(|people| (9_500..10_500).contains(people)), "{people:?}");
    }

    #[test]
    fn what_is_not_a_part_is_refused_with_the_form_it_must_have() {
        for text in ["", "2", "0/2", "3/2", "1/0", "1/1025", "+1/2", "1/2/3", "a/b", "-1/2", "1 /2"] {
            let error = text.parse::<Part>().unwrap_err();
            assert!(error.to_string().contains("2/16"), "{text}");
        }
    }
}
