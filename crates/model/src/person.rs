//! A resident and the facts about one that do not change by themselves.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::ids::{CommunityId, HouseholdId};
use crate::name::PersonName;
use crate::phone::Phone;

/// Sex as on the document.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Odd sequence digit in a resident ID number.
    Male,
    /// Even sequence digit in a resident ID number.
    Female,
}

/// A nationality: three upper-case letters of ISO 3166-1 alpha-3. Whether the country exists is not checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nationality([u8; 3]);

impl Nationality {
    /// China.
    pub const CHN: Self = Self(*b"CHN");
    /// Not known (ICAO 9303, part 3: a person of unspecified nationality).
    pub const UNSPECIFIED: Self = Self(*b"XXX");

    /// Takes three ASCII letters in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphabetic).then(|| Self(letters.map(|b| b.to_ascii_uppercase())))
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a nationality holds ASCII letters only")
    }
}

impl fmt::Display for Nationality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Nationality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A resident as registered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// The document that the registration rests on.
    pub document: Document,
    /// Name as on the document.
    pub name: PersonName,
    /// Phone; children and some elders have none.
    pub phone: Option<Phone>,
    /// Sex, if the document or the person says so.
    pub sex: Option<Sex>,
    /// Birth date, if the document or the person says so.
    pub birth_date: Option<Date>,
    /// Nationality.
    pub nationality: Nationality,
    /// Community of residence, once declared.
    pub community: Option<CommunityId>,
    /// Household of residence, once declared.
    pub household: Option<HouseholdId>,
}

/// Completed years of life on `today`; negative before birth. A birthday on 29 February is completed on 1 March in
/// common years.
#[must_use]
pub fn age_years(birth: Date, today: Date) -> i16 {
    let years = today.year() - birth.year();
    if (today.month(), today.day()) < (birth.month(), birth.day()) { years - 1 } else { years }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_of_life_is_completed_on_the_birthday() {
        assert_eq!(age_years(date(2005, 12, 20), date(2021, 12, 19)), 15);
        assert_eq!(age_years(date(2005, 12, 20), date(2021, 12, 20)), 16);
        assert_eq!(age_years(date(2004, 2, 29), date(2021, 2, 28)), 16);
        assert_eq!(age_years(date(2004, 2, 29), date(2021, 3, 1)), 17);
    }

    #[test]
    fn a_nationality_is_three_letters() {
        assert_eq!(Nationality::parse("deu").unwrap().as_str(), "DEU");
        assert_eq!(Nationality::parse("中"), None);
        assert_eq!(Nationality::parse("DE"), None);
    }
}
