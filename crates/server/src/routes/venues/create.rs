//! `POST /v1/venues`: adds a venue.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::city::{City, city};
use yimatong_model::role::Role;
use yimatong_store::NewVenue;

use crate::app::App;
use crate::http::body::Body;
use crate::http::route::{Access, Class, Route};
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
    Route::post(
        "/v1/venues",
        Access::Staff(&[Role::CommunityWorker, Role::Operator]),
        Class::B0,
        post(create),
    )
    .summary("Add a venue")
    .takes::<Request>()
    .answers::<VenueText>(StatusCode::CREATED)
}

async fn create(
    State(app): State<Arc<App>>,
    body: Body<Request>,
) -> Result<(StatusCode, Json<VenueText>), Problem> {
    let Body { value: request, idempotency } = body;
    let is_ours = |city: &City| city.district(request.district_code).is_some();
    if !city(app.config.city.code).is_some_and(is_ours) {
        let detail = "is not the code of a district of this city, such as 610113";
        return Err(Problem::field("districtCode", detail, "不是本市的区县代码"));
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
