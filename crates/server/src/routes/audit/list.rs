//! `GET /v1/audit`: who read or did what, newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::role::Role;

use crate::app::App;
use crate::http::fields::PageQuery;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Audit {
    items: Vec<AuditText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AuditText {
    id: u64,
    #[schemars(with = "String")]
    at: Timestamp,
    staff_id: Option<u32>,
    staff_name: Option<String>,
    action: String,
    subject_id: Option<String>,
    purpose: Option<String>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/audit", Access::Staff(&[Role::Auditor]), Class::B0, get(list))
        .summary("The audit log, newest first")
        .asks::<PageQuery>()
        .answers::<Audit>(StatusCode::OK)
}

async fn list(State(app): State<Arc<App>>, Query(query): Query<PageQuery>) -> Result<Json<Audit>, Problem> {
    let limit = query.limit()?;
    let page = app.store.list_audit(query.cursor, limit).await?;
    let items = page
        .items
        .into_iter()
        .map(|row| AuditText {
            id: row.id,
            at: row.at,
            staff_id: row.staff.map(|staff| staff.0),
            staff_name: row.staff.and_then(|staff| app.staff.get(staff)).map(|member| member.name.clone()),
            action: row.action,
            subject_id: row.subject.map(|person| person.to_string()),
            purpose: row.purpose,
        })
        .collect();
    Ok(Json(Audit { items, next_cursor: page.next }))
}
