//! `POST /v1/people/{personId}/declarations`: a community worker records what somebody told them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::ids::PersonId;
use yimatong_model::role::Role;
use yimatong_store::{Evidence, NewDeclaration};

use super::{DeclarationText, KindField, campaign_of};
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// The campaign it is for; not needed while only one is open.
    campaign: Option<u16>,
    kind: KindField,
    /// When the sample of the negative test was taken (RFC 3339); needed for `outside-city`.
    sampled: Option<String>,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::CommunityWorker]);
    Route::post("/v1/people/{personId}/declarations", access, Class::B0, post(record))
        .summary("Record what somebody declared; another member of staff reviews it")
        .takes::<Request>()
        .answers::<DeclarationText>(StatusCode::CREATED)
}

async fn record(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(person): Path<PersonId>,
    body: Body<Request>,
) -> Result<(StatusCode, Json<DeclarationText>), Problem> {
    let Body { value: request, idempotency } = body;
    let round = campaign_of(&app, request.campaign, request.kind)?;
    let new = NewDeclaration {
        person,
        campaign: request.campaign.or(round.map(|round| round.row.number)),
        kind: request.kind.into(),
        sampled: request.sampled.as_deref().map(|text| fields::time("sampled", text)).transpose()?,
        evidence: Evidence::Community,
        declared_by: Some(staff.member.id),
        at: app.now(),
    };
    let row = app.store.declare(new, idempotency).await?;
    app.campaigns.put_declaration(&row);
    let brief = app.briefs([person]).await?.of(person);
    Ok((StatusCode::CREATED, Json(DeclarationText::for_staff(&app, &row, brief))))
}
