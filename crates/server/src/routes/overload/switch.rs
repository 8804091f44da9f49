//! `POST /v1/overload/switches`: operators switch functions off to keep the rest going, and on again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use yimatong_model::role::Role;
use yimatong_store::OperationsChange;

use crate::app::App;
use crate::http::body::Body;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Function, Route};
use crate::overload::Switches;
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    Route::post("/v1/overload/switches", Access::Staff(&[Role::Operator]), Class::B0, post(switch))
        .summary(
            "Switch the vaccine badge, statistics and histories of results off or on, on every node; audited",
        )
        .takes::<Switches>()
        .answers::<Switches>(StatusCode::OK)
}

async fn switch(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Switches>,
) -> Result<Json<Switches>, Problem> {
    let switches = body.value;
    let text = serde_json::to_string(&switches).expect("switches always serialise");
    let before = app.overload.desk.now().switches;
    let changed = Function::ALL.into_iter().filter(|one| before.is_on(*one) != switches.is_on(*one));
    let told =
        |one: Function| format!("{} {}", one.names().0, if switches.is_on(one) { "on" } else { "off" });
    let what: Vec<String> = changed.map(told).collect();
    let what = if what.is_empty() { "nothing changed".to_owned() } else { what.join(", ") };
    super::change(&app, &staff, OperationsChange::Switches(text), None, "switch-functions", &what).await?;
    Ok(Json(switches))
}
