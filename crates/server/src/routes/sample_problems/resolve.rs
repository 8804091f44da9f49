//! `POST /v1/sample-problems/{id}/resolve`: somebody found out what was behind it; a tube is then no longer in doubt for it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;

use super::list::ProblemText;
use crate::app::App;
use crate::http::body::Body;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// What was found out; it goes into the audit log.
    remark: String,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Lab, Role::CommunityWorker, Role::Headquarters];
    Route::post("/v1/sample-problems/{id}/resolve", Access::Staff(roles), Class::B0, post(resolve))
        .summary("Resolve a problem of a sample or a tube; needs a remark, audited")
        .takes::<Request>()
        .answers::<ProblemText>(StatusCode::OK)
}

async fn resolve(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<u64>,
    body: Body<Request>,
) -> Result<Json<ProblemText>, Problem> {
    let row = app.store.resolve_sample_problem(id, staff.member.id, &body.value.remark, app.now()).await?;
    let briefs = app.briefs(row.person).await?;
    Ok(Json(app.sample_problem_text(row, &briefs)))
}
