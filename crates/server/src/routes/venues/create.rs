//! `POST /v1/venues`: adds a venue.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::division::division;
use yimatong_model::role::Role;
use yimatong_store::NewVenue;

use crate::app::App;
use crate::http::body::Body;
use crate::http::route::{Access, Route};
use crate::problem::Problem;
use crate::routes::venues::list::VenueText;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// Name on the sign.
    name: String,
    /// Such as `market`, `school`, `hospital`, `office` or `gate`.
    r#type: String,
    /// Division code of the district (GB/T 2260).
    district_code: u32,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/venues", Access::Staff(&[Role::CommunityWorker, Role::Operator]), post(create))
        .summary("Add a venue")
        .takes::<Request>()
        .answers::<VenueText>(StatusCode::CREATED)
}

async fn create(
    State(app): State<Arc<App>>,
    body: Body<Request>,
) -> Result<(StatusCode, Json<VenueText>), Problem> {
    let Body { value: request, idempotency } = body;
    if division(request.district_code).is_none() {
        return Err(Problem::field("districtCode", "is not a division code", "没有这个行政区划代码"));
    }
    let venue = NewVenue {
        id: None,
        name: request.name.trim().to_owned(),
        venue_type: request.r#type.trim().to_owned(),
        district_code: request.district_code,
        at: app.now(),
    };
    let row = app.store.create_venue(venue, idempotency).await?;
    Ok((StatusCode::CREATED, Json(VenueText::from(row))))
}
