//! `GET /v1/code`: shows the code. Answered from memory; no store, in the common case no signature either.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use yimatong_credential::Kind;

use crate::app::App;
use crate::http::guard::Resident;
use crate::http::route::{Access, Route};
use crate::issue::code::Code;
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    Route::get("/v1/code", Access::Resident, get(show))
        .summary("Show the code (health query); ETag and If-None-Match save the body")
        .answers::<Code>(StatusCode::OK)
}

async fn show(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let code = app.show(session.person, session.slot, Kind::Device, &session.device_key, app.now())?;
    let cache = (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let etag = (header::ETAG, code.etag.clone());
    if headers.get(header::IF_NONE_MATCH) == Some(&code.etag) {
        return Ok((StatusCode::NOT_MODIFIED, [cache, etag]).into_response());
    }
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(([cache, etag, json], code.body.clone()).into_response())
}
