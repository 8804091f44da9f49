//! `POST /v1/campaigns/{n}/redraft`: another document for a draft.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;
use yimatong_store::CampaignChange;

use super::{Change, change, parse};
use crate::app::App;
use crate::http::body::Body;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::campaigns::text::CampaignFileText;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// The version that was seen.
    version: u64,
    /// TOML, or JSON with the same keys.
    document: String,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::Headquarters]);
    Route::post("/v1/campaigns/{n}/redraft", access, Class::B0, post(redraft))
        .summary("Another document for a draft; whoever hands it in is the drafter from now on")
        .takes::<Request>()
        .answers::<CampaignFileText>(StatusCode::OK)
}

async fn redraft(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(number): Path<u16>,
    body: Body<Request>,
) -> Result<Json<CampaignFileText>, Problem> {
    let Body { value: Request { version, document }, idempotency } = body;
    parse(&app, &document)?;
    let what = CampaignChange::Redraft(document);
    let wanted = Change { number, version, remark: String::new(), change: what, idempotency };
    Ok(Json(change(&app, &staff, wanted).await?))
}
