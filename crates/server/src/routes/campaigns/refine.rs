//! `POST /v1/campaigns/{n}/refine`: other windows for an area, a street or a community.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::campaign::{LONGEST_DAYS, Place, Refinement, Scope, Window, WindowsError};
use yimatong_model::role::Role;
use yimatong_store::{CampaignChange, Noun, StoreError};

use super::text::document;
use super::{Change, change};
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields::{self, shown};
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
    let refinement = Refinement { scope, windows };
    check(&app, number, &refinement).await?;
    let what = CampaignChange::Refine(refinement);
    let wanted = Change { number, version, remark: String::new(), change: what, idempotency };
    Ok(Json(change(&app, &staff, wanted).await?))
}

/// Is the place one of the campaign's, and can the windows be? Says what is wrong, the place first.
async fn check(app: &App, number: u16, refinement: &Refinement) -> Result<(), Problem> {
    let file = app.store.campaign(number).await?.ok_or(StoreError::NotFound(Noun::Campaign))?;
    let is_known = match refinement.scope {
        Scope::Community(code) => app.area_name(code).is_some(),
        Scope::Area(_) | Scope::Street(_) => true,
    };
    if !is_known || !refinement.is_within(&document(&file.campaign)?) {
        return Err(Problem::field(
            "scope",
            "there is no such place in this campaign: an area is one of its notice, a street has 9 digits, a community 12",
            "本轮检测中没有这个地方：区域须在通告中，街道为 9 位代码，社区为 12 位代码",
        ));
    }
    let (en, zh) = match refinement.check_windows() {
        Err(error) => wrong_window(error, &refinement.windows),
        Ok(()) => match refinement.windows.last().filter(|window| window.to <= app.now()) {
            None => return Ok(()),
            Some(last) => {
                let ends = shown(last.to);
                (
                    format!("the last window has ended already, at {ends} (city time)"),
                    format!("最后一个时段已于 {ends} 结束，请填写尚未结束的时段"),
                )
            }
        },
    };
    Err(Problem::field("windows", en, zh))
}

/// Which window is wrong, counted from 1, and why: English and Chinese.
fn wrong_window(error: WindowsError, windows: &[Window]) -> (String, String) {
    match error {
        WindowsError::None => ("there is no window".to_owned(), "请至少填写一个检测时段".to_owned()),
        WindowsError::Length(index) => {
            let place = index + 1;
            if windows.get(index).is_some_and(|window| window.from >= window.to) {
                (
                    format!("window {place} must end after it begins"),
                    format!("第 {place} 个时段的结束时间须晚于开始时间"),
                )
            } else {
                (
                    format!("window {place} is longer than {LONGEST_DAYS} days"),
                    format!("第 {place} 个时段超过 {LONGEST_DAYS} 天"),
                )
            }
        }
        WindowsError::Overlap(index) => {
            let place = index + 1;
            (
                format!("window {place} begins before window {index} ends"),
                format!("第 {place} 个时段在第 {index} 个时段结束之前就开始了"),
            )
        }
    }
}
