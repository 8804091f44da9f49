//! A city that is no demo: passwords go through the SMS gateway, identities through the authority, over HTTP.

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use yimatong_server::config::{AuthorityConfig, Config, SmsConfig};

use crate::city::City;
use crate::client::{problem, refusal};
use crate::resident::{Device, adult, fields, phone};

/// A gateway that notes what it is asked and answers always the same.
#[derive(Clone, Default)]
pub(crate) struct Gateway {
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Gateway {
    /// Starts it; returns its address.
    pub(crate) async fn start(&self, status: u16, answer: &'static str) -> String {
        let asked = Arc::clone(&self.asked);
        let take = async move |headers: HeaderMap, Json(body): Json<Value>| {
            let secret = headers["authorization"].to_str().unwrap().to_owned();
            asked.lock().unwrap().push((secret, body));
            (StatusCode::from_u16(status).unwrap(), answer)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, axum::Router::new().route("/", post(take))).into_future());
        format!("http://{address}/")
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

/// A city with both gateways, of which the authority answers this.
async fn city(status: u16, answer: &'static str) -> (City, Gateway, Gateway) {
    let (sms, authority) = (Gateway::default(), Gateway::default());
    let (sms_url, authority_url) = (sms.start(200, "").await, authority.start(status, answer).await);
    let configure = |config: &mut Config| {
        config.sms = SmsConfig::Webhook { url: sms_url, secret: "sms secret".into() };
        config.authority = AuthorityConfig::Http { url: authority_url, secret: "authority secret".into() };
    };
    (City::real(configure).await, sms, authority)
}

/// The body of a registration with the password from the message.
async fn registration(city: &City, sms: &Gateway) -> Value {
    let sent = city.post("/v1/one-time-passwords", &json!({ "phone": phone(1) })).send().await.ok(202);
    assert!(sent.get("demoCode").is_none(), "{sent}");
    let (_, message) = sms.asked().pop().unwrap();
    let text = message["text"].as_str().unwrap();
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take(6).collect();
    json!({
        "phone": phone(1), "oneTimePassword": digits, "document": fields(&adult(1)), "name": "王建国",
        "devicePublicKey": Device::new().jwk(),
    })
}

#[tokio::test]
async fn a_registration_asks_the_gateway_and_the_authority_with_their_secrets() {
    let (city, sms, authority) = city(200, r#"{"match":true}"#).await;
    let body = registration(&city, &sms).await;
    city.post("/v1/people", &body).send().await.ok(201);
    let (secret, message) = sms.asked().remove(0);
    assert_eq!((secret.as_str(), &message["phone"]), ("Bearer sms secret", &json!(phone(1))));
    let (secret, question) = authority.asked().remove(0);
    assert_eq!(secret, "Bearer authority secret");
    let document = adult(1);
    assert_eq!(
        question,
        json!({ "documentKind": "resident-id", "documentNumber": document.number(), "name": "王建国" })
    );
}

#[tokio::test]
async fn the_authority_is_not_asked_before_the_phone_is_proven() {
    let (city, sms, authority) = city(200, r#"{"match":false}"#).await;
    let mut body = registration(&city, &sms).await;
    let right = body["oneTimePassword"].take();
    let wrong = if right == "000000" { "111111" } else { "000000" };
    body["oneTimePassword"] = wrong.into();
    let answer = city.post("/v1/people", &body).send().await;
    assert_eq!(answer.refused(), refusal(403, "wrong-one-time-password"));
    assert!(authority.asked().is_empty());
    body["oneTimePassword"] = right;
    for _ in 0..2 {
        let answer = city.post("/v1/people", &body).send().await;
        assert_eq!(answer.problem(), problem(403, "identity-mismatch", "name"), "and it can be mended");
    }
    assert_eq!((authority.asked().len(), city.written().await), (2, (0, 0)));
}

#[tokio::test]
async fn an_authority_that_answers_nonsense_or_fails_is_not_available() {
    for (status, answer) in [(200, "yes"), (200, "{}"), (500, "{\"match\":true}"), (404, "")] {
        let (city, sms, _) = city(status, answer).await;
        let body = registration(&city, &sms).await;
        let answer = city.post("/v1/people", &body).send().await;
        assert_eq!(answer.refused(), refusal(503, "authority-unavailable"), "{status}");
        assert_eq!(city.written().await, (0, 0));
    }
}

#[tokio::test]
async fn a_gateway_that_fails_is_told_with_the_time_after_which_another_try_is_taken() {
    let sms = Gateway::default();
    let url = sms.start(500, "").await;
    let city = City::real(|config| config.sms = SmsConfig::Webhook { url, secret: "x".into() }).await;
    let ask = async || city.post("/v1/one-time-passwords", &json!({ "phone": phone(1) })).send().await;
    let answer = ask().await;
    assert_eq!(answer.refused(), refusal(503, "sms-unavailable"));
    let wait_s: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    city.clock.advance_s(wait_s);
    assert_eq!(ask().await.refused(), refusal(503, "sms-unavailable"), "asked again, not held back");
    assert_eq!(sms.asked().len(), 2);
}

#[tokio::test]
async fn a_city_without_gateways_says_what_is_not_set_up() {
    let city = City::real(|_| {}).await;
    let answer = city.post("/v1/one-time-passwords", &json!({ "phone": phone(1) })).send().await;
    assert_eq!(answer.refused(), refusal(503, "sms-unavailable"));
    assert!(answer.json()["detail"].as_str().unwrap().contains("[sms]"));
    assert_eq!(city.get("/v1/demo/accounts").send().await.refused(), refusal(404, "not-found"));
    assert_eq!(city.get("/v1/server").send().await.ok(200)["demo"], false);
}

#[tokio::test]
async fn a_second_factor_is_used_once_in_a_city_that_is_no_demo() {
    let city = City::real(|_| {}).await;
    let account = crate::staff::Account::make(&city, "gate.7", "verifier").await;
    let sign_in = async |at| city.post("/v1/staff/sessions", &account.sign_in_at(at)).send().await;
    sign_in(city.app.now()).await.ok(201);
    assert_eq!(sign_in(city.app.now()).await.refused(), refusal(403, "wrong-sign-in"));
    city.clock.advance_s(30);
    sign_in(city.app.now()).await.ok(201);
}
