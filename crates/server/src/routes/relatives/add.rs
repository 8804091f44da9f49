//! `POST /v1/relatives`: adds a child or an elder whose code the resident shows.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_credential::Kind;
use yimatong_store::{AddRelative, Relation};

use crate::app::App;
use crate::http::body::Body;
use crate::http::fields::{self, DocumentFields};
use crate::http::guard::Resident;
use crate::http::route::{Access, Class, Route};
use crate::overload::outside_store;
use crate::problem::Problem;
use crate::routes::people::register::birth_date;
use crate::routes::relatives::list::RelativeText;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    document: DocumentFields,
    /// As printed on the document.
    name: String,
    /// `child`, `parent`, `spouse`, `grandchild`, `grandparent`, `sibling`, `ward` or `other`.
    #[schemars(with = "String")]
    relation: Relation,
    /// ISO 3166-1 alpha-3 code; `CHN` when not given.
    nationality: Option<String>,
    /// `YYYY-MM-DD`, for documents that do not tell it.
    birth_date: Option<String>,
    /// Lives with the resident: somebody not known before gets the resident's community.
    #[serde(default)]
    shares_home: bool,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/relatives", Access::Resident, Class::B3, post(add))
        .summary("Add a relative of 0-16 or at least 60 years; at most 8 per holder, at most 3 holders")
        .takes::<Request>()
        .answers::<RelativeText>(StatusCode::CREATED)
}

async fn add(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
    body: Body<Request>,
) -> Result<(StatusCode, Json<RelativeText>), Problem> {
    let now = app.now();
    let Body { value: request, idempotency } = body;
    let document = request.document.parse(now)?;
    let name = fields::name(&request.name)?;
    let birth_date = request.birth_date.as_deref().map(|text| birth_date(text, now)).transpose()?;
    let home = request.shares_home.then(|| app.registry.view(session.person, now)).flatten();
    outside_store(app.authority.confirm(&document, &name)).await??;
    let relation = request.relation;
    let added = app
        .store
        .add_relative(
            AddRelative {
                holder: session.person,
                document,
                name,
                relation,
                community: home.and_then(|view| view.entry.community()),
                nationality: fields::nationality(request.nationality.as_deref())?,
                birth_date,
                now,
            },
            idempotency,
        )
        .await?;
    let ready = app.show_after(&added.state, added.slot, Kind::Relative, &session.device_key, now)?;
    let item = RelativeText::new(added.state.person_id, relation, &ready)?;
    app.apply_relatives(std::slice::from_ref(&added.state)).await;
    Ok((StatusCode::CREATED, Json(item)))
}
