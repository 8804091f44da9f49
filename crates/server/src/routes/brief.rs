//! How lists for staff name people, and members of staff who did something.

use std::collections::HashMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_store::{PersonState, StoreError};

use crate::app::App;

/// A person in a list for staff: as little as the work needs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonBrief {
    person_id: String,
    /// Masked name; empty while it can't be read.
    name: String,
    /// Last four characters of the document number; empty while they can't be read.
    document_tail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    community_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    community_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    household_id: Option<String>,
}

/// Who did something, and when.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct By {
    staff_id: u32,
    /// Name of the account.
    name: String,
    #[schemars(with = "String")]
    at: Timestamp,
}

/// The people of one list.
#[derive(Debug)]
pub(crate) struct Briefs(HashMap<PersonId, PersonBrief>);

impl Briefs {
    /// The person of a row.
    pub(crate) fn of(&self, person: PersonId) -> PersonBrief {
        self.0.get(&person).cloned().unwrap_or_else(|| unread(person))
    }
}

/// Somebody whose part of the store is out of reach: the list goes without them, not the work.
fn unread(person: PersonId) -> PersonBrief {
    PersonBrief {
        person_id: person.to_string(),
        name: String::new(),
        document_tail: String::new(),
        community_id: None,
        community_name: None,
        household_id: None,
    }
}

impl App {
    /// The people of a list, read from the store in one call.
    pub(crate) async fn briefs(
        &self,
        people: impl IntoIterator<Item = PersonId>,
    ) -> Result<Briefs, StoreError> {
        let people: Vec<PersonId> = people.into_iter().collect();
        if people.is_empty() {
            return Ok(Briefs(HashMap::new()));
        }
        let read = self.store.states_of(people).await?;
        Ok(Briefs(read.states.iter().map(|state| (state.person_id, self.brief(state))).collect()))
    }

    /// A person as a list for staff shows them.
    pub(crate) fn brief(&self, state: &PersonState) -> PersonBrief {
        let community = state.community.and_then(|community| self.communities.get(community));
        PersonBrief {
            person_id: state.person_id.to_string(),
            name: state.masked_name.clone(),
            document_tail: state.document_tail.clone(),
            community_id: state.community.map(|community| community.0),
            community_name: community.map(|row| row.community.name.clone()),
            household_id: state.household.map(|household| household.to_string()),
        }
    }

    /// The name of a member of staff's account; the number where there is no such account.
    pub(crate) fn staff_name(&self, staff: StaffId) -> String {
        self.staff.get(staff).map_or_else(|| staff.0.to_string(), |member| member.name.clone())
    }

    /// Who did something, and when; none when it was not done by anybody.
    pub(crate) fn by(&self, staff: Option<StaffId>, at: Option<Timestamp>) -> Option<By> {
        let (staff, at) = staff.zip(at)?;
        Some(By { staff_id: staff.0, name: self.staff_name(staff), at })
    }
}
