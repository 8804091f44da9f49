//! `GET /v1/overload`: admission control at this moment, and with `?history=1` over the last five minutes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::role::Role;
use yimatong_overload::Settings;

use crate::alarms::AlarmText;
use crate::app::App;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::overload::figures::{ClassText, Second};
use crate::overload::{Notice, Switches};
use crate::problem::Problem;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    /// 1: with the last five minutes.
    history: Option<u8>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OverloadText {
    #[schemars(with = "String")]
    as_of: Timestamp,
    /// Name of this node.
    node: String,
    /// `ours`; `shed` and `off` in drills only.
    protection: &'static str,
    /// Are all permits in use?
    saturated: bool,
    permits: Permits,
    /// What the store can finish per second, learned while it was busy.
    capacity_per_s: Option<f64>,
    /// What it finished in the last second.
    completions_per_s: u32,
    /// Mean time under a permit.
    store_time_ms: f64,
    room: RoomText,
    connections: ConnectionsText,
    /// How late this process comes to its work.
    lag_ms: f64,
    classes: Vec<ClassText>,
    /// Alarms that fire now.
    alarms: Vec<AlarmText>,
    settings: Settings,
    /// Entity tag of `settings`, for `If-Match`.
    settings_tag: String,
    switches: Switches,
    notice: Option<Notice>,
    /// Number of the member of staff who changed something last.
    changed_by: Option<u32>,
    #[schemars(with = "Option<String>")]
    changed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<Second>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Permits {
    limit: u32,
    in_use: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RoomText {
    issued: u64,
    serving: u64,
    /// People who wait, absent ones included.
    waiting: u64,
    rate_per_s: f64,
    paused: bool,
    flows_under_way: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ConnectionsText {
    open: u64,
    limit: u64,
    /// TLS handshakes under way.
    handshakes: u64,
    /// Refusals that are held.
    parked: usize,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/overload", Access::Staff(&[Role::Operator]), Class::B2, get(show))
        .summary("Admission control at this moment, and what operators have set")
        .asks::<Asked>()
        .answers::<OverloadText>(StatusCode::OK)
}

async fn show(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Result<Json<OverloadText>, Problem> {
    let (overload, figures) = (&app.overload, app.overload.figures());
    let (standing, connections) = (overload.desk.now(), app.connections.figures());
    Ok(Json(OverloadText {
        as_of: app.now(),
        node: app.config.server.node_name(),
        protection: overload.protection.as_str(),
        saturated: figures.admission.saturated,
        permits: Permits { limit: figures.admission.limit, in_use: figures.admission.in_flight },
        capacity_per_s: figures.admission.capacity_per_s,
        completions_per_s: figures.admission.completions_per_s,
        store_time_ms: figures.admission.store_time.as_secs_f64() * 1_000.0,
        room: RoomText {
            issued: figures.room.issued,
            serving: figures.room.serving,
            waiting: figures.room.waiting(),
            rate_per_s: figures.room.rate_per_s,
            paused: figures.paused,
            flows_under_way: figures.flows_under_way,
        },
        connections: ConnectionsText {
            open: connections.open,
            limit: connections.limit,
            handshakes: connections.handshakes,
            parked: figures.parked,
        },
        lag_ms: figures.lag_ms,
        classes: figures.classes(),
        alarms: app.alarms.firing(),
        settings: standing.settings,
        settings_tag: standing.settings_tag(),
        switches: standing.switches,
        notice: standing.notice.clone(),
        changed_by: standing.changed_by.map(|staff| staff.0),
        changed_at: standing.changed_at,
        history: (asked.history == Some(1)).then(|| overload.history.seconds()),
    }))
}
