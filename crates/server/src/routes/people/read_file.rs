//! `GET /v1/people/{personId}`: the whole file of a person, with a purpose, audited.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::PersonId;
use yimatong_model::role::Role;
use yimatong_store::{Access as FileAccess, PersonLink, Relation};

use crate::app::App;
use crate::http::guard::Staff;
use crate::http::query::{Path, Query};
use crate::http::route::{Access, Class, Route};
use crate::issue::code::{ReasonText, VaccineText};
use crate::problem::Problem;
use crate::routes::results::text::ResultText;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parameters {
    /// Why; it goes into the audit log.
    purpose: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PersonFileText {
    person_id: String,
    document_kind: &'static str,
    document_number: String,
    name: String,
    phone: Option<String>,
    birth_date: Option<String>,
    nationality: String,
    community_id: Option<u32>,
    household_id: Option<String>,
    #[schemars(with = "String")]
    registered_at: Timestamp,
    colour: &'static str,
    reasons: Vec<ReasonText>,
    results: Vec<ResultText>,
    vaccine: Option<VaccineText>,
    relatives: Vec<Link>,
    holders: Vec<Link>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Link {
    person_id: String,
    #[schemars(with = "String")]
    relation: Relation,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::CommunityWorker, Role::Headquarters, Role::HotlineAgent];
    Route::get("/v1/people/{personId}", Access::Staff(roles), Class::B0, get(read_file))
        .summary("The whole file of a person; needs a purpose, audited")
        .asks::<Parameters>()
        .answers::<PersonFileText>(StatusCode::OK)
}

async fn read_file(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(person): Path<PersonId>,
    Query(Parameters { purpose }): Query<Parameters>,
) -> Result<Json<PersonFileText>, Problem> {
    let now = app.now();
    let file =
        app.store.read_person_file(person, FileAccess { staff: staff.member.id, purpose, at: now }).await?;
    let view = app.look_up(person, now).await?;
    let links = |links: &[PersonLink]| {
        links.iter().map(|l| Link { person_id: l.person.to_string(), relation: l.relation }).collect()
    };
    Ok(Json(PersonFileText {
        person_id: person.to_string(),
        document_kind: file.document_kind.as_str(),
        birth_date: file.birth_date.map(|date| date.to_string()),
        community_id: file.community.map(|community| community.0),
        household_id: file.household.map(|household| household.to_string()),
        registered_at: file.registered_at,
        colour: view.decision.colour.as_str(),
        reasons: app.reason_texts(&view, now),
        results: file.results.iter().map(|stored| app.result_text(stored, now)).collect(),
        vaccine: file.vaccination.map(VaccineText::from),
        relatives: links(&file.relatives),
        holders: links(&file.holders),
        document_number: file.document_number,
        name: file.name,
        phone: file.phone,
        nationality: file.nationality.to_string(),
    }))
}
