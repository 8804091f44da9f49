//! `GET /v1/relatives`: the relatives of the resident, each with its code.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use yimatong_credential::Kind;
use yimatong_model::ids::PersonId;
use yimatong_store::Relation;

use crate::app::App;
use crate::http::guard::Resident;
use crate::http::route::{Access, Class, Route};
use crate::issue::code::Code;
use crate::issue::ready::ReadyCode;
use crate::problem::Problem;
use crate::routes::devices::opened::raw;

/// A relative and the code to show for it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RelativeText {
    person_id: String,
    /// `child`, `parent`, `spouse`, `grandchild`, `grandparent`, `sibling`, `ward` or `other`.
    #[schemars(with = "String")]
    relation: Relation,
    #[schemars(with = "Code")]
    code: Box<RawValue>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Relatives {
    items: Vec<RelativeText>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/relatives", Access::Resident, Class::B2, get(list))
        .summary("The resident's relatives, each with its code")
        .answers::<Relatives>(StatusCode::OK)
}

impl RelativeText {
    /// The relative with its code, shown by the holder's device.
    pub(crate) fn new(person: PersonId, relation: Relation, ready: &ReadyCode) -> Result<Self, Problem> {
        Ok(Self { person_id: person.to_string(), relation, code: raw(&ready.body)? })
    }
}

async fn list(State(app): State<Arc<App>>, Resident(session): Resident) -> Result<Json<Relatives>, Problem> {
    let now = app.now();
    let items = app
        .registry
        .relatives_of(session.person)
        .into_iter()
        .map(|link| {
            let shown = app.show(link.relative, link.slot, Kind::Relative, &session.device_key, now)?;
            RelativeText::new(link.relative, link.relation, &shown.code)
        })
        .collect::<Result<_, _>>()?;
    Ok(Json(Relatives { items }))
}
