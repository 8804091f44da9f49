//! `POST /v1/notices`: operators tell residents what is going on; a later notice takes the place of the one before.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;
use yimatong_store::{NoticeRow, OperationsChange};

use crate::app::App;
use crate::http::body::Body;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::overload::operations::{Level, Notice};
use crate::problem::Problem;
use crate::routes::overload::change;

/// Longest text in characters.
const LONGEST: usize = 300;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// In Chinese, 1 to 300 characters.
    zh: String,
    /// In English, 1 to 300 characters.
    en: String,
    level: Level,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/notices", Access::Staff(&[Role::Operator]), Class::B0, post(post_notice))
        .summary("Post a notice for residents on all pages; audited")
        .takes::<Request>()
        .answers::<Notice>(StatusCode::CREATED)
}

async fn post_notice(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<(StatusCode, Json<Notice>), Problem> {
    let Request { zh, en, level } = body.value;
    let row = NoticeRow {
        zh: text("zh", &zh)?,
        en: text("en", &en)?,
        level: level.as_str().to_owned(),
        at: app.now(),
    };
    let what = format!("{}: {} / {}", row.level, row.zh, row.en);
    let notice = Notice::from(row.clone());
    change(&app, &staff, OperationsChange::Notice(Some(row)), None, "post-notice", &what).await?;
    Ok((StatusCode::CREATED, Json(notice)))
}

fn text(field: &'static str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if (1..=LONGEST).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Problem::field(
        field,
        format!("must have 1 to {LONGEST} characters"),
        format!("须为 1 到 {LONGEST} 个字"),
    ))
}
