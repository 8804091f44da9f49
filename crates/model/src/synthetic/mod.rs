//! A synthetic city on real divisions: the same seed makes the same city, person by person, on every machine.
//!
//! People are streamed, so that a city of 13 million needs a few megabytes: counters for unique ID numbers and a plan
//! of the communities. Nobody in it is real; all phones are in the 154 range, which operators do not use.

mod draw;
mod health;
mod household;
mod layout;
mod names;
mod numbers;
mod origin;
mod people;
mod venues;

use jiff::Timestamp;
use jiff::civil::Date;

pub use self::people::People;
pub use self::venues::SyntheticVenue;
use crate::city::{City, city};
use crate::community::Community;
use crate::document::Document;
use crate::ids::{CommunityId, HouseholdId};
use crate::name::PersonName;
use crate::person::{Nationality, Person, Sex};
use crate::phone::Phone;
use crate::reason::Reason;
use crate::test_result::TestResult;
use crate::vaccination::Vaccination;

/// The most people of a synthetic city; phones and passports would repeat far above it.
pub const MAX_PEOPLE: u32 = 50_000_000;

/// A city to be streamed.
#[derive(Clone, Debug)]
pub struct SyntheticCity {
    city: &'static City,
    people: u32,
    seed: u64,
    plans: Vec<layout::Plan>,
}

/// Why there is no such city.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SyntheticError {
    /// No districts and streets for this code.
    #[error("city: there are no data for {0}; use 610100 (Xi'an) or 410100 (Zhengzhou)")]
    UnknownCity(u32),
    /// None, or more than [`MAX_PEOPLE`].
    #[error("people: {0} is out of range; give 1 to {MAX_PEOPLE}")]
    People(u32),
}

/// One synthetic resident, ready for a bulk import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntheticPerson {
    /// Valid, and unique within the city.
    pub document: Document,
    /// Name in the script of the document.
    pub name: PersonName,
    /// Unique within the city; people under 12 and about one elder in nine have none.
    pub phone: Option<Phone>,
    /// Agrees with the document.
    pub sex: Sex,
    /// Agrees with the document.
    pub birth_date: Date,
    /// China for holders of mainland documents and permits.
    pub nationality: Nationality,
    /// One of [`SyntheticCity::communities`].
    pub community: CommunityId,
    /// Group within the community, from 1.
    pub group: u16,
    /// Numbered from 1; the members follow each other in the stream.
    pub household: HouseholdId,
    /// At most two, newest first, all reported before the instant of the stream.
    pub results: Vec<TestResult>,
    /// Vaccination, if any.
    pub vaccination: Option<Vaccination>,
    /// At most one, open at the instant of the stream.
    pub reasons: Vec<Reason>,
}

impl SyntheticCity {
    /// A city with the districts and streets of `city_code` (610100, 410100).
    ///
    /// # Errors
    /// [`SyntheticError`] when there are no data for the city, or the number of people is out of range.
    pub fn new(city_code: u32, people: u32, seed: u64) -> Result<Self, SyntheticError> {
        let city = city(city_code).ok_or(SyntheticError::UnknownCity(city_code))?;
        if people == 0 || people > MAX_PEOPLE {
            return Err(SyntheticError::People(people));
        }
        Ok(Self { city, people, seed, plans: layout::plan(city, people) })
    }

    /// The real city underneath.
    #[must_use]
    pub const fn city(&self) -> &'static City {
        self.city
    }

    /// The communities, numbered from 1 in the order of the streets; about 3,000 people each.
    pub fn communities(&self) -> impl ExactSizeIterator<Item = Community> {
        self.plans.iter().enumerate().map(|(index, plan)| plan.community(CommunityId(index as u32 + 1)))
    }

    /// The venues, numbered from 1: one for a hundred people, at least 20.
    pub fn venues(&self) -> impl ExactSizeIterator<Item = SyntheticVenue> {
        (0..venues::count(self.people)).map(|nth| venues::venue(nth, &self.plans, self.seed))
    }

    /// Names of the institutions; `TestResult::institution` is the place in this list, from 1.
    pub fn institutions(&self) -> impl ExactSizeIterator<Item = String> {
        (1..=health::INSTITUTIONS).map(|number| format!("{}第{number}核酸检测实验室", self.city.name))
    }

    /// The people as of an instant: ages, tests and reasons are relative to it.
    #[must_use]
    pub fn people(&self, as_of: Timestamp) -> People<'_> {
        People::new(self, as_of)
    }
}

impl SyntheticPerson {
    /// The resident as registered; the rest of the fields stay what they are.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            document: self.document.clone(),
            name: self.name.clone(),
            phone: self.phone,
            sex: Some(self.sex),
            birth_date: Some(self.birth_date),
            nationality: self.nationality,
            community: Some(self.community),
            household: Some(self.household),
        }
    }
}
