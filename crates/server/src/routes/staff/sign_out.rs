//! `DELETE /v1/staff/session`: ends this session.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::delete;

use crate::app::App;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};

pub(crate) fn route() -> Route {
    Route::delete("/v1/staff/session", Access::AnyStaff, Class::B2, delete(sign_out))
        .summary("End this staff session")
        .answers_nothing()
}

async fn sign_out(State(app): State<Arc<App>>, staff: Staff) -> StatusCode {
    let lifetime_s = i64::from(app.config.server.staff_session_h) * 3_600;
    app.staff.sign_out(staff.session_id, lifetime_s, app.now());
    StatusCode::NO_CONTENT
}
