//! `GET /openapi.json`: the description of every route.

use axum::Json;
use axum::routing::get;

use crate::http::openapi;
use crate::http::route::{Access, Route};
use crate::routes;

pub(crate) fn route() -> Route {
    Route::get("/openapi.json", Access::Public, get(async || Json(openapi::document(&routes::table()))))
        .summary("This description (OpenAPI 3.1)")
        .answers_as("application/json")
}
