//! The decrypted file of a person, which only audited verbs give.

use jiff::Timestamp;
use jiff::civil::Date;
use yimatong_model::document::DocumentKind;
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId};
use yimatong_model::person::{Nationality, Sex};
use yimatong_model::vaccination::Vaccination;

use crate::relative::Relation;
use crate::result::StoredResult;
use crate::state::PersonState;

/// Everything on file about one person, in clear. `Debug` shows the person id only.
#[derive(Clone, PartialEq)]
pub struct PersonFile {
    /// The person.
    pub person: PersonId,
    /// Kind of the document.
    pub document_kind: DocumentKind,
    /// Full document number.
    pub document_number: String,
    /// Full name.
    pub name: String,
    /// Phone in the form `Phone` gives.
    pub phone: Option<String>,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Nationality.
    pub nationality: Nationality,
    /// Community of residence.
    pub community: Option<CommunityId>,
    /// Household.
    pub household: Option<HouseholdId>,
    /// When the person became known.
    pub registered_at: Timestamp,
    /// Latest results, newest first, at most 20.
    pub results: Vec<StoredResult>,
    /// Vaccination.
    pub vaccination: Option<Vaccination>,
    /// People this person shows codes for.
    pub relatives: Vec<PersonLink>,
    /// People who show this person's code.
    pub holders: Vec<PersonLink>,
    /// The registry's view, with all reasons.
    pub state: PersonState,
}

/// A link to another person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonLink {
    /// The other person.
    pub person: PersonId,
    /// What the relative is to the holder.
    pub relation: Relation,
}

impl std::fmt::Debug for PersonFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonFile").field("person", &self.person).finish_non_exhaustive()
    }
}
