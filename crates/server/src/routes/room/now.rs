//! `GET /v1/room/now.json`: the waiting room as everybody sees it; the same bytes for all, made four times a second.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::app::App;
use crate::http::etag::is_held;
use crate::http::guard::Caller;
use crate::http::route::{Access, Route};
use crate::overload::room::RoomNow;
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    Route::at_once("/v1/room/now.json", Access::Public, now)
        .summary("The waiting room: which places have been called, and how fast; any cache may carry it")
        .answers::<RoomNow>(StatusCode::OK)
}

#[expect(clippy::unnecessary_wraps, reason = "the form of every answer from memory")]
fn now(app: &App, _: &Caller, headers: &HeaderMap) -> Result<Response, Problem> {
    let published = app.overload.room.published();
    let held = is_held(headers, &published.etag);
    let mut response = Response::new(if held { Body::empty() } else { Body::from(published.body.clone()) });
    if held {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, published.etag.clone());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=1"));
    Ok(response)
}
