//! `DELETE /v1/staff/session`: ends this session.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::delete;
use jiff::SignedDuration;

use crate::app::App;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    Route::delete("/v1/staff/session", Access::AnyStaff, Class::B0, delete(sign_out))
        .summary("End this staff session, at every node within two seconds")
        .answers_nothing()
}

async fn sign_out(State(app): State<Arc<App>>, staff: Staff) -> Result<StatusCode, Problem> {
    let now = app.now();
    let until = now + SignedDuration::from_hours(i64::from(app.config.server.staff_session_h));
    // Here at once; at the other nodes when they hear of it, a second later.
    app.staff.sign_out([(staff.session_id, until)], now);
    app.store.end_staff_session(staff.session_id, until).await?;
    Ok(StatusCode::NO_CONTENT)
}
