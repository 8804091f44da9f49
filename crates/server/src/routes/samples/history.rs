//! `GET /v1/samples`: the resident's samples, newest first: where they were taken, and what became of those without a result.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::PersonSample;

use crate::app::App;
use crate::http::fields::{PageQuery, uuid_text};
use crate::http::guard::Resident;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Function, Route};
use crate::problem::Problem;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Samples {
    items: Vec<SampleText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SampleText {
    id: String,
    #[schemars(with = "String")]
    sampled: Timestamp,
    /// Barcode of the tube.
    tube: String,
    /// How many people the tube is made for.
    size: u8,
    /// Number of the round; none outside of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point_name: Option<String>,
    /// When it was undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    undone: Option<Timestamp>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/samples", Access::Resident, Class::B4, get(history))
        .function(Function::History)
        .summary("The resident's samples, newest first")
        .asks::<PageQuery>()
        .answers::<Samples>(StatusCode::OK)
}

async fn history(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
    Query(query): Query<PageQuery>,
) -> Result<Json<Samples>, Problem> {
    let limit = query.limit()?;
    let page = app.store.samples_of(session.person, query.cursor, limit).await?;
    let text = |sample: PersonSample| SampleText {
        id: uuid_text(&sample.id),
        sampled: sample.sampled,
        tube: sample.barcode.to_string(),
        size: sample.size.people(),
        campaign: sample.campaign,
        point_name: app.sampling_points.name(sample.point),
        undone: sample.undone,
    };
    Ok(Json(Samples { items: page.items.into_iter().map(text).collect(), next_cursor: page.next }))
}
