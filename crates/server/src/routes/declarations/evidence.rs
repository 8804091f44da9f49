//! `GET /v1/people/{personId}/declarations/{id}/evidence`: what a declaration rests on, with a purpose, audited.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::PersonId;
use yimatong_model::role::Role;
use yimatong_store::{Access as FileAccess, Evidence, UploadType};

use crate::app::App;
use crate::http::fields::{self, not_a_uuid};
use crate::http::guard::Staff;
use crate::http::query::{Path, Query};
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// Why; it goes into the audit log.
    purpose: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EvidenceText {
    /// `community` (nothing on paper), `eu-dcc` or `upload`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
    /// Base64 of an upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    /// The text of a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::CommunityWorker, Role::Headquarters]);
    Route::get("/v1/people/{personId}/declarations/{id}/evidence", access, Class::B0, get(read))
        .summary("What a declaration rests on; needs a purpose, audited")
        .asks::<Parameters>()
        .answers::<EvidenceText>(StatusCode::OK)
}

async fn read(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path((person, id)): Path<(PersonId, String)>,
    Query(Parameters { purpose }): Query<Parameters>,
) -> Result<Json<EvidenceText>, Problem> {
    let id = fields::uuid(&id).ok_or_else(|| not_a_uuid("id"))?;
    let access = FileAccess { staff: staff.member.id, purpose, at: app.now() };
    let evidence = app.store.read_evidence(person, id, access).await?;
    let kind = evidence.kind().as_str();
    let nothing = EvidenceText { kind, media_type: None, data: None, text: None };
    Ok(Json(match evidence {
        Evidence::Community => nothing,
        Evidence::EuDcc(text) => EvidenceText { text: Some(text), ..nothing },
        Evidence::Upload(bytes) => EvidenceText {
            media_type: UploadType::of(&bytes).map(UploadType::media_type),
            data: Some(STANDARD.encode(&bytes)),
            ..nothing
        },
    }))
}
