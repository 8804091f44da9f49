//! `POST /v1/sampling-points/{id}/close`: a sampling point is no longer used.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use yimatong_model::ids::SamplingPointId;
use yimatong_model::role::Role;

use super::point::PointText;
use crate::app::App;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    let roles = &[Role::Headquarters, Role::CommunityWorker];
    Route::post("/v1/sampling-points/{id}/close", Access::Staff(roles), Class::B0, post(close))
        .summary("Close a sampling point for good; what was sampled there is taken all the same")
        .answers::<PointText>(StatusCode::OK)
}

async fn close(State(app): State<Arc<App>>, Path(id): Path<u32>) -> Result<Json<PointText>, Problem> {
    let row = app.store.close_sampling_point(SamplingPointId(id), app.now()).await?;
    Ok(Json(app.point_after(row)))
}
