//! `POST /v1/sampling-points/{id}/queue`: somebody at the point tells how many wait.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::ids::SamplingPointId;
use yimatong_model::role::Role;

use super::point::PointText;
use crate::app::App;
use crate::http::body::Body;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// 0 to 10,000.
    waiting: u16,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Sampler, Role::CommunityWorker];
    Route::post("/v1/sampling-points/{id}/queue", Access::Staff(roles), Class::B0, post(queue))
        .summary("Tell how many wait at a sampling point")
        .takes::<Request>()
        .answers::<PointText>(StatusCode::OK)
}

async fn queue(
    State(app): State<Arc<App>>,
    Path(id): Path<u32>,
    body: Body<Request>,
) -> Result<Json<PointText>, Problem> {
    let row = app.store.tell_queue(SamplingPointId(id), body.value.waiting, app.now()).await?;
    Ok(Json(app.point_after(row)))
}
