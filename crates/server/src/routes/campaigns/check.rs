//! `POST /v1/campaigns/check`: what a document says, or everything that is wrong in it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::role::Role;

use super::draft::Request;
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields::shown;
use crate::http::route::{Access, Class, Route};
use crate::routes::campaigns::text::{ContentsText, MistakeText};

#[derive(Debug, Serialize, JsonSchema)]
struct Checked {
    valid: bool,
    /// In the order of the document; at most a hundred.
    problems: Vec<MistakeText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<CheckedText>,
}

/// What a document without mistakes says.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CheckedText {
    id: String,
    name_zh: String,
    name_en: String,
    basis_zh: String,
    basis_en: String,
    #[schemars(with = "String")]
    from: Timestamp,
    #[schemars(with = "String")]
    to: Timestamp,
    reason: &'static str,
    /// The colour that this reason gives by the rules in force.
    colour: &'static str,
    #[serde(flatten)]
    contents: ContentsText,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::Headquarters, Role::CommunityWorker, Role::Approver]);
    Route::post("/v1/campaigns/check", access, Class::B0, post(check))
        .summary("What a campaign's document says, or everything that is wrong in it; nothing is stored")
        .takes::<Request>()
        .answers::<Checked>(StatusCode::OK)
}

async fn check(State(app): State<Arc<App>>, body: Body<Request>) -> Json<Checked> {
    let campaign = match super::check(&app, &body.value.document) {
        Ok(campaign) => campaign,
        Err(problems) => {
            let problems = problems.into_iter().map(MistakeText::from).collect();
            return Json(Checked { valid: false, problems, campaign: None });
        }
    };
    let (mut contents, span) = (ContentsText::of(&app, &campaign), campaign.span());
    if span.to <= app.now() {
        let ends = shown(span.to);
        contents.note(
            format!("全部检测时段已于 {ends} 结束，本轮不能批准，也不能开始"),
            format!("all windows have passed, the last ended at {ends} (city time): it can't be approved or started"),
        );
    }
    let colour = app.colour_given(&campaign).as_str();
    let campaign = CheckedText {
        id: campaign.id,
        name_zh: campaign.name.zh,
        name_en: campaign.name.en,
        basis_zh: campaign.basis.zh,
        basis_en: campaign.basis.en,
        from: span.from,
        to: span.to,
        reason: campaign.consequence.reason.as_str(),
        colour,
        contents,
    };
    Json(Checked { valid: true, problems: Vec::new(), campaign: Some(campaign) })
}
