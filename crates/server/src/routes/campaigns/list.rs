//! `GET /v1/campaigns`: campaigns, newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::http::fields::PageQuery;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::campaigns::text::CampaignText;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Campaigns {
    items: Vec<CampaignText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/campaigns", Access::AnyStaff, Class::B0, get(list))
        .summary("Campaigns, newest first")
        .asks::<PageQuery>()
        .answers::<Campaigns>(StatusCode::OK)
}

async fn list(
    State(app): State<Arc<App>>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Campaigns>, Problem> {
    let limit = query.limit()?;
    let page = app.store.list_campaigns(query.cursor, limit).await?;
    let items = page.items.iter().map(|row| CampaignText::new(&app, row)).collect::<Result<_, _>>()?;
    Ok(Json(Campaigns { items, next_cursor: page.next }))
}
