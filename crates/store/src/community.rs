//! Communities as the store keeps them.

use serde::{Deserialize, Serialize};
use yimatong_model::community::Community;

use crate::error::{Problem, Result, StoreError};

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

impl CommunityRow {
    /// The division code as stored; refuses a community without a name.
    pub(crate) fn checked_code(&self) -> Result<i64> {
        if self.community.name.trim().is_empty() {
            return Err(StoreError::invalid("name", Problem::Empty));
        }
        i64::try_from(self.community.code).map_err(|_| StoreError::invalid("code", Problem::Malformed))
    }
}
