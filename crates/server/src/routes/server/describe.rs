//! `GET /v1/server`: what the pages need to know of this installation.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::http::route::{Access, Class, Function, Route};
use crate::overload::Notice;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Server {
    city: City,
    /// True when one-time passwords and staff accounts are shown on the page.
    demo: bool,
    #[schemars(with = "String")]
    time: Timestamp,
    /// Address under which the status lists lie.
    status_list_base: String,
    rules: Rules,
    version: &'static str,
    /// The part of the city this node keeps, as `2/16`; none where one node keeps everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// A notice for residents.
    notice: Option<Notice>,
    /// Functions that are switched off to keep the rest going.
    switched_off: Vec<Function>,
    /// Rounds of testing that residents are told of: with 0 nobody needs to ask for the schedule.
    rounds: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct City {
    code: u32,
    name_zh: &'static str,
    name_en: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Rules {
    name: String,
    version: String,
    clock_reference: &'static str,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/server", Access::Public, Class::B2, get(describe))
        .summary("City, rules and mode of this installation")
        .answers::<Server>(StatusCode::OK)
}

async fn describe(State(app): State<Arc<App>>) -> Json<Server> {
    let standing = app.overload.desk.now();
    let code = app.config.city.code;
    let rules = app.registry.rules();
    let (name_zh, name_en) = city_names(code);
    Json(Server {
        city: City { code, name_zh, name_en },
        demo: app.demo.is_some(),
        time: app.now(),
        status_list_base: app.status_list_address(0).trim_end_matches('0').to_owned(),
        rules: Rules {
            name: rules.name.zh.clone(),
            version: rules.version.clone(),
            clock_reference: rules.clock.as_str(),
        },
        version: env!("CARGO_PKG_VERSION"),
        part: app.part_text(),
        notice: standing.notice.clone(),
        switched_off: standing.switches.off(),
        rounds: app.campaigns.rounds().len(),
    })
}

/// Names of a city; the Chinese one from the division table.
pub(crate) fn city_names(code: u32) -> (&'static str, &'static str) {
    let zh = yimatong_model::division::division(code).map_or("", |division| division.name);
    let en = match code {
        610_100 => "Xi'an",
        410_100 => "Zhengzhou",
        _ => zh,
    };
    (zh, en)
}
