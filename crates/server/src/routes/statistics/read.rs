//! `GET /v1/statistics`: how many people there are, of which colour, and how many were tested.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use yimatong_model::role::Role;

use crate::app::App;
use crate::http::route::{Access, Class, Function, Route};
use crate::problem::Problem;
use crate::statistics::StatisticsText;

pub(crate) fn route() -> Route {
    Route::get("/v1/statistics", Access::Staff(&[Role::Headquarters, Role::Operator]), Class::B4, get(read))
        .function(Function::Statistics)
        .summary("The city in numbers, at most ten seconds old")
        .answers::<StatisticsText>(StatusCode::OK)
}

async fn read(State(app): State<Arc<App>>) -> Result<Json<Arc<StatisticsText>>, Problem> {
    Ok(Json(app.statistics().await?))
}
