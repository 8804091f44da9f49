//! `POST /v1/boxes/{box}/receive`: the lab receives a box and is told what is missing as of now; ask again at will.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::role::Role;
use yimatong_model::sampling::Barcode;

use super::text::BoxText;
use crate::app::App;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

#[derive(Debug, Serialize, JsonSchema)]
struct Received {
    #[serde(flatten)]
    row: BoxText,
    /// Tubes that were sent in it and that the lab has not received.
    missing: Vec<String>,
    /// Tubes that came in it and were not sent in it.
    unsent: Vec<String>,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/boxes/{box}/receive", Access::Staff(&[Role::Lab]), Class::B0, post(receive))
        .summary("Receive a box at the lab, sent or not, before or after its tubes")
        .answers::<Received>(StatusCode::OK)
}

async fn receive(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(in_box): Path<Barcode>,
) -> Result<Json<Received>, Problem> {
    let received = app.store.receive_box(in_box, staff.member.id, app.now()).await?;
    let texts = |barcodes: Vec<Barcode>| barcodes.into_iter().map(String::from).collect();
    let (missing, unsent) = (texts(received.missing), texts(received.unsent));
    Ok(Json(Received { row: app.box_text(received.row), missing, unsent }))
}
