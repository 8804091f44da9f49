//! `GET /v1/staff`: all staff accounts.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::role::Role;

use crate::app::App;
use crate::http::route::{Access, Class, Route};
use crate::routes::staff::StaffText;

#[derive(Debug, Serialize, JsonSchema)]
struct Accounts {
    items: Vec<StaffText>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/staff", Access::Staff(&[Role::Operator]), Class::B0, get(list))
        .summary("All staff accounts")
        .answers::<Accounts>(StatusCode::OK)
}

async fn list(State(app): State<Arc<App>>) -> Json<Accounts> {
    Json(Accounts { items: app.staff.all().iter().map(|member| StaffText::from(&**member)).collect() })
}
