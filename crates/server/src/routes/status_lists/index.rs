//! `GET /v1/status-lists`: the addresses of all status lists (the draft's status list aggregation).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::http::route::{Access, Class, Route};

#[derive(Debug, Serialize, JsonSchema)]
struct Aggregation {
    /// Addresses of the lists.
    status_lists: Vec<String>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/status-lists", Access::Public, Class::B2, get(index))
        .summary("Addresses of all status lists (draft-ietf-oauth-status-list, aggregation)")
        .answers::<Aggregation>(StatusCode::OK)
}

async fn index(State(app): State<Arc<App>>) -> Response {
    let (count, _) = app.registry.board.published_count();
    let status_lists =
        (0..count).map(|at| app.status_list_address(u32::try_from(at).unwrap_or(u32::MAX))).collect();
    let cache = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    ([cache], Json(Aggregation { status_lists })).into_response()
}
