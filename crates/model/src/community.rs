//! Communities (村、社区) and their groups (小组).

use serde::{Deserialize, Serialize};

use crate::ids::CommunityId;

/// A community of a street.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Community {
    /// The community.
    pub id: CommunityId,
    /// Twelve digits: the street's nine and three of the community, as in the NBS statistical codes.
    pub code: u64,
    /// Name with the street, e.g. `西一路街道第3社区`.
    pub name: String,
    /// Nine-digit code of the street.
    pub street: u32,
    /// Six-digit code of the district.
    pub district: u32,
    /// Number of groups; they are numbered from 1.
    pub groups: u16,
}

/// A group of a community: one person in charge, some hundred residents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The community.
    pub community: CommunityId,
    /// Number within the community, from 1.
    pub number: u16,
}
