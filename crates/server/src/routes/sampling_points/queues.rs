//! `GET /v1/sampling-points/queues`: where it is quick, for the display at a point and for residents; from memory.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_store::{PointArea, PointKind, PointLoad, SamplingPointRow};

use crate::app::App;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Code of a street (9 digits) or a community (12 digits).
    area: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Queues {
    /// When the points were read, at most 15 s ago while the store can be reached.
    #[schemars(with = "String")]
    as_of: Timestamp,
    items: Vec<QueueText>,
}

/// A sampling point that is in use, as residents see it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueueText {
    id: u32,
    name: String,
    /// `fixed`, `mobile` or `door-to-door`.
    #[schemars(with = "String")]
    kind: PointKind,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    opens: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    closes: Option<Timestamp>,
    /// How many wait there, as somebody there told last.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<u16>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    waiting_at: Option<Timestamp>,
    /// People sampled there in the last 10 minutes.
    #[serde(rename = "people10Min")]
    people_10_min: u32,
}

impl QueueText {
    /// A point and how busy it is.
    pub(crate) fn new(row: &SamplingPointRow, load: PointLoad) -> Self {
        Self {
            id: row.id.0,
            name: row.name.clone(),
            kind: row.kind,
            address: row.address.clone(),
            opens: row.opens,
            closes: row.closes,
            waiting: row.waiting,
            waiting_at: row.waiting_at,
            people_10_min: load.people_10_min,
        }
    }
}

pub(crate) fn route() -> Route {
    Route::get("/v1/sampling-points/queues", Access::Public, Class::B2, get(queues))
        .summary("Sampling points of a street or a community that are in use, and how many wait there")
        .asks::<Parameters>()
        .answers::<Queues>(StatusCode::OK)
}

async fn queues(
    State(app): State<Arc<App>>,
    Query(Parameters { area }): Query<Parameters>,
) -> Result<Json<Queues>, Problem> {
    // A district has hundreds of points: nobody walks that far, and the answer would be large.
    let area = PointArea::of(area).filter(|_| area > 999_999).ok_or_else(|| {
        Problem::new(Code::InvalidParameter).at("area").because(
            "must be the code of a street (9 digits) or a community (12 digits)",
            "须为街道（9 位）或社区（12 位）代码",
        )
    })?;
    let board = app.sampling_points.read();
    let as_of = board.as_of.ok_or_else(|| Problem::new(Code::Starting).retry_after_s(3))?;
    let items = board.open_in(area).map(|row| QueueText::new(row, board.load(row.id))).collect();
    Ok(Json(Queues { as_of, items }))
}
