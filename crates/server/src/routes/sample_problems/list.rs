//! `GET /v1/sample-problems`: what is odd about samples and tubes, oldest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::role::Role;
use yimatong_store::SampleProblemRow;

use crate::app::App;
use crate::http::fields::PageQuery;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::brief::{Briefs, By, PersonBrief};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Only what nobody has resolved; true when not given.
    #[serde(default = "yes")]
    open: bool,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// Rows per page, 1 to 200; 50 when not given.
    limit: Option<u16>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Problems {
    items: Vec<ProblemText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Something odd about a sample or a tube.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProblemText {
    id: u64,
    /// When it was noticed.
    #[schemars(with = "String")]
    at: Timestamp,
    /// Such as `already-sampled`, `tube-over` or `barcode-used`.
    kind: &'static str,
    /// Barcode of the tube.
    tube: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonBrief>,
    /// Where the device stood that told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    point_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point_name: Option<String>,
    /// Who told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    resolved: Option<Timestamp>,
    /// Nobody, where it was over by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_by: Option<By>,
    /// What was found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Lab, Role::CommunityWorker, Role::Headquarters];
    Route::get("/v1/sample-problems", Access::Staff(roles), Class::B0, get(list))
        .summary("What is odd about samples and tubes, oldest first")
        .asks::<Parameters>()
        .answers::<Problems>(StatusCode::OK)
}

async fn list(
    State(app): State<Arc<App>>,
    Query(asked): Query<Parameters>,
) -> Result<Json<Problems>, Problem> {
    let page = PageQuery { query: String::new(), cursor: asked.cursor, limit: asked.limit };
    let limit = page.limit()?;
    let page = app.store.sample_problems(asked.open, page.cursor, limit).await?;
    let briefs = app.briefs(page.items.iter().filter_map(|row| row.person)).await?;
    let items = page.items.into_iter().map(|row| app.sample_problem_text(row, &briefs)).collect();
    Ok(Json(Problems { items, next_cursor: page.next }))
}

impl App {
    pub(super) fn sample_problem_text(&self, row: SampleProblemRow, briefs: &Briefs) -> ProblemText {
        ProblemText {
            id: row.id,
            at: row.at,
            kind: row.kind.as_str(),
            tube: row.barcode.to_string(),
            person: row.person.map(|person| briefs.of(person)),
            point_id: row.point.map(|point| point.0),
            point_name: row.point.and_then(|point| self.sampling_points.name(point)),
            staff_id: row.staff.map(|staff| staff.0),
            resolved: row.resolved,
            resolved_by: self.by(row.resolved_by, row.resolved),
            remark: row.remark,
        }
    }
}
