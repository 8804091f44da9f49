//! `GET /v1/tubes/{barcode}`: a tube with everybody in it and what labs told; needs a purpose, audited.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;
use yimatong_model::sampling::Barcode;
use yimatong_store::Access as FileAccess;

use super::text::TubeText;
use crate::app::App;
use crate::http::guard::Staff;
use crate::http::query::{Path, Query};
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Why; it goes into the audit log.
    purpose: String,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Sampler, Role::Lab, Role::CommunityWorker, Role::Headquarters];
    Route::get("/v1/tubes/{barcode}", Access::Staff(roles), Class::B0, get(read))
        .summary("A tube with everybody in it; needs a purpose, audited")
        .asks::<Parameters>()
        .answers::<TubeText>(StatusCode::OK)
}

async fn read(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(barcode): Path<Barcode>,
    Query(Parameters { purpose }): Query<Parameters>,
) -> Result<Json<TubeText>, Problem> {
    let access = FileAccess { staff: staff.member.id, purpose, at: app.now() };
    let file = app.store.tube(barcode, access).await?.ok_or_else(|| {
        Problem::new(Code::NotFound)
            .because("nobody has told anything of a tube with this barcode", "没有这个试管码的记录")
    })?;
    Ok(Json(app.tube_text(file).await?))
}
