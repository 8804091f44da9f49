//! Arguments and results of the verbs about sampling points.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::SamplingPointId;

use crate::codec::{narrow, optional_instant};
use crate::error::{Problem, Result, StoreError, corrupt};

/// Longest name and address, in bytes.
const LONGEST_TEXT: usize = 200;

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum PointKind {
    /// It stays where it is.
    Fixed = 0,
    /// A car or a table that moves on.
    Mobile = 1,
    /// Samplers go to the flats.
    DoorToDoor = 2,
}

impl PointKind {
    /// The kind with that stable number.
    pub fn from_u8(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Fixed,
            1 => Self::Mobile,
            2 => Self::DoorToDoor,
            _ => return None,
        })
    }
}

/// A sampling point to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSamplingPoint {
    /// Name; 1 to 200 bytes.
    pub name: String,
    /// What kind of place it is.
    pub kind: PointKind,
    /// Code of the community (12 digits) or street (9 digits) it serves.
    pub area: u64,
    /// Where it is; up to 200 bytes.
    pub address: String,
    /// When it opens, if that is set.
    pub opens: Option<Timestamp>,
    /// When it closes, if that is set.
    pub closes: Option<Timestamp>,
    /// When it was added.
    pub at: Timestamp,
}

/// A sampling point on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SamplingPointRow {
    /// The point.
    pub id: SamplingPointId,
    /// Name.
    pub name: String,
    /// What kind of place it is.
    pub kind: PointKind,
    /// Code of the community (12 digits) or street (9 digits) it serves.
    pub area: u64,
    /// Where it is.
    pub address: String,
    /// When it opens.
    pub opens: Option<Timestamp>,
    /// When it closes.
    pub closes: Option<Timestamp>,
    /// Since when it is no longer used.
    pub closed: Option<Timestamp>,
}

impl NewSamplingPoint {
    /// Refuses what can't be a point.
    pub(crate) fn check(&self) -> Result<()> {
        if self.name.trim().is_empty() {
            return Err(StoreError::invalid("name", Problem::Empty));
        }
        for (field, text) in [("name", &self.name), ("address", &self.address)] {
            if text.len() > LONGEST_TEXT {
                return Err(StoreError::invalid(field, Problem::TooLong));
            }
        }
        if !matches!(self.area, 100_000_000..=999_999_999 | 100_000_000_000..=999_999_999_999) {
            return Err(StoreError::invalid("area", Problem::Malformed));
        }
        if self.opens.zip(self.closes).is_some_and(|(opens, closes)| closes <= opens) {
            return Err(StoreError::invalid("closes", Problem::Mismatch));
        }
        Ok(())
    }

    /// The row under an id.
    pub(crate) fn row(&self, id: SamplingPointId) -> Result<SamplingPointRow> {
        let kept = |at: Option<Timestamp>| optional_instant(at.map(crate::codec::ms));
        Ok(SamplingPointRow {
            id,
            name: self.name.trim().to_owned(),
            kind: self.kind,
            area: self.area,
            address: self.address.trim().to_owned(),
            opens: kept(self.opens)?,
            closes: kept(self.closes)?,
            closed: None,
        })
    }
}

/// The columns of the table as both databases give them: point_id, name, kind, area, address, opens_ms, closes_ms, closed_ms.
pub(crate) struct PointColumns {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) kind: i64,
    pub(crate) area: i64,
    pub(crate) address: String,
    pub(crate) opens_ms: Option<i64>,
    pub(crate) closes_ms: Option<i64>,
    pub(crate) closed_ms: Option<i64>,
}

impl PointColumns {
    /// The point of the columns.
    pub(crate) fn row(self) -> Result<SamplingPointRow> {
        let kind = u8::try_from(self.kind).ok().and_then(PointKind::from_u8);
        Ok(SamplingPointRow {
            id: SamplingPointId(narrow(self.id, "a sampling point")?),
            name: self.name,
            kind: kind.ok_or_else(|| corrupt("the kind of a sampling point"))?,
            area: narrow(self.area, "an area")?,
            address: self.address,
            opens: optional_instant(self.opens_ms)?,
            closes: optional_instant(self.closes_ms)?,
            closed: optional_instant(self.closed_ms)?,
        })
    }
}
