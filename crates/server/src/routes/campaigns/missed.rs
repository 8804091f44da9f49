//! `GET /v1/campaigns/{n}/missed`: who has not been tested yet, for whoever knocks at doors.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId};
use yimatong_model::role::Role;

use crate::app::App;
use crate::http::query::{Path, Query};
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};
use crate::registry::round::{AfterMissed, MissedPerson};
use crate::routes::brief::PersonBrief;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Of this community.
    community: u32,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// Rows per page, 1 to 200; 50 when not given.
    limit: Option<u16>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Missed {
    items: Vec<MissedText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Somebody who has not been tested yet.
#[derive(Debug, Serialize, JsonSchema)]
struct MissedText {
    person: PersonBrief,
    /// `open`, or `waiting` for a declaration that nobody has looked at.
    standing: &'static str,
    /// Closing would leave the person: a sealed zone, or isolation.
    spared: bool,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::CommunityWorker, Role::Headquarters]);
    Route::get("/v1/campaigns/{n}/missed", access, Class::B0, get(missed))
        .summary("Who of a community has not been tested yet, by household")
        .asks::<Parameters>()
        .answers::<Missed>(StatusCode::OK)
}

async fn missed(
    State(app): State<Arc<App>>,
    Path(number): Path<u16>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Missed>, Problem> {
    let limit = crate::http::fields::rows(parameters.limit)?;
    let after = parameters.cursor.as_deref().map(parse).transpose()?;
    let people = app.missed(number, CommunityId(parameters.community), after, limit + 1).await?;
    let next_cursor = (people.len() > limit).then(|| cursor(&people[limit - 1]));
    let people = &people[..people.len().min(limit)];
    let briefs = app.briefs(people.iter().map(|one| one.person)).await?;
    let items = people.iter().map(|one| MissedText {
        person: briefs.of(one.person),
        standing: one.standing.as_str(),
        spared: one.spared.is_some(),
    });
    Ok(Json(Missed { items: items.collect(), next_cursor }))
}

/// Where the next page starts: behind this person of this household.
fn cursor(last: &MissedPerson) -> String {
    let household = last.household.map(|household| household.to_string()).unwrap_or_default();
    format!("{household}.{}", last.person)
}

fn parse(cursor: &str) -> Result<AfterMissed, Problem> {
    let (household, person) = cursor.split_once('.').unwrap_or_default();
    let household =
        if household.is_empty() { Some(None) } else { household.parse::<HouseholdId>().ok().map(Some) };
    household.zip(person.parse::<PersonId>().ok()).ok_or_else(|| {
        Problem::new(Code::InvalidParameter)
            .at("cursor")
            .because("is not the nextCursor of a page of this list", "不是本列表返回的 nextCursor")
    })
}
