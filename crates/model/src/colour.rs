//! The colour of a code.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Green, yellow or red; ordered by severity, so the colour of several reasons is their maximum.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Colour {
    /// No active reason restricts the person.
    #[default]
    Green = 0,
    /// A risk that a test or a few days settle.
    Yellow = 1,
    /// A case, or a contact that must not move.
    Red = 2,
}

impl Colour {
    /// Every colour, mildest first.
    pub const ALL: [Self; 3] = [Self::Green, Self::Yellow, Self::Red];

    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// The stable number: 0 green, 1 yellow, 2 red.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// The colour of a stable number.
    #[must_use]
    pub fn from_u8(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn red_is_more_severe_than_yellow_and_yellow_than_green() {
        assert!(Colour::Red > Colour::Yellow && Colour::Yellow > Colour::Green);
    }

    #[test]
    fn numbers_and_names_lead_back_to_the_colour() {
        for colour in Colour::ALL {
            assert_eq!(Colour::from_u8(colour.as_u8()), Some(colour));
            assert_eq!(serde_json::to_value(colour).unwrap(), colour.as_str());
        }
        assert_eq!(Colour::from_u8(3), None);
    }
}
