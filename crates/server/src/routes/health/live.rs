//! `GET /healthz`: the process answers.

use axum::routing::get;

use crate::http::route::{Access, Class, Route};

pub(crate) fn route() -> Route {
    Route::get("/healthz", Access::Public, get(async || "ok\n"))
        .class(Class::B2)
        .summary("The process answers")
        .answers_as("text/plain")
}
