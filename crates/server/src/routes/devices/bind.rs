//! `POST /v1/devices`: signs a registered person in on this device; the earlier device's code becomes void.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_store::BindDevice;

use crate::app::App;
use crate::http::body::Body;
use crate::http::elsewhere::cookie;
use crate::http::fields::{self, DeviceKeyFields};
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::devices::opened::{Opened, redeem};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    phone: String,
    /// Six digits from the text message.
    one_time_password: String,
    /// Last four characters of the document number, compared when given.
    document_tail: Option<String>,
    device_public_key: DeviceKeyFields,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/devices", Access::Public, Class::B3, post(bind))
        .ends_flow()
        .summary("Sign in on this device; the earlier device's code becomes void")
        .takes::<Request>()
        .answers::<Opened>(StatusCode::CREATED)
}

async fn bind(State(app): State<Arc<App>>, body: Body<Request>) -> Result<impl IntoResponse, Problem> {
    let now = app.now();
    let Body { value: request, idempotency } = body;
    let phone = fields::phone(&request.phone)?;
    let key = request.device_public_key.parse()?;
    redeem(&app, &phone, &request.one_time_password, &key).await?;
    let document_tail = request.document_tail.map(|tail| tail.trim().to_ascii_uppercase());
    let bound = app.store.bind_device(BindDevice { phone, document_tail, key, now }, idempotency).await?;
    let opened = Opened::new(&app, &bound.state, bound.slot, &key, Vec::new(), now)?;
    app.apply_relatives(&bound.relatives).await;
    Ok((StatusCode::CREATED, cookie(&app, bound.state.person_id), Json(opened)))
}
