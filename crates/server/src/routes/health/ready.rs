//! `GET /readyz`: the registry is filled and the server is not stopping.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;

use crate::app::App;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};

pub(crate) fn route() -> Route {
    Route::get("/readyz", Access::Public, Class::B2, get(ready))
        .summary("The server can serve; 503 while it leaves or drains")
        .answers_as("text/plain")
}

async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    if app.is_wanted() { Ok("ready\n") } else { Err(Problem::new(Code::Starting)) }
}
