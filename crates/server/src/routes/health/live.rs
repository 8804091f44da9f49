//! `GET /healthz`: the process answers.

use axum::routing::get;

use crate::http::route::{Access, Class, Route};

pub(crate) fn route() -> Route {
    Route::get("/healthz", Access::Public, Class::B2, get(async || "ok\n"))
        .summary("The process answers")
        .answers_as("text/plain")
}
