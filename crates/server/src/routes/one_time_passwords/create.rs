//! `POST /v1/one-time-passwords`: sends a one-time password to a phone.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::post;
use axum::{Json, response::Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_store::{OneTimePasswordLimits, PutOneTimePassword};

use crate::app::App;
use crate::auth::one_time_password::{self, LIFETIME_S, RESEND_AFTER_S};
use crate::http::body::Body;
use crate::http::fields;
use crate::http::route::{Access, AddressLimit, Class, Route};
use crate::overload::leave_store;
use crate::problem::{Code, Problem};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    /// Eleven digits of a mainland mobile, or `+` and an international number.
    phone: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Sent {
    expires_in_s: i64,
    resend_after_s: i64,
    /// Only in the demo, where no text message is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    demo_code: Option<String>,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/one-time-passwords", Access::Public, Class::B3, post(create))
        .limited(AddressLimit::OneTimePasswords)
        .eligible(|app| app.sms.check())
        .summary("Send a one-time password to a phone")
        .takes::<Request>()
        .answers::<Sent>(StatusCode::ACCEPTED)
}

async fn create(State(app): State<Arc<App>>, body: Body<Request>) -> Result<Response, Problem> {
    let now = app.now();
    let phone = fields::phone(&body.value.phone)?;
    let code = one_time_password::generate(&*app.random);
    let hash = one_time_password::hash(&app.one_time_password_key, &phone, &code);
    let limits = OneTimePasswordLimits { resend_after_s: RESEND_AFTER_S, ..OneTimePasswordLimits::default() };
    let put = app
        .store
        .put_one_time_password(&phone, hash, one_time_password::expires_at(now), limits, now)
        .await?;
    if let PutOneTimePassword::Wait { until } = put {
        let wait_s = u32::try_from(until.as_second() - now.as_second()).unwrap_or(0).max(1);
        return Err(Problem::new(Code::TooManyRequests).at("phone").retry_after_s(wait_s).because(
            format!("another one-time password can be sent in {wait_s} s"),
            format!("{wait_s} 秒后可重新获取验证码"),
        ));
    }
    let text = format!("【一码通】验证码 {code}，5 分钟内有效，请勿告诉他人。");
    leave_store();
    // A message that did not go out counts as sent: a gateway in trouble is not asked more often.
    let resend_s = u32::try_from(RESEND_AFTER_S).unwrap_or(u32::MAX);
    app.sms.send(&phone, &text).await.map_err(|problem| problem.retry_after_s(resend_s))?;
    let demo_code = app.sms.shows_on_page().then_some(code);
    let sent = Sent { expires_in_s: LIFETIME_S, resend_after_s: RESEND_AFTER_S, demo_code };
    Ok((StatusCode::ACCEPTED, Json(sent)).into_response())
}
