//! `GET /v1/code`: shows the code. Answered from memory; no store, in the common case no signature either.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use yimatong_credential::Kind;

use crate::app::App;
use crate::http::etag::is_held;
use crate::http::guard::Caller;
use crate::http::route::{Access, Class, Route};
use crate::issue::code::Code;
use crate::problem::{Code as ProblemCode, Problem};

pub(crate) fn route() -> Route {
    Route::at_once("/v1/code", Access::Resident, show)
        .class(Class::B2)
        .summary("Show the code (health query); ETag and If-None-Match save the body")
        .answers::<Code>(StatusCode::OK)
}

fn show(app: &App, caller: &Caller, headers: &HeaderMap) -> Result<Response, Problem> {
    let Caller::Resident(session) = caller else { return Err(Problem::new(ProblemCode::SignInNeeded)) };
    let code = app.show(session.person, session.slot, Kind::Device, &session.device_key, app.now())?;
    let cache = (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let etag = (header::ETAG, code.etag.clone());
    if is_held(headers, &code.etag) {
        return Ok((StatusCode::NOT_MODIFIED, [cache, etag]).into_response());
    }
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(([cache, etag, json], code.body.clone()).into_response())
}
