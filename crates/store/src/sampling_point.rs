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
    /// How many wait there, as somebody there told last.
    pub waiting: Option<u16>,
    /// When that was.
    pub waiting_at: Option<Timestamp>,
}

/// Most people that can be told to wait at a point.
const MOST_WAITING: u16 = 10_000;

/// Refuses a queue that is too long to be one.
pub(crate) fn check_waiting(waiting: u16) -> Result<()> {
    if waiting > MOST_WAITING { Err(StoreError::invalid("waiting", Problem::TooLarge)) } else { Ok(()) }
}

/// Which sampling points an area has: first and last code of the streets and of the communities that they serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointArea {
    streets: (u64, u64),
    communities: (u64, u64),
}

impl PointArea {
    /// Every point.
    pub const CITY: Self = Self { streets: (0, 999_999_999), communities: (1_000_000_000, 999_999_999_999) };

    /// Points of a district (6 digits), of a street (9), or those that serve a community (12), its street's among them. None
    /// for any other number.
    #[must_use]
    pub fn of(code: u64) -> Option<Self> {
        let below = |digits: u64| (code * digits, code * digits + digits - 1);
        Some(match code {
            100_000..=999_999 => Self { streets: below(1_000), communities: below(1_000_000) },
            100_000_000..=999_999_999 => Self { streets: (code, code), communities: below(1_000) },
            100_000_000_000..=999_999_999_999 => {
                Self { streets: (code / 1_000, code / 1_000), communities: (code, code) }
            }
            _ => return None,
        })
    }

    /// Does a point with that area belong to it?
    #[must_use]
    pub fn contains(self, area: u64) -> bool {
        [self.streets, self.communities].into_iter().any(|(first, last)| (first..=last).contains(&area))
    }

    /// First and last street, first and last community, as both databases take them.
    pub(crate) fn bounds(self) -> [i64; 4] {
        let (streets, communities) = (self.streets, self.communities);
        [streets.0, streets.1, communities.0, communities.1].map(u64::cast_signed)
    }
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
            waiting: None,
            waiting_at: None,
        })
    }
}

/// Names of the columns, in the order of [`PointColumns`].
macro_rules! point_columns {
    () => {
        "point_id, name, kind, area, address, opens_ms, closes_ms, closed_ms, waiting, waiting_at_ms"
    };
}
pub(crate) use point_columns;

/// The columns of the table as both databases give them.
pub(crate) struct PointColumns {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) kind: i64,
    pub(crate) area: i64,
    pub(crate) address: String,
    pub(crate) opens_ms: Option<i64>,
    pub(crate) closes_ms: Option<i64>,
    pub(crate) closed_ms: Option<i64>,
    pub(crate) waiting: Option<i64>,
    pub(crate) waiting_at_ms: Option<i64>,
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
            waiting: self.waiting.map(|people| narrow(people, "a queue")).transpose()?,
            waiting_at: optional_instant(self.waiting_at_ms)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_has_the_points_of_its_streets_and_communities() {
        let points = [610_104_001, 610_104_001_002, 610_104_001_003, 610_104_002, 610_113_001];
        let of = |code: u64| -> Vec<u64> {
            let area = PointArea::of(code).unwrap();
            points.into_iter().filter(|point| area.contains(*point)).collect()
        };
        assert_eq!(of(610_104), points[..4]);
        assert_eq!(of(610_104_001), points[..3]);
        assert_eq!(of(610_104_001_002), points[..2], "the street's point serves the community too");
        assert!(points.iter().all(|point| PointArea::CITY.contains(*point)));
        assert!([0, 61, 6_101_040, 1_000_000_000_000].iter().all(|code| PointArea::of(*code).is_none()));
    }
}
