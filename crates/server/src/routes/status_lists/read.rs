//! `GET /v1/status-lists/{n}`: one signed status list, prebuilt; any cache can carry it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::http::etag::is_held;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};
use crate::registry::status_board::TTL_S;

/// Media type of the token.
const MEDIA_TYPE: &str = "application/statuslist+cwt";

pub(crate) fn route() -> Route {
    Route::get("/v1/status-lists/{n}", Access::Public, Class::B2, get(read))
        .summary("A signed status list: 2 bits per credential, zlib, CWT")
        .answers_as(MEDIA_TYPE)
}

async fn read(
    State(app): State<Arc<App>>,
    Path(number): Path<usize>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let list = app.registry.board.published(number).ok_or_else(|| {
        Problem::new(Code::NotFound).because("there is no such status list", "没有这个状态列表")
    })?;
    let cache = HeaderValue::try_from(format!("public, max-age={TTL_S}")).expect("ASCII fits a header");
    let etag = HeaderValue::try_from(&list.etag).expect("hex digits fit a header");
    let known = is_held(&headers, &etag);
    let head = [(header::CACHE_CONTROL, cache), (header::ETAG, etag)];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let media = [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))];
    Ok((head, media, list.token.clone()).into_response())
}
