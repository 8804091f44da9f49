//! `GET /v1/campaigns/{n}/coverage`: who took part and who is missed, by area, community or household.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::campaign::Place;
use yimatong_model::ids::CommunityId;
use yimatong_model::role::Role;

use crate::app::App;
use crate::campaigns::coverage::{CoverageText, Wanted};
use crate::http::query::{Path, Query};
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// `district`: the whole city by area of the notice, also without it.
    by: Option<String>,
    /// Communities of this district.
    district: Option<u32>,
    /// Communities of this functional zone.
    zone: Option<String>,
    /// Households of this community.
    community: Option<u32>,
}

impl Parameters {
    fn wanted(self) -> Result<Wanted, Problem> {
        let Self { by, district, zone, community } = self;
        match (by.as_deref(), district, zone, community) {
            (None | Some("district"), None, None, None) => Ok(Wanted::City),
            (None, Some(code), None, None) => Ok(Wanted::Area(Place::District(code))),
            (None, None, Some(id), None) => Ok(Wanted::Area(Place::Zone(id))),
            (None, None, None, Some(id)) => Ok(Wanted::Community(CommunityId(id))),
            _ => Err(Problem::new(Code::InvalidParameter).at("by").because(
                "give one of by=district, district=CODE, zone=ID and community=ID",
                "请只使用 by=district、district、zone、community 之一",
            )),
        }
    }
}

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::Headquarters, Role::Approver, Role::CommunityWorker]);
    Route::get("/v1/campaigns/{n}/coverage", access, Class::B0, get(coverage))
        .summary("Who took part and who is missed, by area, community or household; before the start: who is in it")
        .asks::<Parameters>()
        .answers::<CoverageText>(StatusCode::OK)
}

async fn coverage(
    State(app): State<Arc<App>>,
    Path(number): Path<u16>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let counted = app.coverage(number, parameters.wanted()?).await?;
    Ok(axum::response::IntoResponse::into_response(Json(&*counted)))
}
