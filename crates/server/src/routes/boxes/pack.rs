//! `POST /v1/boxes`: packs tubes into a box; sent again it changes nothing, and later tubes are added.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::ids::SamplingPointId;
use yimatong_model::role::Role;

use super::text::BoxText;
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::rows::fit;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// Barcode of the box.
    r#box: String,
    /// Where it is packed.
    point_id: u32,
    /// Barcodes; at most 1,000.
    tubes: Vec<String>,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/boxes", Access::Staff(&[Role::Sampler]), Class::B0, post(pack))
        .summary("Pack tubes into a box; a tube that was in another box is in this one now")
        .takes::<Request>()
        .answers::<BoxText>(StatusCode::OK)
}

async fn pack(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<Json<BoxText>, Problem> {
    let Request { r#box: in_box, point_id, tubes } = body.value;
    fit("tubes", tubes.len())?;
    let in_box = fields::barcode("box", &in_box)?;
    let tube = |(place, code): (usize, &String)| {
        fields::barcode("tube", code).map_err(|problem| problem.at(format!("tubes[{place}]")))
    };
    let tubes = tubes.iter().enumerate().map(tube).collect::<Result<_, _>>()?;
    let point = SamplingPointId(point_id);
    let row = app.store.pack_box(in_box, point, tubes, staff.member.id, app.now()).await?;
    Ok(Json(app.box_text(row)))
}
