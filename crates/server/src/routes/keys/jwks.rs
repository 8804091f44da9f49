//! `GET /.well-known/jwks.json`: the city's public keys (RFC 7517).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::http::route::{Access, Class, Route};

pub(crate) fn route() -> Route {
    Route::get("/.well-known/jwks.json", Access::Public, Class::B2, get(jwks))
        .summary("The city's public keys as a JWK set")
        .answers_as("application/jwk-set+json")
}

async fn jwks(State(app): State<Arc<App>>) -> Response {
    let head = [
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json")),
    ];
    (head, app.signing_keys().jwks(app.now()).to_jwks()).into_response()
}
