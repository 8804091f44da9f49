//! `POST /v1/tubes/{barcode}/samples/{id}/undo`: a sample was bound to the wrong person or tube; it stays on file as undone.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;
use yimatong_model::sampling::Barcode;

use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Why; it goes into the audit log.
    remark: String,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Sampler, Role::CommunityWorker, Role::Headquarters];
    let path = "/v1/tubes/{barcode}/samples/{id}/undo";
    Route::post(path, Access::Staff(roles), Class::B0, post(undo))
        .summary("Undo a sample of a tube without a result; needs a remark, audited")
        .takes::<Request>()
        .answers_nothing()
}

async fn undo(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path((barcode, id)): Path<(Barcode, String)>,
    body: Body<Request>,
) -> Result<StatusCode, Problem> {
    let id = fields::uuid(&id).ok_or_else(|| {
        Problem::new(Code::InvalidParameter).at("id").because("must be a UUID", "编号须为 UUID")
    })?;
    let undone = app.store.undo_sample(barcode, id, staff.member.id, &body.value.remark, app.now()).await?;
    if let Some(state) = undone {
        app.apply(&state);
    }
    Ok(StatusCode::NO_CONTENT)
}
