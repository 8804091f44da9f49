//! `GET /v1/results`: the resident's test results, newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use super::text::ResultText;
use crate::app::App;
use crate::http::fields::PageQuery;
use crate::http::guard::Resident;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Function, Route};
use crate::problem::Problem;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Results {
    items: Vec<ResultText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/results", Access::Resident, Class::B4, get(history))
        .function(Function::History)
        .summary("The resident's test results, newest first")
        .asks::<PageQuery>()
        .answers::<Results>(StatusCode::OK)
}

async fn history(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
    Query(query): Query<PageQuery>,
) -> Result<Json<Results>, Problem> {
    let now = app.now();
    let limit = query.limit()?;
    let page = app.store.result_history(session.person, query.cursor, limit).await?;
    let items = page.items.iter().map(|stored| app.result_text(stored, now)).collect();
    Ok(Json(Results { items, next_cursor: page.next }))
}
