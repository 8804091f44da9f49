//! `POST /v1/checks`: checks a person by document number, or a code by its text.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::VenueId;
use yimatong_model::role::Role;

use crate::app::App;
use crate::http::body::Body;
use crate::http::fields::DocumentFields;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::checks::by_document::{self, PersonCheck};
use crate::routes::checks::by_text::{self, CodeCheck};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// Check by document: needs a purpose and is audited.
    document: Option<DocumentFields>,
    /// Why; needed with a document.
    purpose: Option<String>,
    /// Check a code: the text of its QR code.
    text: Option<String>,
    /// Where the check takes place.
    venue_id: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Check {
    Person(Box<PersonCheck>),
    Code(Box<CodeCheck>),
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Verifier, Role::CommunityWorker, Role::Headquarters, Role::HotlineAgent];
    Route::post("/v1/checks", Access::Staff(roles), Class::B0, post(create))
        .summary("Check by document number (with a purpose, audited), or a shown code (code verification)")
        .takes::<Request>()
        .answers::<Check>(StatusCode::OK)
}

async fn create(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<Json<Check>, Problem> {
    let Request { document, purpose, text, venue_id } = body.value;
    match (document, text) {
        (Some(document), None) => {
            let document = document.parse(app.now())?;
            let check = by_document::check(&app, &staff, &document, purpose.unwrap_or_default()).await?;
            Ok(Json(Check::Person(Box::new(check))))
        }
        (None, Some(text)) => {
            Ok(Json(Check::Code(Box::new(by_text::check(&app, &text, venue_id.map(VenueId))?))))
        }
        _ => Err(Problem::field(
            "document",
            "send either document (with purpose) or text",
            "请提供证件（并说明用途）或码的内容，二者选一",
        )),
    }
}
