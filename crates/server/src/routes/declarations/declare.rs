//! `POST /v1/declarations`: a resident declares something for themselves or for a relative they show a code for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::ids::PersonId;
use yimatong_store::{Evidence, NewDeclaration, Noun, StoreError, UploadType};

use super::{DeclarationText, KindField, campaign_of};
use crate::app::App;
use crate::campaigns::Round;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Resident;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

/// Longest upload, in bytes.
const LONGEST_UPLOAD: usize = 200_000;
/// Longest body: the upload in base64, and the rest.
const LONGEST_BODY: usize = LONGEST_UPLOAD.div_ceil(3) * 4 + 4_096;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// The campaign it is for; not needed while only one is open.
    campaign: Option<u16>,
    kind: KindField,
    /// When the sample of the negative test was taken (RFC 3339); needed for `outside-city`, unless a certificate says it.
    sampled: Option<String>,
    /// Person id of the relative it is about.
    relative: Option<String>,
    evidence: EvidenceFields,
}

/// What it rests on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum EvidenceFields {
    /// Nothing: the community looks into it.
    None,
    /// An EU test certificate; only for `outside-city`.
    EuDcc {
        /// From `HC1:` on.
        text: String,
    },
    /// A picture or a PDF.
    Upload {
        /// `image/jpeg`, `image/png` or `application/pdf`.
        #[serde(rename = "mediaType")]
        media_type: String,
        /// Base64 of at most 200,000 bytes.
        data: String,
    },
}

pub(crate) fn route() -> Route {
    Route::post("/v1/declarations", Access::Resident, Class::B3, post(declare))
        .ends_flow()
        .longest_body(LONGEST_BODY)
        .summary("Declare a vaccination, a test outside the city, or to be tested at work")
        .takes::<Request>()
        .answers::<DeclarationText>(StatusCode::CREATED)
}

async fn declare(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
    body: Body<Request>,
) -> Result<(StatusCode, Json<DeclarationText>), Problem> {
    let Body { value: request, idempotency } = body;
    let person = whose(&app, session.person, request.relative.as_deref())?;
    let round = campaign_of(&app, request.campaign, request.kind)?;
    let told = request.sampled.as_deref().map(|text| fields::time("sampled", text)).transpose()?;
    let (evidence, sampled) = match request.evidence {
        EvidenceFields::None => (Evidence::Community, told),
        EvidenceFields::Upload { media_type, data } => (upload(&media_type, &data)?, told),
        EvidenceFields::EuDcc { text } => {
            let sampled = certificate(&app, &text, person, request.kind, round.as_deref()).await?;
            (Evidence::EuDcc(text.trim().to_owned()), Some(sampled))
        }
    };
    let new = NewDeclaration {
        person,
        campaign: request.campaign.or(round.map(|round| round.row.number)),
        kind: request.kind.into(),
        sampled,
        evidence,
        declared_by: None,
        at: app.now(),
    };
    let row = app.store.declare(new, idempotency).await?;
    app.campaigns.put_declaration(&row);
    Ok((StatusCode::CREATED, Json(DeclarationText::new(&row))))
}

/// The resident, or a relative of theirs.
fn whose(app: &App, resident: PersonId, relative: Option<&str>) -> Result<PersonId, Problem> {
    let Some(text) = relative else { return Ok(resident) };
    let person: Option<PersonId> = text.parse().ok();
    let is_own =
        |person: &PersonId| app.registry.relatives_of(resident).iter().any(|link| link.relative == *person);
    person.filter(is_own).ok_or_else(|| Problem::from(StoreError::NotFound(Noun::Relative)).at("relative"))
}

async fn certificate(
    app: &App,
    text: &str,
    person: PersonId,
    kind: KindField,
    round: Option<&Round>,
) -> Result<Timestamp, Problem> {
    if kind != KindField::OutsideCity {
        return Err(Problem::field(
            "evidence.kind",
            "a test certificate is for outside-city; upload a picture instead",
            "检测证书只用于“在外地”，请改为上传图片",
        ));
    }
    let state = app.declaring(person).await?;
    app.verify_certificate(text, &state, round).await
}

/// The bytes of an upload, which have to be what they are said to be.
fn upload(media_type: &str, data: &str) -> Result<Evidence, Problem> {
    let wrong = |en: &'static str, zh: &'static str| Problem::field("evidence.data", en, zh);
    let bytes = STANDARD.decode(data.trim()).map_err(|_| wrong("must be base64", "须为 base64 编码"))?;
    if bytes.len() > LONGEST_UPLOAD {
        return Err(wrong(
            "may have at most 200,000 bytes; make the picture smaller",
            "文件最大 200 KB，请压缩图片后再上传",
        ));
    }
    match UploadType::of(&bytes) {
        Some(upload) if upload.media_type() == media_type => Ok(Evidence::Upload(bytes)),
        Some(_) => {
            Err(Problem::field("evidence.mediaType", "is not what the file is", "与文件的实际格式不一致"))
        }
        None => Err(wrong("must be a JPEG or PNG picture, or a PDF", "须为 JPEG、PNG 图片或 PDF")),
    }
}
