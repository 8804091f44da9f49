//! `POST /v1/sampling-points`: adds a sampling point.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;
use yimatong_store::{NewSamplingPoint, PointKind};

use super::point::PointText;
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// 1 to 200 bytes.
    name: String,
    /// `fixed`, `mobile` or `door-to-door`.
    #[schemars(with = "String")]
    kind: PointKind,
    /// Code of the street (9 digits) or the community (12 digits) it serves.
    area: u64,
    /// Where it is; up to 200 bytes.
    address: String,
    /// RFC 3339.
    opens: Option<String>,
    /// RFC 3339, after `opens`.
    closes: Option<String>,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Headquarters, Role::CommunityWorker];
    Route::post("/v1/sampling-points", Access::Staff(roles), Class::B0, post(create))
        .summary("Add a sampling point")
        .takes::<Request>()
        .answers::<PointText>(StatusCode::CREATED)
}

async fn create(
    State(app): State<Arc<App>>,
    body: Body<Request>,
) -> Result<(StatusCode, Json<PointText>), Problem> {
    let Body { value: request, idempotency } = body;
    if app.area_name(request.area).is_none() {
        return Err(Problem::field(
            "area",
            "is not the code of a street (9 digits) or a community (12 digits) of this city",
            "不是本市街道（9 位）或社区（12 位）的代码",
        ));
    }
    let time = |field, text: Option<String>| text.map(|text| fields::time(field, &text)).transpose();
    let point = NewSamplingPoint {
        opens: time("opens", request.opens)?,
        closes: time("closes", request.closes)?,
        name: request.name,
        kind: request.kind,
        area: request.area,
        address: request.address,
        at: app.now(),
    };
    let row = app.store.add_sampling_point(point, idempotency).await?;
    Ok((StatusCode::CREATED, Json(app.point_after(row))))
}
