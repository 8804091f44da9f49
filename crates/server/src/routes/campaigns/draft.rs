//! `POST /v1/campaigns`: writes a campaign down as a draft.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;
use yimatong_store::{CampaignFile, DraftCampaign};

use super::{follow, parse};
use crate::app::App;
use crate::http::body::Body;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::campaigns::text::CampaignFileText;

/// A document.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// TOML, or JSON with the same keys; at most 256 KiB. See `campaigns/zhengzhou-2022-01-05.toml`.
    pub(super) document: String,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/campaigns", Access::Staff(&[Role::Headquarters]), Class::B0, post(draft))
        .summary("Write a campaign down as a draft")
        .takes::<Request>()
        .answers::<CampaignFileText>(StatusCode::CREATED)
}

async fn draft(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<(StatusCode, Json<CampaignFileText>), Problem> {
    let Body { value: Request { document }, idempotency } = body;
    parse(&app, &document)?;
    let new = DraftCampaign { document, by: staff.member.id, at: app.now() };
    let campaign = app.store.draft_campaign(new, idempotency).await?;
    follow(&app).await;
    // A repeat of the request finds it as it is by now.
    let file = app.store.campaign(campaign.number).await?;
    let file = file.unwrap_or(CampaignFile { campaign, refinements: Vec::new() });
    Ok((StatusCode::CREATED, Json(CampaignFileText::new(&app, &file)?)))
}
