//! `GET /v1/code`: shows the code. Answered from memory; no store, in the common case no signature either.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use yimatong_credential::Kind;

use crate::app::App;
use crate::http::etag::is_held;
use crate::http::guard::Caller;
use crate::http::route::{Access, Class, Route};
use crate::issue::code::Code;
use crate::issue::ready::Shown;
use crate::problem::{Code as ProblemCode, Problem};

/// Says that the code shown is one of an earlier time, and of which.
const AS_OF: HeaderName = HeaderName::from_static("yimatong-as-of");

pub(crate) fn route() -> Route {
    Route::at_once("/v1/code", Access::Resident, show)
        .summary("Show the code (health query); ETag and If-None-Match save the body")
        .answers::<Code>(StatusCode::OK)
}

fn show(app: &App, caller: &Caller, headers: &HeaderMap) -> Result<Response, Problem> {
    let Caller::Resident(session) = caller else { return Err(Problem::new(ProblemCode::SignInNeeded)) };
    let Shown { code, degraded } =
        app.show(session.person, session.slot, Kind::Device, &session.device_key, app.now())?;
    let cache = (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let etag = (header::ETAG, code.etag.clone());
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut response = if is_held(headers, &code.etag) {
        (StatusCode::NOT_MODIFIED, [cache, etag]).into_response()
    } else {
        ([cache, etag, json], code.body.clone()).into_response()
    };
    if degraded {
        app.overload.counts(Class::B2).degraded.inc();
        let made = Timestamp::from_second(code.made_s).map(|made| made.to_string()).unwrap_or_default();
        if let Ok(made) = HeaderValue::try_from(made) {
            response.headers_mut().insert(AS_OF, made);
        }
    }
    Ok(response)
}
