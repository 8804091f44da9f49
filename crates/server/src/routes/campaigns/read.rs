//! `GET /v1/campaigns/{n}`: a campaign with its document and refinements.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use yimatong_store::{Noun, StoreError};

use crate::app::App;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::campaigns::text::CampaignFileText;

pub(crate) fn route() -> Route {
    Route::get("/v1/campaigns/{n}", Access::AnyStaff, Class::B0, get(read))
        .summary("A campaign with its document and refinements")
        .answers::<CampaignFileText>(StatusCode::OK)
}

async fn read(
    State(app): State<Arc<App>>,
    Path(number): Path<u16>,
) -> Result<Json<CampaignFileText>, Problem> {
    let file = app.store.campaign(number).await?;
    let file = file.ok_or(StoreError::NotFound(Noun::Campaign))?;
    Ok(Json(CampaignFileText::new(&app, &file)?))
}
