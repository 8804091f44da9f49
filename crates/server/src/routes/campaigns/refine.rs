//! `POST /v1/campaigns/{n}/refine`: other windows for an area, a street or a community.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::campaign::{Place, Refinement, Scope, Window};
use yimatong_model::role::Role;
use yimatong_store::CampaignChange;

use super::{Change, change};
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};
use crate::routes::campaigns::text::CampaignFileText;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// The version that was seen.
    version: u64,
    scope: ScopeFields,
    /// One after the other, without overlap; at most 20. They hold instead of those of the notice.
    windows: Vec<WindowFields>,
}

/// Where the windows hold. The narrowest counts, among equals the last.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum ScopeFields {
    /// A whole area of the notice.
    Area(PlaceFields),
    /// Nine digits of a street.
    Street(u32),
    /// Twelve digits of a community.
    Community(u64),
}

/// An area of the notice.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum PlaceFields {
    /// Six digits of a district.
    District(u32),
    /// Short name of a functional zone.
    Zone(String),
}

/// A window, RFC 3339.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WindowFields {
    from: String,
    to: String,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::Headquarters, Role::CommunityWorker]);
    Route::post("/v1/campaigns/{n}/refine", access, Class::B0, post(refine))
        .summary("Other windows for a part of an approved or running campaign; community workers for a community only")
        .takes::<Request>()
        .answers::<CampaignFileText>(StatusCode::OK)
}

async fn refine(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(number): Path<u16>,
    body: Body<Request>,
) -> Result<Json<CampaignFileText>, Problem> {
    let Body { value: Request { version, scope, windows }, idempotency } = body;
    let scope = match scope {
        ScopeFields::Area(PlaceFields::District(code)) => Scope::Area(Place::District(code)),
        ScopeFields::Area(PlaceFields::Zone(id)) => Scope::Area(Place::Zone(id)),
        ScopeFields::Street(code) => Scope::Street(code),
        ScopeFields::Community(code) => Scope::Community(code),
    };
    let is_community = matches!(scope, Scope::Community(_));
    if staff.member.role == Role::CommunityWorker && !is_community {
        return Err(Problem::new(Code::NotAllowed).at("scope").because(
            "community workers refine communities; headquarters refines streets and areas",
            "社区工作人员只能调整社区的检测时间，街道和区域由指挥部调整",
        ));
    }
    let window = |window: &WindowFields| {
        Ok::<_, Problem>(Window {
            from: fields::time("windows.from", &window.from)?,
            to: fields::time("windows.to", &window.to)?,
        })
    };
    let windows = windows.iter().map(window).collect::<Result<Vec<_>, _>>()?;
    let what = CampaignChange::Refine(Refinement { scope, windows });
    let wanted = Change { number, version, remark: String::new(), change: what, idempotency };
    Ok(Json(change(&app, &staff, wanted).await?))
}
