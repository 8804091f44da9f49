//! `DELETE /v1/notices`: the notice for residents is taken away.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::delete;
use yimatong_model::role::Role;
use yimatong_store::OperationsChange;

use crate::app::App;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::overload::change;

pub(crate) fn route() -> Route {
    Route::delete("/v1/notices", Access::Staff(&[Role::Operator]), Class::B0, delete(withdraw))
        .summary("Take the notice for residents away; audited")
        .answers_nothing()
}

async fn withdraw(State(app): State<Arc<App>>, staff: Staff) -> Result<StatusCode, Problem> {
    change(&app, &staff, OperationsChange::Notice(None), None, "withdraw-notice", "withdrawn").await?;
    Ok(StatusCode::NO_CONTENT)
}
