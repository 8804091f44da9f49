//! `POST /v1/people/{personId}/paper-codes`: a community worker prints a paper code for a person.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::ids::PersonId;
use yimatong_model::role::Role;
use yimatong_store::Access as FileAccess;

use crate::app::App;
use crate::http::body::Body;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::paper_codes::issue::{PaperCode, issue_for};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// Why; it goes into the audit log.
    purpose: String,
}

pub(crate) fn route() -> Route {
    Route::post(
        "/v1/people/{personId}/paper-codes",
        Access::Staff(&[Role::CommunityWorker]),
        Class::B0,
        post(issue),
    )
    .summary("Issue a paper code for a person without a phone; audited")
    .takes::<Request>()
    .answers::<PaperCode>(StatusCode::CREATED)
}

async fn issue(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(person): Path<PersonId>,
    body: Body<Request>,
) -> Result<(StatusCode, Json<PaperCode>), Problem> {
    let by = FileAccess { staff: staff.member.id, purpose: body.value.purpose, at: app.now() };
    let paper = issue_for(&app, person, Some(by), body.idempotency).await?;
    Ok((StatusCode::CREATED, Json(paper)))
}
