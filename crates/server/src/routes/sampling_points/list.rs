//! `GET /v1/sampling-points`: sampling points of an area, closed ones too.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::point::{PointText, area};
use crate::app::App;
use crate::http::fields::PageQuery;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parameters {
    /// Text to look for in names and addresses.
    #[serde(default)]
    query: String,
    /// Code of a district (6 digits), a street (9) or a community (12).
    area: Option<u64>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// Rows per page, 1 to 200; 50 when not given.
    limit: Option<u16>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Points {
    items: Vec<PointText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/sampling-points", Access::AnyStaff, Class::B0, get(list))
        .summary("Sampling points of an area whose name or address contains the query, with queue and load")
        .asks::<Parameters>()
        .answers::<Points>(StatusCode::OK)
}

async fn list(State(app): State<Arc<App>>, Query(asked): Query<Parameters>) -> Result<Json<Points>, Problem> {
    let area = area(asked.area)?;
    let page = PageQuery { query: asked.query, cursor: asked.cursor, limit: asked.limit };
    let limit = page.limit()?;
    let found = app.store.list_sampling_points(page.query()?, area, page.cursor.clone(), limit).await?;
    let items = found.items.into_iter().map(|row| app.point_text(row)).collect();
    Ok(Json(Points { items, next_cursor: found.next }))
}
