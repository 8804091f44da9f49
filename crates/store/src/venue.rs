//! Arguments and results of the verbs about venues.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::VenueId;

use crate::error::{Problem, Result, StoreError};

/// Longest name, in bytes.
const LONGEST_NAME: usize = 200;
/// Longest type, in bytes.
const LONGEST_TYPE: usize = 40;

/// A venue to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVenue {
    /// Id given by an import; the store gives the next free one when none.
    pub id: Option<VenueId>,
    /// Name on the sign; 1 to 200 bytes.
    pub name: String,
    /// Type in the API's words, such as `market`; 1 to 40 bytes.
    pub venue_type: String,
    /// Division code of the district.
    pub district_code: u32,
    /// When it was created.
    pub at: Timestamp,
}

impl NewVenue {
    /// Refuses empty and over-long texts.
    pub(crate) fn check(&self) -> Result<()> {
        for (field, text, longest) in
            [("name", &self.name, LONGEST_NAME), ("type", &self.venue_type, LONGEST_TYPE)]
        {
            if text.trim().is_empty() {
                return Err(StoreError::invalid(field, Problem::Empty));
            }
            if text.len() > longest {
                return Err(StoreError::invalid(field, Problem::TooLong));
            }
        }
        Ok(())
    }

    /// The row under an id.
    pub(crate) fn row(&self, id: VenueId) -> VenueRow {
        VenueRow {
            id,
            name: self.name.trim().to_owned(),
            venue_type: self.venue_type.trim().to_owned(),
            district_code: self.district_code,
        }
    }
}

/// A venue on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VenueRow {
    /// The venue.
    pub id: VenueId,
    /// Name on the sign.
    pub name: String,
    /// Type in the API's words.
    #[serde(rename = "type")]
    pub venue_type: String,
    /// Division code of the district.
    pub district_code: u32,
}
