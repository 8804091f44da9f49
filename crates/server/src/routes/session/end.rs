//! `DELETE /v1/session`: signs out on this device; its code becomes void.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::delete;

use crate::app::App;
use crate::http::guard::Resident;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    Route::delete("/v1/session", Access::Resident, Class::B1, delete(end))
        .summary("Sign out on this device; its code becomes void")
        .answers_nothing()
}

async fn end(State(app): State<Arc<App>>, Resident(session): Resident) -> Result<StatusCode, Problem> {
    let state = app.store.unbind_device(session.person, session.slot, app.now()).await?;
    app.apply(&state);
    Ok(StatusCode::NO_CONTENT)
}
