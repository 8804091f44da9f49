//! `GET /v1/declarations`: what the resident declared, for themselves and for relatives, newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use super::DeclarationText;
use crate::app::App;
use crate::http::guard::Resident;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Serialize, JsonSchema)]
struct Declarations {
    items: Vec<DeclarationText>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/declarations", Access::Resident, Class::B4, get(mine))
        .summary("What the resident declared, for themselves and for relatives, and how the review stands")
        .answers::<Declarations>(StatusCode::OK)
}

async fn mine(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
) -> Result<Json<Declarations>, Problem> {
    let mut rows = app.store.declarations_of(session.person).await?;
    for link in app.registry.relatives_of(session.person) {
        rows.extend(app.store.declarations_of(link.relative).await?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.declared));
    Ok(Json(Declarations { items: rows.iter().map(DeclarationText::new).collect() }))
}
