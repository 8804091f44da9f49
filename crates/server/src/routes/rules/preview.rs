//! `POST /v1/rules/preview`: whom other rules would give another colour, before anybody applies them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::Mutex;
use yimatong_model::role::Role;

use crate::app::App;
use crate::http::body::Body;
use crate::http::route::{Access, Class, Route};
use crate::overload::leave_store;
use crate::problem::{Code, Problem};
use crate::rule_preview::{self, RulePreviewText};
use crate::statistics::Districts;

/// One counts at a time: it goes through the whole city.
static COUNTING: Mutex<()> = Mutex::const_new(());

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// The text of a rule pack (TOML), whole.
    rules: String,
}

pub(crate) fn route() -> Route {
    Route::post(
        "/v1/rules/preview",
        Access::Staff(&[Role::Headquarters, Role::Approver, Role::Operator]),
        Class::B0,
        post(preview),
    )
    .summary("How many people other rules would give another colour; nothing is changed")
    .takes::<Request>()
    .answers::<RulePreviewText>(StatusCode::OK)
}

async fn preview(State(app): State<Arc<App>>, body: Body<Request>) -> Result<Json<RulePreviewText>, Problem> {
    let rules = match rule_preview::read(&body.value.rules, app.config.city.code) {
        Ok(rules) => rules,
        Err(wrong) => return Ok(Json(*wrong)),
    };
    let districts = Districts::read(&*app.store).await?;
    leave_store();
    let turn = COUNTING.lock().await;
    let counted = tokio::task::spawn_blocking(move || {
        // The turn ends with the counting, also when the caller has gone away.
        let _turn = turn;
        rule_preview::count(&app.registry, &rules, Some(&districts), app.part_text(), app.now())
    });
    counted.await.map(Json).map_err(|error| {
        tracing::error!(%error, "the people could not be counted under other rules");
        Problem::new(Code::Internal)
    })
}
