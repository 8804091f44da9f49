//! The yardsticks: routes that answer the same bytes to everybody, in the same process as the server.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;

use crate::app::App;

/// Answers 200 with a fixed body, as large as a code.
pub(super) const CODE: &str = "/bench/code";
/// Answers 304 without a body.
pub(super) const NOT_MODIFIED: &str = "/bench/not-modified";
/// Tells how often each verb of the store was called.
pub(super) const STORE_CALLS: &str = "/bench/store-calls";

/// Adds the yardsticks beside the server's own routes. They are not guarded: whatever the guard costs is part of
/// what is measured.
pub(super) fn mount(router: Router, app: &Arc<App>, body: &Bytes, etag: &HeaderValue) -> Router {
    let (body, etag, app) = (body.clone(), etag.clone(), Arc::clone(app));
    let code = {
        let etag = etag.clone();
        move || {
            let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let [cache, etag, sniff] = headers(&etag);
            let body = body.clone();
            async move { ([cache, etag, json, sniff], body) }
        }
    };
    let not_modified = move || {
        let headers = headers(&etag);
        async move { (StatusCode::NOT_MODIFIED, headers) }
    };
    let store_calls = move || {
        let verbs = app.store.counters().verbs;
        async move { Json(verbs.into_iter().map(|verb| (verb.verb, verb.calls)).collect::<BTreeMap<_, _>>()) }
    };
    router.route(CODE, get(code)).route(NOT_MODIFIED, get(not_modified)).route(STORE_CALLS, get(store_calls))
}

/// The headers of a code's answer; the measurement compares them with the real ones.
fn headers(etag: &HeaderValue) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, etag.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]
}
