//! `POST /v1/staff`: an operator makes a staff account. Password and second factor are shown once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use yimatong_model::ids::VenueId;
use yimatong_model::role::Role;

use crate::app::App;
use crate::auth::account::{self, NewAccount};
use crate::auth::staff::StaffMember;
use crate::auth::{password, totp};
use crate::http::body::Body;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::staff::to_the_end;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// 2 to 64 letters, digits, dots, dashes or underscores.
    name: String,
    /// A role, such as `verifier`.
    #[schemars(with = "String")]
    role: Role,
    /// At least 10 characters; made up when not given.
    #[schemars(with = "Option<String>")]
    password: Option<SecretString>,
    /// The venue a verifier stands at.
    venue_id: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Created {
    id: u32,
    name: String,
    role: &'static str,
    /// Shown once; only when it was made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_password: Option<String>,
    /// Shown once, base32.
    totp_secret: String,
    /// `otpauth:` address for an authenticator app.
    totp_uri: String,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/staff", Access::Staff(&[Role::Operator]), Class::B0, post(create))
        .summary("Create a staff account; password and second factor are shown once")
        .takes::<Request>()
        .answers::<Created>(StatusCode::CREATED)
}

async fn create(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let now = app.now();
    let request = body.value;
    if let Some(chosen) = &request.password
        && chosen.expose_secret().chars().count() < password::SHORTEST
    {
        return Err(Problem::field("password", "must have at least 10 characters", "密码至少 10 个字符"));
    }
    let initial_password = request.password.is_none().then(|| account::make_password(&*app.random));
    let chosen = request.password.as_ref().map(|chosen| chosen.expose_secret().to_owned());
    let account = NewAccount {
        name: request.name,
        role: request.role,
        venue: request.venue_id.map(VenueId),
        password: chosen.or_else(|| initial_password.clone()).unwrap_or_default(),
    };
    let by = Some(staff.member.id);
    let (made, NewAccount { name, role, .. }) = to_the_end(async move {
        let made =
            account::create_audited(&*app.store, &app.keyring, &*app.random, &account, by, now).await?;
        let NewAccount { name, role, venue, .. } = &account;
        app.staff.put(StaffMember {
            id: made.id,
            name: name.clone(),
            role: *role,
            venue: *venue,
            disabled: false,
        });
        Ok((made, account))
    })
    .await?;
    let totp_uri = totp::uri(&made.totp_secret, &name);
    Ok((
        StatusCode::CREATED,
        Json(Created {
            id: made.id.0,
            name,
            role: role.as_str(),
            initial_password,
            totp_secret: totp::base32(&made.totp_secret),
            totp_uri,
        }),
    ))
}
