//! A sampling point as the API shows it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::{PointArea, PointKind, SamplingPointRow};

use crate::app::App;
use crate::problem::{Code, Problem};

/// A sampling point with its queue and how busy it is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PointText {
    id: u32,
    name: String,
    /// `fixed`, `mobile` or `door-to-door`.
    #[schemars(with = "String")]
    kind: PointKind,
    /// Code of the street (9 digits) or the community (12 digits) it serves.
    area: u64,
    area_name: String,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    opens: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    closes: Option<Timestamp>,
    /// Since when it is no longer used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    closed: Option<Timestamp>,
    /// How many wait there, as somebody there told last.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<u16>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    waiting_at: Option<Timestamp>,
    /// People sampled in the last 10 minutes, at most 15 s old.
    #[serde(rename = "people10Min")]
    people_10_min: u32,
    people_today: u32,
    /// Tubes opened today.
    tubes_today: u32,
}

impl App {
    /// A point as the API shows it.
    pub(crate) fn point_text(&self, row: SamplingPointRow) -> PointText {
        let load = self.sampling_points.read().load(row.id);
        PointText {
            id: row.id.0,
            name: row.name,
            kind: row.kind,
            area: row.area,
            area_name: self.area_name(row.area).unwrap_or_default(),
            address: row.address,
            opens: row.opens,
            closes: row.closes,
            closed: row.closed,
            waiting: row.waiting,
            waiting_at: row.waiting_at,
            people_10_min: load.people_10_min,
            people_today: load.people_today,
            tubes_today: load.tubes_today,
        }
    }

    /// A point that a verb has just changed, which this node shows at once.
    pub(crate) fn point_after(&self, row: SamplingPointRow) -> PointText {
        self.sampling_points.put(row.clone());
        self.point_text(row)
    }
}

/// The area of a query; the city where none is asked for.
pub(super) fn area(code: Option<u64>) -> Result<PointArea, Problem> {
    let Some(code) = code else { return Ok(PointArea::CITY) };
    PointArea::of(code).ok_or_else(|| {
        Problem::new(Code::InvalidParameter).at("area").because(
            "must be the code of a district (6 digits), a street (9) or a community (12)",
            "须为区县（6 位）、街道（9 位）或社区（12 位）代码",
        )
    })
}
