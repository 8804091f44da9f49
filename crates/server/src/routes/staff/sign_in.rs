//! `POST /v1/staff/sessions`: staff sign in with name, password and the code of their authenticator.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use yimatong_store::{AuditEntry, StaffRow};

use crate::app::App;
use crate::auth::session::StaffSession;
use crate::auth::staff::StaffMember;
use crate::auth::{account, password, totp};
use crate::http::body::Body;
use crate::http::route::{Access, AddressLimit, Class, Route};
use crate::overload::outside_store;
use crate::problem::{Code, Problem};
use crate::random;
use crate::routes::staff::StaffText;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    name: String,
    #[schemars(with = "String")]
    password: SecretString,
    /// Six digits.
    totp: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    /// Bearer token.
    token: String,
    #[schemars(with = "String")]
    expires_at: Timestamp,
    staff: StaffText,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/staff/sessions", Access::Public, Class::B1, post(sign_in))
        .limited(AddressLimit::SignIns)
        .summary("Sign in as staff with password and second factor")
        .takes::<Request>()
        .answers::<SignedIn>(StatusCode::CREATED)
}

async fn sign_in(
    State(app): State<Arc<App>>,
    body: Body<Request>,
) -> Result<(StatusCode, Json<SignedIn>), Problem> {
    let now = app.now();
    let request = body.value;
    // Names that no account can have cost nothing and are not remembered.
    if !account::is_name(&request.name) {
        return Err(Problem::new(Code::WrongSignIn));
    }
    if let Err(wait_s) = app.staff.begin_try(&request.name, now) {
        return Err(Problem::new(Code::TooManyRequests)
            .retry_after_s(u32::try_from(wait_s).unwrap_or(u32::MAX))
            .because(
                format!("too many failed tries; wait {wait_s} s"),
                format!("失败次数过多，请 {wait_s} 秒后再试"),
            ));
    }
    let checked = check(&app, &request, now).await.inspect_err(|_| app.staff.excuse_try(&request.name))?;
    let row = checked.ok_or_else(|| Problem::new(Code::WrongSignIn))?;
    app.staff.succeeded(&request.name);
    let member = StaffMember::from(row);
    app.store
        .append_audit(AuditEntry {
            at: now,
            staff: Some(member.id),
            action: "sign-in".to_owned(),
            subject: None,
            purpose: None,
        })
        .await?;
    let expires_at = now + SignedDuration::from_hours(i64::from(app.config.server.staff_session_h));
    let session = StaffSession {
        staff: member.id,
        expires_s: u32::try_from(expires_at.as_second()).unwrap_or(u32::MAX),
        session_id: random::bytes(&*app.random),
    };
    let staff = StaffText::from(&member);
    // The account may have been made at another node just now.
    app.staff.put(member);
    Ok((StatusCode::CREATED, Json(SignedIn { token: app.sessions.seal_staff(&session), expires_at, staff })))
}

/// The account, when name, password and code fit. An unknown name costs as much time as a known one.
async fn check(app: &Arc<App>, request: &Request, now: Timestamp) -> Result<Option<StaffRow>, Problem> {
    /// A hash that no password fits, with the usual cost.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let row = app.store.staff_by_name(&request.name).await?;
    let stored = row.as_ref().map_or_else(|| NOBODY.to_owned(), |row| row.password_hash.clone());
    let fits = outside_store(password::verify_in_turn(request.password.clone(), stored)).await?;
    let Some(row) = row.filter(|row| fits && row.disabled_at.is_none()) else { return Ok(None) };
    let secret = app.keyring.open_secret(&row.name, &row.totp_secret).map_err(|error| {
        tracing::error!(%error, "the second factor of a staff account can't be opened");
        Problem::new(Code::Internal)
    })?;
    let Some(step) = totp::matching_step(&secret, request.totp.trim(), now) else { return Ok(None) };
    // The demo shows its codes on the page, where several people may use the same one.
    let accepted = app.demo.is_some() || app.store.use_totp_step(row.id, step).await?;
    Ok(accepted.then_some(row))
}
