//! `GET /openapi.json`: the description of every route.

use std::sync::OnceLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;

use crate::http::openapi;
use crate::http::route::{Access, Class, Route};
use crate::routes;

pub(crate) fn route() -> Route {
    Route::get("/openapi.json", Access::Public, Class::B2, get(async || description()))
        .summary("This description (OpenAPI 3.1)")
        .answers_as("application/json")
}

/// Made once: anyone may ask, and the schemas of all routes cost milliseconds.
fn description() -> Response {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = TEXT.get_or_init(|| openapi::document(&routes::table()).to_string().into());
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ([json], text.clone()).into_response()
}
