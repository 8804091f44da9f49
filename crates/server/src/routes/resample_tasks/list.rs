//! `GET /v1/resample-tasks`: who needs a single sample and has not given one, longest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::CommunityId;
use yimatong_model::role::Role;
use yimatong_store::{ResampleTaskRow, TaskArea};

use crate::app::App;
use crate::http::fields::{PageQuery, uuid_text};
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};
use crate::routes::brief::PersonBrief;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Only residents of this district; its division code.
    district: Option<u32>,
    /// Only residents of this community; its number.
    community: Option<u32>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// Rows per page, 1 to 200; 50 when not given.
    limit: Option<u16>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Tasks {
    items: Vec<TaskText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Somebody who needs a single sample.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TaskText {
    id: String,
    person: PersonBrief,
    /// The tube whose result asks for it.
    tube: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<u16>,
    /// When the sample in that tube was taken.
    #[schemars(with = "String")]
    sampled: Timestamp,
    /// When the task was made.
    #[schemars(with = "String")]
    made: Timestamp,
    /// The same in seconds.
    age_s: i64,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Sampler, Role::CommunityWorker, Role::Headquarters];
    Route::get("/v1/resample-tasks", Access::Staff(roles), Class::B0, get(list))
        .summary("Who needs a single sample and has not given one, longest first")
        .asks::<Parameters>()
        .answers::<Tasks>(StatusCode::OK)
}

async fn list(State(app): State<Arc<App>>, Query(asked): Query<Parameters>) -> Result<Json<Tasks>, Problem> {
    let area = match (asked.district, asked.community) {
        (None, None) => TaskArea::City,
        (Some(district), None) => TaskArea::District(district),
        (None, Some(community)) => TaskArea::Community(CommunityId(community)),
        (Some(_), Some(_)) => {
            return Err(Problem::new(Code::InvalidParameter)
                .at("community")
                .because("give district or community, not both", "district 与 community 只能填写一个"));
        }
    };
    let now = app.now();
    let page = PageQuery { query: String::new(), cursor: asked.cursor, limit: asked.limit };
    let limit = page.limit()?;
    let page = app.store.list_resample_tasks(area, page.cursor, limit).await?;
    let briefs = app.briefs(page.items.iter().map(|row| row.person)).await?;
    let text = |row: ResampleTaskRow| TaskText {
        id: uuid_text(&row.id),
        person: briefs.of(row.person),
        tube: row.barcode.to_string(),
        campaign: row.campaign,
        sampled: row.sampled,
        made: row.made,
        age_s: now.duration_since(row.made).as_secs(),
    };
    Ok(Json(Tasks { items: page.items.into_iter().map(text).collect(), next_cursor: page.next }))
}
