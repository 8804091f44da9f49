//! `GET /v1/declarations/list`: declarations for whoever reviews them, oldest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::CommunityId;
use yimatong_model::role::Role;
use yimatong_store::DeclarationQuery;

use super::DeclarationText;
use crate::app::App;
use crate::http::fields;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Of this campaign.
    campaign: Option<u16>,
    /// Of people of this community.
    community: Option<u32>,
    /// Of people of the communities of this district.
    district: Option<u32>,
    /// Only what nobody has looked at yet.
    #[serde(default)]
    waiting: bool,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// Rows per page, 1 to 200; 50 when not given.
    limit: Option<u16>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Declarations {
    items: Vec<DeclarationText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::CommunityWorker, Role::Headquarters]);
    Route::get("/v1/declarations/list", access, Class::B0, get(list))
        .summary("Declarations by campaign, community or district, oldest first")
        .asks::<Parameters>()
        .answers::<Declarations>(StatusCode::OK)
}

async fn list(
    State(app): State<Arc<App>>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Declarations>, Problem> {
    let Parameters { campaign, community, district, waiting, cursor, limit } = parameters;
    let query = DeclarationQuery { campaign, community: community.map(CommunityId), district, waiting };
    let page = app.store.list_declarations(query, cursor, fields::rows(limit)?).await?;
    let briefs = app.briefs(page.items.iter().map(|row| row.person)).await?;
    let items = page.items.iter().map(|row| DeclarationText::for_staff(&app, row, briefs.of(row.person)));
    Ok(Json(Declarations { items: items.collect(), next_cursor: page.next }))
}
