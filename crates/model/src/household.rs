//! A household: the people who live behind one door.

use serde::{Deserialize, Serialize};

use crate::ids::{CommunityId, HouseholdId};

/// A household and the group of a community it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Household {
    /// The household.
    pub id: HouseholdId,
    /// Its community.
    pub community: CommunityId,
    /// Number of its group within the community, from 1.
    pub group: u16,
}
