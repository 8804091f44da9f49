//! `GET /v1/demo/accounts`: the staff accounts of the demo. Does not exist in a real city.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::auth::totp;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};

#[derive(Debug, Serialize, JsonSchema)]
struct Accounts {
    items: Vec<Account>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Account {
    name: String,
    role: &'static str,
    password: String,
    /// The code of this very moment.
    totp: String,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/demo/accounts", Access::Public, Class::B2, get(accounts))
        .summary("Staff accounts of the demo; 404 in a real city")
        .answers::<Accounts>(StatusCode::OK)
}

async fn accounts(State(app): State<Arc<App>>) -> Result<Json<Accounts>, Problem> {
    let demo = app.demo.as_ref().ok_or_else(|| Problem::new(Code::NotFound))?;
    let now = app.now();
    let items = demo
        .staff()
        .iter()
        .map(|account| Account {
            name: account.name.clone(),
            role: account.role.as_str(),
            password: account.password.clone(),
            totp: totp::code_at(&account.totp_secret, now).unwrap_or_default(),
        })
        .collect();
    Ok(Json(Accounts { items }))
}
