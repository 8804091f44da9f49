//! `POST /v1/samples`: a device tells what was sampled, maybe hours later; each row counts once. What was told has happened:
//! it is recorded and flagged, and refused only where it can't be so.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::SamplingPointId;
use yimatong_model::role::Role;
use yimatong_model::sampling::{SampleFlag, SampleFlags, SampleSource, TubeSize};
use yimatong_store::{NewSample, SampleBatch, SampleOutcome, SampledPerson};

use super::person::{PersonFields, Whose};
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::rows::{RowText, fit};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// A UUID made by the device, for good.
    device: String,
    /// Where it stands.
    point_id: u32,
    /// In the order in which they were taken; at most 1,000.
    samples: Vec<SampleFields>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SampleFields {
    /// A UUID made by the device; a repeat for the same tube is a duplicate.
    id: String,
    /// Barcode of the tube.
    tube: String,
    /// How many people the tube is made for: 1, 5, 10 or 20.
    size: u8,
    /// The tube is for the people of one household only.
    household: bool,
    /// Number of the round; none outside of one.
    campaign: Option<u16>,
    person: PersonFields,
    /// When it was taken, by the device's clock; RFC 3339.
    sampled: String,
    /// `code`, `paper`, `id-card` or `typed`.
    #[schemars(with = "String")]
    source: SampleSource,
    /// When it was undone on the device; RFC 3339.
    undone: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Answer {
    items: Vec<SampleText>,
}

/// Outcome of one row.
#[derive(Debug, Serialize, JsonSchema)]
struct SampleText {
    #[serde(flatten)]
    row: RowText,
    /// What is odd about it, where it is recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Option<Vec<String>>")]
    flags: Vec<&'static str>,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/samples", Access::Staff(&[Role::Sampler]), Class::B0, post(record))
        .summary("Record samples of a device; idempotent by the ids of the rows")
        .takes::<Request>()
        .answers::<Answer>(StatusCode::OK)
}

/// One row, or why it can't be taken.
fn parse(app: &App, row: &SampleFields, now: Timestamp) -> Result<NewSample, Problem> {
    let id = fields::uuid(&row.id).ok_or_else(|| fields::not_a_uuid("id"))?;
    let size = TubeSize::try_from(row.size)
        .map_err(|error| Problem::field("size", error.to_string(), "试管规格须为 1、5、10 或 20 人"))?;
    let person = match row.person.parse(app, now)? {
        Whose::Person(person) => SampledPerson::Known(person),
        Whose::Document(document, name) => SampledPerson::Document { document, name },
    };
    Ok(NewSample {
        id,
        barcode: fields::barcode("tube", &row.tube)?,
        size,
        household: row.household,
        campaign: row.campaign,
        person,
        sampled: fields::time("sampled", &row.sampled)?,
        source: row.source,
        undone: row.undone.as_deref().map(|text| fields::time("undone", text)).transpose()?,
    })
}

async fn record(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<Json<Answer>, Problem> {
    let now = app.now();
    let Request { device, point_id, samples } = body.value;
    let device = fields::uuid(&device).ok_or_else(|| fields::not_a_uuid("device"))?;
    fit("samples", samples.len())?;
    let mut good = Vec::with_capacity(samples.len());
    let mut rows = Vec::with_capacity(samples.len());
    for row in samples {
        match parse(&app, &row, now) {
            Ok(sample) => {
                good.push(sample);
                rows.push(RowText::waiting(row.id));
            }
            Err(problem) => rows.push(RowText::refused(row.id, &problem)),
        }
    }
    let batch = SampleBatch { device, point: SamplingPointId(point_id), staff: staff.member.id, rows: good };
    let recorded = app.store.record_samples(batch, now).await?;
    for state in &recorded.states {
        app.apply(state);
    }
    Ok(Json(Answer { items: merge(rows, recorded.rows) }))
}

/// Fills the store's outcomes into the rows that went to it, in order.
fn merge(rows: Vec<RowText>, outcomes: Vec<SampleOutcome>) -> Vec<SampleText> {
    let mut outcomes = outcomes.into_iter();
    let text = |mut row: RowText| {
        let mut flags = SampleFlags::NONE;
        if row.is_waiting() {
            match outcomes.next() {
                Some(SampleOutcome::Recorded(odd)) => {
                    row.record();
                    flags = odd;
                }
                Some(SampleOutcome::Duplicate) => row.repeat(),
                Some(SampleOutcome::Rejected(problem)) => row.reject(problem),
                None => row.lose(),
            }
        }
        SampleText { row, flags: flags.iter().map(SampleFlag::as_str).collect() }
    };
    rows.into_iter().map(text).collect()
}
