//! `GET /v1/communities`: communities to choose from when registering.

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

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Communities {
    items: Vec<CommunityText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CommunityText {
    id: u32,
    name: String,
    street: String,
    district: String,
    district_code: u32,
    /// Twelve digits; the first nine are the street's.
    code: u64,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/communities", Access::Public, Class::B4, get(list))
        .shared()
        .summary("Communities whose name, street or district contains the query")
        .asks::<PageQuery>()
        .answers::<Communities>(StatusCode::OK)
}

async fn list(
    State(app): State<Arc<App>>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Communities>, Problem> {
    let limit = query.limit()?;
    let page = app.store.list_communities(query.query()?, query.cursor.clone(), limit).await?;
    let items = page
        .items
        .into_iter()
        .map(|row| CommunityText {
            id: row.community.id.0,
            name: row.community.name,
            street: row.street_name,
            district: row.district_name,
            district_code: row.community.district,
            code: row.community.code,
        })
        .collect();
    Ok(Json(Communities { items, next_cursor: page.next }))
}
