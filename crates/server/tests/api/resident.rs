//! Residents with phones that hold real keys: they register, show, and present.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use yimatong_credential::{Signer as _, SoftwareKey, credential_to_text, present};
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_server::clock::Clock as _;
use yimatong_server::random;

use crate::city::City;
use crate::client::Answer;

/// A phone: it can sign, and it can describe its public key.
pub(crate) struct Device(SoftwareKey);

impl Device {
    /// A new phone.
    pub(crate) fn new() -> Self {
        Self(SoftwareKey::generate(Arc::clone(&random::system())).unwrap().0)
    }

    /// Its public key as a JWK.
    pub(crate) fn jwk(&self) -> Value {
        let key = self.0.public_key();
        json!({
            "kty": "EC", "crv": "P-256",
            "x": URL_SAFE_NO_PAD.encode(key.x()), "y": URL_SAFE_NO_PAD.encode(key.y()),
        })
    }

    /// The text of the QR code this phone draws at `now_s` for a code it got.
    pub(crate) fn shows(&self, code: &Value, now_s: i64) -> String {
        let credential = URL_SAFE_NO_PAD.decode(code["credential"].as_str().unwrap()).unwrap();
        credential_to_text(&present(&credential, now_s, &self.0).unwrap())
    }
}

/// Someone who registered.
pub(crate) struct Resident {
    pub(crate) token: String,
    pub(crate) person_id: String,
    pub(crate) code: Value,
    pub(crate) device: Device,
    pub(crate) phone: String,
    pub(crate) document: Document,
}

/// The n-th adult's ID card.
pub(crate) fn adult(n: u32) -> Document {
    born(n, date(1980, 1, 1))
}

/// The ID card of the n-th person born that day.
pub(crate) fn born(n: u32, birth: Date) -> Document {
    Document::parse(DocumentKind::ResidentId, &number(610_113, n, birth), date(2026, 11, 23)).unwrap()
}

/// An ID number of the n-th person born that day in a division.
pub(crate) fn number(division: u32, n: u32, birth: Date) -> String {
    let body = format!("{division}{:04}{:02}{:02}{n:03}", birth.year(), birth.month(), birth.day());
    format!("{body}{}", char::from(check_digit(body.as_bytes().try_into().unwrap())))
}

/// A document as the API takes it.
pub(crate) fn fields(document: &Document) -> Value {
    json!({ "kind": document.kind(), "number": document.number() })
}

/// The n-th phone number.
pub(crate) fn phone(n: u32) -> String {
    format!("138{n:08}")
}

/// Asks for a one-time password and reads it off the demo's page.
pub(crate) async fn one_time_password(city: &City, phone: &str) -> String {
    let sent = city.post("/v1/one-time-passwords", &json!({ "phone": phone })).send().await.ok(202);
    sent["demoCode"].as_str().unwrap().to_owned()
}

/// The body of a registration of the n-th adult.
pub(crate) async fn registration(city: &City, n: u32, device: &Device) -> Value {
    let phone = phone(n);
    let one_time_password = one_time_password(city, &phone).await;
    json!({
        "phone": phone, "oneTimePassword": one_time_password, "document": fields(&adult(n)),
        "name": "王建国", "communityId": 1, "devicePublicKey": device.jwk(),
    })
}

/// Registers the n-th adult.
pub(crate) async fn register(city: &City, n: u32) -> Resident {
    let device = Device::new();
    let body = registration(city, n, &device).await;
    let answer = city.post("/v1/people", &body).send().await;
    resident(&answer, device, phone(n), adult(n))
}

/// Someone whose device was bound by this answer.
#[track_caller]
pub(crate) fn resident(answer: &Answer, device: Device, phone: String, document: Document) -> Resident {
    let opened = answer.ok(201);
    Resident {
        token: opened["session"]["token"].as_str().unwrap().to_owned(),
        person_id: opened["code"]["personId"].as_str().unwrap().to_owned(),
        code: opened["code"].clone(),
        device,
        phone,
        document,
    }
}

/// Signs a resident in on another phone.
pub(crate) async fn sign_in(city: &City, resident: &Resident) -> Resident {
    let device = Device::new();
    let password = one_time_password(city, &resident.phone).await;
    let body =
        json!({ "phone": resident.phone, "oneTimePassword": password, "devicePublicKey": device.jwk() });
    let answer = city.post("/v1/devices", &body).send().await;
    self::resident(&answer, device, resident.phone.clone(), resident.document.clone())
}

impl Resident {
    /// The code as the server shows it now.
    pub(crate) async fn code(&self, city: &City) -> Value {
        city.get("/v1/code").by(&self.token).send().await.ok(200)
    }

    /// What the phone shows now, with the code it last got.
    pub(crate) fn shows(&self, city: &City) -> String {
        self.device.shows(&self.code, city.clock.now().as_second())
    }
}
