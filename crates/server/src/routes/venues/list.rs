//! `GET /v1/venues`: venues whose name contains the query.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::VenueRow;

use crate::app::App;
use crate::http::fields::PageQuery;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

/// A venue as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VenueText {
    id: u32,
    name: String,
    r#type: String,
    district_code: u32,
}

impl From<VenueRow> for VenueText {
    fn from(row: VenueRow) -> Self {
        Self { id: row.id.0, name: row.name, r#type: row.venue_type, district_code: row.district_code }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Venues {
    items: Vec<VenueText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/venues", Access::AnyStaff, Class::B0, get(list))
        .summary("Venues whose name contains the query")
        .asks::<PageQuery>()
        .answers::<Venues>(StatusCode::OK)
}

async fn list(State(app): State<Arc<App>>, Query(query): Query<PageQuery>) -> Result<Json<Venues>, Problem> {
    let limit = query.limit()?;
    let page = app.store.list_venues(query.query()?, query.cursor.clone(), limit).await?;
    Ok(Json(Venues { items: page.items.into_iter().map(VenueText::from).collect(), next_cursor: page.next }))
}
