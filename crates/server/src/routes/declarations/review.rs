//! `POST /v1/people/{personId}/declarations/{id}/review`: accepts or refuses a declaration.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::ids::PersonId;
use yimatong_model::role::Role;
use yimatong_store::ReviewDeclaration;

use super::DeclarationText;
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields::{self, not_a_uuid};
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Accepted, or else refused.
    accept: bool,
    /// Why, in words for the person; needed to refuse.
    #[serde(default)]
    remark: String,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::CommunityWorker, Role::Headquarters]);
    Route::post("/v1/people/{personId}/declarations/{id}/review", access, Class::B0, post(review))
        .summary("Accept or refuse a declaration; not one that oneself has recorded")
        .takes::<Request>()
        .answers::<DeclarationText>(StatusCode::OK)
}

async fn review(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path((person, id)): Path<(PersonId, String)>,
    body: Body<Request>,
) -> Result<Json<DeclarationText>, Problem> {
    let Body { value: Request { accept, remark }, idempotency } = body;
    let id = fields::uuid(&id).ok_or_else(|| not_a_uuid("id"))?;
    let decision = ReviewDeclaration { person, id, accept, remark, by: staff.member.id, at: app.now() };
    let row = app.store.review_declaration(decision, idempotency).await?;
    app.campaigns.put_declaration(&row);
    let brief = app.briefs([person]).await?.of(person);
    Ok(Json(DeclarationText::for_staff(&app, &row, brief)))
}
