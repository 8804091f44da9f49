//! What a device gets when it is bound: a session and the code. Shared by registering and signing in.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use yimatong_credential::Kind;
use yimatong_model::ids::Slot;
use yimatong_model::phone::Phone;
use yimatong_store::{DeviceKey, Idempotency, PersonState, Redemption};

use crate::app::App;
use crate::auth::one_time_password;
use crate::auth::session::ResidentSession;
use crate::digest::sha256;
use crate::http::fields::coordinates;
use crate::issue::code::Code as PersonCode;
use crate::problem::{Code, Problem};

/// A session on this device, and its code.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Opened {
    session: SessionText,
    #[schemars(with = "PersonCode")]
    code: Box<RawValue>,
    /// Remarks on the document, such as a division code that is no longer in use.
    notes: Vec<Note>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SessionText {
    /// Bearer token.
    token: String,
    #[schemars(with = "String")]
    expires_at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Note {
    text_en: String,
    text_zh: String,
}

impl Opened {
    /// Takes the changed person over and opens the session.
    pub(crate) fn new(
        app: &App,
        state: &PersonState,
        slot: Slot,
        device: &DeviceKey,
        notes: Vec<(String, String)>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let device_key = coordinates(device);
        let days = i64::from(app.config.server.session_days);
        let expires_at = now + SignedDuration::from_hours(24 * days);
        let session = ResidentSession {
            person: state.person_id,
            slot,
            expires_s: u32::try_from(expires_at.as_second()).unwrap_or(u32::MAX),
            device_key,
        };
        let ready = app.show_after(state, slot, Kind::Device, &device_key, now)?;
        Ok(Self {
            session: SessionText { token: app.sessions.seal_resident(&session), expires_at },
            code: raw(&ready.body)?,
            notes: notes.into_iter().map(|(text_en, text_zh)| Note { text_en, text_zh }).collect(),
        })
    }
}

/// JSON that was made before, to stand inside other JSON.
pub(crate) fn raw(json: &[u8]) -> Result<Box<RawValue>, Problem> {
    serde_json::from_slice(json).map_err(|_| Problem::new(Code::Internal))
}

/// Uses a one-time password up: from now on it is good for this device alone, until it expires. So a request whose
/// answer was lost, or that was refused for a name or a community, can be sent again without another message.
pub(crate) async fn redeem(app: &App, phone: &Phone, code: &str, device: &DeviceKey) -> Result<(), Problem> {
    if !one_time_password::is_well_formed(code) {
        return Err(Problem::field("oneTimePassword", "must be six digits", "验证码应为六位数字"));
    }
    let hash = one_time_password::hash(&app.one_time_password_key, phone, code);
    let of_device = sha256(&device.0);
    let by = Some(Idempotency { key: of_device, request: of_device });
    let at = |problem: Problem| problem.at("oneTimePassword");
    match app.store.redeem_one_time_password(phone, hash, by, app.now()).await? {
        Redemption::Redeemed => Ok(()),
        Redemption::Wrong { left } => Err(at(Problem::new(Code::WrongOneTimePassword)).because(
            format!("it is wrong; tries left: {left}"),
            format!("验证码不正确，还可尝试 {left} 次"),
        )),
        Redemption::Expired | Redemption::TooManyTries | Redemption::None => {
            Err(at(Problem::new(Code::OneTimePasswordGone)))
        }
    }
}
