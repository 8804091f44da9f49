//! `DELETE /v1/relatives/{personId}`: removes a relative; the code shown for it becomes void.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::delete;
use yimatong_model::ids::PersonId;

use crate::app::App;
use crate::http::guard::Resident;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    Route::delete("/v1/relatives/{personId}", Access::Resident, Class::B3, delete(remove))
        .summary("Remove a relative; the code shown for it becomes void")
        .answers_nothing()
}

async fn remove(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
    Path(relative): Path<PersonId>,
) -> Result<StatusCode, Problem> {
    let removed = app.store.remove_relative(session.person, relative, app.now()).await?;
    app.apply_relatives(std::slice::from_ref(&removed.state)).await;
    Ok(StatusCode::NO_CONTENT)
}
