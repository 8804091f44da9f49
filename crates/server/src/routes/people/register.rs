//! `POST /v1/people`: registers a person and binds the device.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::clock::city_day;
use yimatong_model::document::Document;
use yimatong_model::ids::CommunityId;
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;
use yimatong_store::{DeviceKey, RegisterPerson};

use crate::app::App;
use crate::http::body::Body;
use crate::http::elsewhere::cookie;
use crate::http::fields::{self, DeviceKeyFields, DocumentFields};
use crate::http::route::{Access, Class, Route};
use crate::overload::outside_store;
use crate::problem::Problem;
use crate::routes::devices::opened::{Opened, redeem};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    phone: String,
    /// Six digits from the text message.
    one_time_password: String,
    document: DocumentFields,
    /// As printed on the document.
    name: String,
    community_id: Option<u32>,
    /// ISO 3166-1 alpha-3 code; `CHN` when not given.
    nationality: Option<String>,
    /// `YYYY-MM-DD`, for documents that do not tell it.
    birth_date: Option<String>,
    device_public_key: DeviceKeyFields,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/people", Access::Public, Class::B3, post(register))
        .ends_flow()
        .eligible(|app| app.authority.check())
        .summary("Register a person and bind the device (code request, code making)")
        .takes::<Request>()
        .answers::<Opened>(StatusCode::CREATED)
}

struct Checked {
    phone: Phone,
    document: Document,
    name: PersonName,
    device: DeviceKey,
    birth_date: Option<jiff::civil::Date>,
    nationality: Nationality,
}

/// Checks every field before the one-time password is used up: a typing mistake must not cost a text message.
fn check(request: &Request, now: jiff::Timestamp) -> Result<Checked, Problem> {
    Ok(Checked {
        phone: fields::phone(&request.phone)?,
        document: request.document.parse(now)?,
        name: fields::name(&request.name)?,
        device: request.device_public_key.parse()?,
        birth_date: request.birth_date.as_deref().map(|text| birth_date(text, now)).transpose()?,
        nationality: fields::nationality(request.nationality.as_deref())?,
    })
}

/// A birth date that is not in the future.
pub(crate) fn birth_date(text: &str, now: jiff::Timestamp) -> Result<jiff::civil::Date, Problem> {
    let date: jiff::civil::Date = text
        .parse()
        .map_err(|_| Problem::field("birthDate", "must be YYYY-MM-DD", "出生日期格式应为 YYYY-MM-DD"))?;
    if date > city_day(now) {
        return Err(Problem::field("birthDate", "lies in the future", "出生日期不能晚于今天"));
    }
    Ok(date)
}

async fn register(State(app): State<Arc<App>>, body: Body<Request>) -> Result<impl IntoResponse, Problem> {
    let now = app.now();
    let Body { value: request, idempotency } = body;
    let Checked { phone, document, name, device, birth_date, nationality } = check(&request, now)?;
    // The phone is proven first: nobody asks the authority about other people without leaving a number.
    redeem(&app, &phone, &request.one_time_password, &device).await?;
    outside_store(app.authority.confirm(&document, &name)).await??;
    let registered = app
        .store
        .register_person(
            RegisterPerson {
                document: document.clone(),
                name,
                phone: Some(phone),
                community: request.community_id.map(CommunityId),
                nationality,
                birth_date,
                device: Some(device),
                now,
            },
            idempotency,
        )
        .await?;
    let notes = document.notes().iter().map(|note| (note.to_string(), note.message_zh())).collect();
    let slot = registered.slot.or(registered.state.device_slot).ok_or_else(crate::routes::no_slot)?;
    let opened = Opened::new(&app, &registered.state, slot, &device, notes, now)?;
    Ok((StatusCode::CREATED, cookie(&app, registered.state.person_id), Json(opened)))
}
