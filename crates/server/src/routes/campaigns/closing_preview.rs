//! `GET /v1/campaigns/{n}/closing-preview`: what asking for the closing would say now.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use yimatong_model::role::Role;

use crate::app::App;
use crate::campaigns::closing::ClosingCounts;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::Headquarters, Role::Approver]);
    Route::get("/v1/campaigns/{n}/closing-preview", access, Class::B0, get(preview))
        .summary("Whom closing would colour now, as share of all people, beside the last round")
        .answers::<ClosingCounts>(StatusCode::OK)
}

async fn preview(
    State(app): State<Arc<App>>,
    Path(number): Path<u16>,
) -> Result<Json<ClosingCounts>, Problem> {
    Ok(Json(app.closing_counts(number).await?))
}
