//! `POST /v1/tubes/seal`: a device tells which tubes were sealed when; each counts once.

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
    /// At most 1,000.
    tubes: Vec<SealFields>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SealFields {
    /// Barcode of the tube.
    tube: String,
    /// When it was sealed, by the device's clock; RFC 3339.
    sealed: String,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/tubes/seal", Access::Staff(&[Role::Sampler]), Class::B0, post(seal))
        .summary("Seal tubes whose samples were told; the id of a row is its tube")
        .takes::<Request>()
        .answers::<Rows>(StatusCode::OK)
}

async fn seal(State(app): State<Arc<App>>, staff: Staff, body: Body<Request>) -> Result<Json<Rows>, Problem> {
    let tubes = body.value.tubes;
    fit("tubes", tubes.len())?;
    let mut good = Vec::with_capacity(tubes.len());
    let mut rows = Vec::with_capacity(tubes.len());
    for SealFields { tube, sealed } in tubes {
        let parsed =
            fields::barcode("tube", &tube).and_then(|code| Ok((code, fields::time("sealed", &sealed)?)));
        match parsed {
            Ok(row) => {
                good.push(row);
                rows.push(RowText::waiting(tube));
            }
            Err(problem) => rows.push(RowText::refused(tube, &problem)),
        }
    }
    let outcomes = app.store.seal_tubes(good, staff.member.id, app.now()).await?;
    Ok(Json(merge(rows, &outcomes)))
}
