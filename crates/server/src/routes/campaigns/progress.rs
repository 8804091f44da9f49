//! `GET /v1/campaigns/{n}/progress`: how far a campaign was, minute by minute.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::role::Role;

use crate::app::App;
use crate::campaigns::progress::ProgressPoint;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Serialize, JsonSchema)]
struct Progress {
    /// The first point: this node keeps them since it was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    since: Option<Timestamp>,
    /// Oldest first.
    items: Vec<ProgressPoint>,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::Headquarters, Role::Approver, Role::CommunityWorker]);
    Route::get("/v1/campaigns/{n}/progress", access, Class::B0, get(progress))
        .summary("How far a campaign was, one point a minute, as this node has seen it since it was started")
        .answers::<Progress>(StatusCode::OK)
}

async fn progress(State(app): State<Arc<App>>, Path(number): Path<u16>) -> Result<Json<Progress>, Problem> {
    app.need_whole_city()?;
    let items = app.campaigns.progress.of(number);
    Ok(Json(Progress { since: items.first().map(|point| point.at), items }))
}
