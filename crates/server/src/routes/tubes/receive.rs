//! `POST /v1/tubes/receive`: the lab receives tubes, with the box they came in where there is one; each counts once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;

use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::rows::{RowText, Rows, fit, merge};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Barcode of the box.
    r#box: Option<String>,
    /// Barcodes; at most 1,000.
    tubes: Vec<String>,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/tubes/receive", Access::Staff(&[Role::Lab]), Class::B0, post(receive))
        .summary("Receive tubes at the lab, sent or not; the id of a row is its tube")
        .takes::<Request>()
        .answers::<Rows>(StatusCode::OK)
}

async fn receive(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<Json<Rows>, Problem> {
    let Request { r#box: in_box, tubes } = body.value;
    fit("tubes", tubes.len())?;
    let in_box = in_box.map(|code| fields::barcode("box", &code)).transpose()?;
    let mut good = Vec::with_capacity(tubes.len());
    let mut rows = Vec::with_capacity(tubes.len());
    for tube in tubes {
        match fields::barcode("tube", &tube) {
            Ok(barcode) => {
                good.push(barcode);
                rows.push(RowText::waiting(tube));
            }
            Err(problem) => rows.push(RowText::refused(tube, &problem)),
        }
    }
    let outcomes = app.store.receive_tubes(in_box, good, staff.member.id, app.now()).await?;
    Ok(Json(merge(rows, &outcomes)))
}
