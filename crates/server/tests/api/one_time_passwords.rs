//! One-time passwords: sent, tried, used up, and not sent too often.

use serde_json::json;

use crate::city::City;
use crate::client::{Answer, problem, refusal};
use crate::resident::{Device, phone, registration};

/// Six other digits.
fn other(password: &str) -> String {
    password.chars().map(|digit| if digit == '9' { '0' } else { char::from(digit as u8 + 1) }).collect()
}

#[tokio::test]
async fn a_wrong_one_tells_how_many_tries_are_left_and_the_right_one_still_works() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    let right = body["oneTimePassword"].as_str().unwrap().to_owned();
    body["oneTimePassword"] = other(&right).into();
    for left in [4, 3, 2, 1] {
        let answer = city.post("/v1/people", &body).send().await;
        assert_eq!(answer.problem(), problem(403, "wrong-one-time-password", "oneTimePassword"));
        assert_eq!(answer.json()["detail"], format!("it is wrong; tries left: {left}"));
    }
    body["oneTimePassword"] = right.into();
    assert_eq!(city.post("/v1/people", &body).send().await.status, 201);
}

#[tokio::test]
async fn five_wrong_tries_use_it_up() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    let right = body["oneTimePassword"].as_str().unwrap().to_owned();
    body["oneTimePassword"] = other(&right).into();
    for _ in 0..5 {
        city.post("/v1/people", &body).send().await.problem();
    }
    body["oneTimePassword"] = right.into();
    let answer = city.post("/v1/people", &body).send().await;
    assert_eq!(answer.problem(), problem(403, "one-time-password-gone", "oneTimePassword"));
    assert_eq!(city.written().await.1, 0);
}

#[tokio::test]
async fn it_ends_after_five_minutes() {
    let city = City::new().await;
    let body = registration(&city, 1, &Device::new()).await;
    city.clock.advance_s(300);
    let answer = city.post("/v1/people", &body).send().await;
    assert_eq!(answer.problem(), problem(403, "one-time-password-gone", "oneTimePassword"));
}

#[tokio::test]
async fn it_works_once() {
    let city = City::new().await;
    let body = registration(&city, 1, &Device::new()).await;
    assert_eq!(city.post("/v1/people", &body).send().await.status, 201);
    let again = json!({
        "phone": body["phone"], "oneTimePassword": body["oneTimePassword"],
        "devicePublicKey": Device::new().jwk(),
    });
    let answer = city.post("/v1/devices", &again).send().await;
    assert_eq!(answer.problem(), problem(403, "one-time-password-gone", "oneTimePassword"));
}

#[tokio::test]
async fn a_password_of_one_phone_is_nothing_for_another() {
    let city = City::new().await;
    registration(&city, 2, &Device::new()).await;
    let mut body = registration(&city, 1, &Device::new()).await;
    body["phone"] = phone(3).into();
    let answer = city.post("/v1/people", &body).send().await;
    assert_eq!(answer.problem(), problem(403, "one-time-password-gone", "oneTimePassword"));
}

async fn ask(city: &City) -> Answer {
    city.post("/v1/one-time-passwords", &json!({ "phone": phone(1) })).send().await
}

#[tokio::test]
async fn another_one_can_be_had_after_a_minute_and_five_in_an_hour() {
    let city = City::new().await;
    let sent = ask(&city).await.ok(202);
    assert_eq!((&sent["expiresInS"], &sent["resendAfterS"]), (&json!(300), &json!(60)));
    city.clock.advance_s(18);
    let early = ask(&city).await;
    assert_eq!(early.problem(), problem(429, "too-many-requests", "phone"));
    assert_eq!(early.header("retry-after"), Some("42"));
    for _ in 0..4 {
        city.clock.advance_s(60);
        ask(&city).await.ok(202);
    }
    city.clock.advance_s(60);
    let late = ask(&city).await;
    assert_eq!(late.refused(), refusal(429, "too-many-requests"));
    // 18 s and five times 60 s have gone since the hour began.
    assert_eq!(late.header("retry-after"), Some("3282"));
    city.clock.advance_s(3_282);
    ask(&city).await.ok(202);
}

#[tokio::test]
async fn a_typing_mistake_elsewhere_in_the_form_does_not_use_it_up() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    let name = body["name"].take();
    body["name"] = "".into();
    assert_eq!(city.post("/v1/people", &body).send().await.problem(), problem(422, "invalid-field", "name"));
    body["name"] = name;
    assert_eq!(city.post("/v1/people", &body).send().await.status, 201);
}

#[tokio::test]
async fn a_real_city_never_shows_it_on_the_page() {
    let city = City::with(|config| {
        config.sms = yimatong_server::config::SmsConfig::Webhook {
            url: "http://127.0.0.1:1/".to_owned(),
            secret: "secret".into(),
        };
    })
    .await;
    let answer = ask(&city).await;
    assert_eq!(answer.refused(), refusal(503, "sms-unavailable"));
    assert!(!answer.text().contains("demoCode"));
}
