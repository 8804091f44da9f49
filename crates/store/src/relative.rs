//! Arguments and results of the verbs about relatives.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yimatong_model::clock::city_day;
use yimatong_model::document::Document;
use yimatong_model::ids::{CommunityId, PersonId, Slot};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, age_years};

use crate::error::{Problem, Result, StoreError};
use crate::state::PersonState;

/// Most relatives of one holder (Xi'an relative code, March 2022).
pub(crate) const MOST_RELATIVES: usize = 8;
/// Most holders of one relative (same source).
pub(crate) const MOST_HOLDERS: usize = 3;
/// Oldest child, in completed years (same source).
const OLDEST_CHILD_Y: i16 = 16;
/// Youngest elder, in completed years (same source).
const YOUNGEST_ELDER_Y: i16 = 60;

/// What the relative is to the holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Relation {
    /// Son or daughter.
    Child = 1,
    /// Father or mother, also in law.
    Parent = 2,
    /// Husband or wife.
    Spouse = 3,
    /// Grandson or granddaughter.
    Grandchild = 4,
    /// Grandfather or grandmother.
    Grandparent = 5,
    /// Brother or sister.
    Sibling = 6,
    /// A person under guardianship.
    Ward = 7,
    /// Anybody else.
    Other = 8,
}

impl Relation {
    /// The relation with that stable number.
    pub fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Child,
            2 => Self::Parent,
            3 => Self::Spouse,
            4 => Self::Grandchild,
            5 => Self::Grandparent,
            6 => Self::Sibling,
            7 => Self::Ward,
            8 => Self::Other,
            _ => return None,
        })
    }
}

/// A relative to add.
#[derive(Clone)]
pub struct AddRelative {
    /// Who will show the code.
    pub holder: PersonId,
    /// The relative's checked document.
    pub document: Document,
    /// The relative's name; must be the name on file when the person is known.
    pub name: PersonName,
    /// What the relative is to the holder.
    pub relation: Relation,
    /// Home community, used when the person is not yet known.
    pub community: Option<CommunityId>,
    /// Nationality, used when the person is not yet known.
    pub nationality: Nationality,
    /// Birth date where the document does not tell it.
    pub birth_date: Option<Date>,
    /// Time of the request; decides the age.
    pub now: Timestamp,
}

impl AddRelative {
    /// Refuses who is neither a child nor an elder, by the document, else by what is on file, else by what was given.
    pub(crate) fn check_age(&self, on_file: Option<Date>) -> Result<()> {
        let birth = self
            .document
            .birth_date()
            .or(on_file)
            .or(self.birth_date)
            .ok_or_else(|| StoreError::invalid("document", Problem::AgeUnknown))?;
        match age_years(birth, city_day(self.now)) {
            0..=OLDEST_CHILD_Y | YOUNGEST_ELDER_Y.. => Ok(()),
            _ => Err(StoreError::invalid("document", Problem::AgeNotEligible)),
        }
    }
}

/// Outcome of adding a relative.
#[derive(Debug, Clone, PartialEq)]
pub struct RelativeAdded {
    /// The relative as stored; the holder's state does not change.
    pub state: PersonState,
    /// Slot under which the holder shows the relative's code.
    pub slot: Slot,
    /// The relative was not known before.
    pub created: bool,
}

/// Outcome of removing a relative: the slot is void.
#[derive(Debug, Clone, PartialEq)]
pub struct RelativeRemoved {
    /// The relative as stored.
    pub state: PersonState,
    /// The slot that became void.
    pub slot: Slot,
}

/// One relative of a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelativeRow {
    /// The relative.
    pub person: PersonId,
    /// What the relative is to the holder.
    pub relation: Relation,
    /// Slot under which the holder shows the code.
    pub slot: Slot,
    /// Since when (milliseconds kept).
    pub added_at: Timestamp,
}
