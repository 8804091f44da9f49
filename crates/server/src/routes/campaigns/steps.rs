//! `POST /v1/campaigns/{n}/approve`, `/withdraw`, `/start`, `/approve-closing`, `/refuse-closing`, `/reverse`: the steps of a
//! campaign that need nothing but the version that was seen.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::campaign::Refinement;
use yimatong_model::role::Role;
use yimatong_store::{CampaignChange, CampaignState};

use super::text::document;
use super::{Change, change};
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields::shown;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};
use crate::routes::campaigns::text::CampaignFileText;

/// Which version was seen, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Seen {
    /// The version that was seen; another one by now is refused (412).
    pub(super) version: u64,
    /// Goes into the audit log; at most 400 bytes.
    #[serde(default)]
    pub(super) remark: String,
}

const HEADQUARTERS: &[Role] = &[Role::Headquarters];
const APPROVERS: &[Role] = &[Role::Approver, Role::Headquarters];

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    use CampaignChange::{Approve, ApproveClosing, RefuseClosing, Reverse, Start, Withdraw};
    vec![
        step(
            "/v1/campaigns/{n}/approve",
            APPROVERS,
            Approve,
            "Approve a draft; another person than its drafter",
        ),
        step(
            "/v1/campaigns/{n}/withdraw",
            HEADQUARTERS,
            Withdraw,
            "A draft or an approved campaign shall never begin",
        ),
        step("/v1/campaigns/{n}/start", HEADQUARTERS, Start, "An approved campaign begins"),
        step(
            "/v1/campaigns/{n}/approve-closing",
            APPROVERS,
            ApproveClosing,
            "Approve a closing with its counts; another person than who asked. Then the reason is given",
        ),
        step(
            "/v1/campaigns/{n}/refuse-closing",
            APPROVERS,
            RefuseClosing,
            "The campaign goes on; needs a remark",
        ),
        step(
            "/v1/campaigns/{n}/reverse",
            HEADQUARTERS,
            Reverse,
            "Take the reason back from everybody who was given it; needs a remark",
        ),
    ]
}

fn step(path: &'static str, roles: &'static [Role], what: CampaignChange, summary: &'static str) -> Route {
    let needs_remark = matches!(what, CampaignChange::RefuseClosing | CampaignChange::Reverse);
    let handler = async move |State(app): State<Arc<App>>,
                              staff: Staff,
                              Path(number): Path<u16>,
                              body: Body<Seen>|
                -> Result<Json<CampaignFileText>, Problem> {
        let Body { value: Seen { version, remark }, idempotency } = body;
        if needs_remark && remark.trim().is_empty() {
            return Err(Problem::field(
                "remark",
                "is empty; say why, for the audit log",
                "请填写原因，将记入审计日志",
            ));
        }
        not_too_late(&app, number, version, &what).await?;
        let wanted = Change { number, version, remark, change: what.clone(), idempotency };
        Ok(Json(change(&app, &staff, wanted).await?))
    };
    Route::post(path, Access::Staff(roles), Class::B0, post(handler))
        .summary(summary)
        .takes::<Seen>()
        .answers::<CampaignFileText>(StatusCode::OK)
}

/// A campaign whose windows have all passed neither is approved nor begins: nobody could be sampled any more, and closing it would
/// colour everybody. Another state or version is the store's to refuse.
async fn not_too_late(app: &App, number: u16, version: u64, what: &CampaignChange) -> Result<(), Problem> {
    let from = match what {
        CampaignChange::Approve => CampaignState::Draft,
        CampaignChange::Start => CampaignState::Approved,
        _ => return Ok(()),
    };
    let Some(file) = app.store.campaign(number).await? else { return Ok(()) };
    if (file.campaign.state, file.campaign.version) != (from, version) {
        return Ok(());
    }
    let refinements: Vec<Refinement> = file.refinements.into_iter().map(|row| row.refinement).collect();
    let ends = document(&file.campaign)?.ends(&refinements);
    if ends > app.now() {
        return Ok(());
    }
    let ends = shown(ends);
    let (en, zh) = match what {
        CampaignChange::Approve => {
            ("hand in a document with later windows", "请修改通告中的检测时段后重新提交")
        }
        _ => ("refine the windows first, or withdraw it", "请先调整检测时间，或撤回本轮检测"),
    };
    Err(Problem::new(Code::OutOfTurn).because(
        format!(
            "all windows have passed, the last ended at {ends} (city time), so nobody could be sampled: {en}"
        ),
        format!("全部检测时段已于 {ends} 结束，已无法采样：{zh}"),
    ))
}
