//! Communities as the store keeps them.

use serde::{Deserialize, Serialize};
use yimatong_model::community::Community;

/// A community with the names it is searched by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommunityRow {
    /// The community.
    pub community: Community,
    /// Name of the street or town it belongs to.
    pub street_name: String,
    /// Name of the district or functional zone it belongs to.
    pub district_name: String,
}
