//! `GET /v1/case-files`: case files that a positive single test opened, oldest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::role::Role;
use yimatong_store::{CaseFileRow, CaseState};

use crate::app::App;
use crate::http::fields::{PageQuery, uuid_text};
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::brief::PersonBrief;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Cases {
    items: Vec<CaseText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A case file.
#[derive(Debug, Serialize, JsonSchema)]
struct CaseText {
    id: String,
    person: PersonBrief,
    #[schemars(with = "String")]
    opened: Timestamp,
    /// The tube; none when the result came without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    tube: Option<String>,
    /// `open`, or `withdrawn` when the result that opened it was corrected.
    #[schemars(with = "String")]
    state: CaseState,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Tracer, Role::Headquarters];
    Route::get("/v1/case-files", Access::Staff(roles), Class::B0, get(list))
        .summary("Case files that a positive single test opened, oldest first")
        .asks::<PageQuery>()
        .answers::<Cases>(StatusCode::OK)
}

async fn list(State(app): State<Arc<App>>, Query(query): Query<PageQuery>) -> Result<Json<Cases>, Problem> {
    let limit = query.limit()?;
    let page = app.store.list_case_files(query.cursor, limit).await?;
    let briefs = app.briefs(page.items.iter().map(|row| row.person)).await?;
    let text = |row: CaseFileRow| CaseText {
        id: uuid_text(&row.id),
        person: briefs.of(row.person),
        opened: row.opened,
        tube: row.barcode.map(String::from),
        state: row.state,
    };
    Ok(Json(Cases { items: page.items.into_iter().map(text).collect(), next_cursor: page.next }))
}
