//! `POST /v1/paper-codes`: a code on paper for the resident or a relative, good for 7 days. The one before
//! becomes void.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_credential::{Kind, credential_to_text};
use yimatong_model::ids::PersonId;
use yimatong_store::{Access as FileAccess, Idempotency};

use crate::app::App;
use crate::http::body::Body;
use crate::http::guard::Resident;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// A relative; the resident when not given.
    #[schemars(with = "Option<String>")]
    person_id: Option<PersonId>,
}

/// A code to print.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaperCode {
    /// Number of the sheet.
    paper_id: u32,
    /// What the QR code holds: `YMT1:` and the credential.
    text: String,
    name: String,
    document_tail: String,
    /// Colour when it was printed; the gate looks the present one up.
    colour: &'static str,
    #[schemars(with = "String")]
    issued_at: Timestamp,
    #[schemars(with = "String")]
    expires_at: Timestamp,
    /// Division code of the city.
    city: u32,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/paper-codes", Access::Resident, Class::B3, post(issue))
        .summary("Issue a paper code for the resident or a relative; the one before becomes void")
        .takes::<Request>()
        .answers::<PaperCode>(StatusCode::CREATED)
}

async fn issue(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
    body: Body<Request>,
) -> Result<(StatusCode, Json<PaperCode>), Problem> {
    let person = body.value.person_id.unwrap_or(session.person);
    let is_relative = || app.registry.relatives_of(session.person).iter().any(|link| link.relative == person);
    if person != session.person && !is_relative() {
        return Err(Problem::field("personId", "is not one of your relatives", "不是您添加的亲属"));
    }
    let paper = issue_for(&app, person, None, body.idempotency).await?;
    Ok((StatusCode::CREATED, Json(paper)))
}

/// Issues a paper code; `by` a member of staff, or the holder.
pub(crate) async fn issue_for(
    app: &App,
    person: PersonId,
    by: Option<FileAccess>,
    idempotency: Option<Idempotency>,
) -> Result<PaperCode, Problem> {
    let now = app.now();
    let bound = app.store.issue_paper_code(person, by, now, idempotency).await?;
    let view = app.view_after(&bound.state, now)?;
    let issued = app.issue(&view, bound.slot, Kind::Paper, None, now)?;
    let at = |second| Timestamp::from_second(second).unwrap_or(now);
    Ok(PaperCode {
        paper_id: bound.slot.0,
        text: credential_to_text(&issued.bytes),
        name: view.entry.masked_name().to_owned(),
        document_tail: view.entry.document_tail().to_owned(),
        colour: view.decision.colour.as_str(),
        issued_at: at(issued.issued_s),
        expires_at: at(issued.expires_s),
        city: app.config.city.code,
    })
}
