//! `POST /v1/boxes/{box}/hand-over`: a courier takes a box.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;
use yimatong_model::sampling::Barcode;

use super::text::BoxText;
use crate::app::App;
use crate::http::body::Body;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// The courier's name; up to 200 bytes.
    courier: String,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/boxes/{box}/hand-over", Access::Staff(&[Role::Sampler]), Class::B0, post(hand_over))
        .summary("Hand a box over to a courier, or to another one")
        .takes::<Request>()
        .answers::<BoxText>(StatusCode::OK)
}

async fn hand_over(
    State(app): State<Arc<App>>,
    Path(in_box): Path<Barcode>,
    body: Body<Request>,
) -> Result<Json<BoxText>, Problem> {
    let row = app.store.hand_over_box(in_box, &body.value.courier, app.now()).await?;
    Ok(Json(app.box_text(row)))
}
