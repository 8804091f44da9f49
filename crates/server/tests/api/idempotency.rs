//! `Idempotency-Key`: a repeat answers as the first did, and does nothing.

use serde_json::{Value, json};
use yimatong_model::role::Role;

use crate::city::City;
use crate::client::{Answer, problem, refusal};
use crate::resident::{Device, adult, born, fields, register, registration};

const KEY: &str = "0b9c9a4e-3f1e-4f5c-9a31-1d5a1d0c7a11";

async fn post(city: &City, path: &str, token: Option<&str>, key: &str, body: &Value) -> Answer {
    let mut call = city.post(path, body).header("idempotency-key", key);
    if let Some(token) = token {
        call = call.by(token);
    }
    call.send().await
}

#[tokio::test]
async fn a_registration_whose_answer_was_lost_is_repeated_and_happens_once() {
    let city = City::new().await;
    let body = registration(&city, 1, &Device::new()).await;
    let first = post(&city, "/v1/people", None, KEY, &body).await.ok(201);
    let after_first = city.written().await;
    city.clock.advance_s(60);
    let again = post(&city, "/v1/people", None, KEY, &body).await.ok(201);
    assert_eq!(again["code"]["personId"], first["code"]["personId"]);
    assert_eq!(again["notes"], first["notes"]);
    assert_eq!(city.written().await, after_first);
    // Both sessions are of the same device.
    for opened in [first, again] {
        let token = opened["session"]["token"].as_str().unwrap();
        assert_eq!(city.get("/v1/code").by(token).send().await.status, 200);
    }
}

#[tokio::test]
async fn a_log_in_whose_answer_was_lost_is_repeated_and_binds_one_device() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    city.clock.advance_s(60);
    let password = crate::resident::one_time_password(&city, &resident.phone).await;
    let body = json!({
        "phone": resident.phone, "oneTimePassword": password, "devicePublicKey": Device::new().jwk(),
    });
    post(&city, "/v1/devices", None, KEY, &body).await.ok(201);
    let slots = city.app.store.slots_count().await.unwrap();
    let again = post(&city, "/v1/devices", None, KEY, &body).await.ok(201);
    assert_eq!(city.app.store.slots_count().await.unwrap(), slots);
    let token = again["session"]["token"].as_str().unwrap();
    assert_eq!(city.get("/v1/code").by(token).send().await.status, 200);
}

#[tokio::test]
async fn without_a_key_a_repeat_from_the_same_device_is_told_that_the_document_is_registered() {
    let city = City::new().await;
    let body = registration(&city, 1, &Device::new()).await;
    city.post("/v1/people", &body).send().await.ok(201);
    let again = city.post("/v1/people", &body).send().await;
    assert_eq!(again.refused(), refusal(409, "already-registered"));
    // The one-time password still signs this device in, and no other.
    let mut bind = json!({
        "phone": body["phone"], "oneTimePassword": body["oneTimePassword"],
        "devicePublicKey": body["devicePublicKey"],
    });
    city.post("/v1/devices", &bind).send().await.ok(201);
    bind["devicePublicKey"] = Device::new().jwk();
    let other = city.post("/v1/devices", &bind).send().await;
    assert_eq!(other.refused(), refusal(403, "one-time-password-gone"));
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    post(&city, "/v1/people", None, KEY, &body).await.ok(201);
    body["document"] = fields(&adult(2));
    let answer = post(&city, "/v1/people", None, KEY, &body).await;
    assert_eq!(answer.problem(), problem(422, "idempotency-mismatch", "Idempotency-Key"));
    assert_eq!(city.written().await.1, 1);
}

#[tokio::test]
async fn a_refused_registration_can_be_mended_under_the_same_key() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    body["communityId"] = 77.into();
    assert_eq!(post(&city, "/v1/people", None, KEY, &body).await.status, 422);
    body["communityId"] = 1.into();
    post(&city, "/v1/people", None, KEY, &body).await.ok(201);
}

#[tokio::test]
async fn two_copies_of_one_registration_at_the_same_time_make_one_person() {
    let city = City::new().await;
    let body = registration(&city, 1, &Device::new()).await;
    let (first, second) = tokio::join!(
        post(&city, "/v1/people", None, KEY, &body),
        post(&city, "/v1/people", None, KEY, &body)
    );
    assert_eq!(first.ok(201)["code"]["personId"], second.ok(201)["code"]["personId"]);
    assert_eq!(city.app.store.slots_count().await.unwrap().live, 1);
}

#[tokio::test]
async fn the_key_of_one_resident_is_not_the_key_of_another() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    let body = json!({
        "document": fields(&born(3, jiff::civil::date(2018, 5, 1))), "name": "王小明", "relation": "child",
    });
    let of_first = post(&city, "/v1/relatives", Some(&first.token), KEY, &body).await.ok(201);
    let again = post(&city, "/v1/relatives", Some(&first.token), KEY, &body).await.ok(201);
    let of_second = post(&city, "/v1/relatives", Some(&second.token), KEY, &body).await.ok(201);
    assert_eq!(of_first["personId"], again["personId"]);
    assert_eq!(of_first["personId"], of_second["personId"]);
    for holder in [&first, &second] {
        let list = city.get("/v1/relatives").by(&holder.token).send().await.ok(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn venues_and_paper_codes_are_made_once_per_key() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let worker = city.staff(Role::CommunityWorker);
    let venue = json!({ "name": "钟楼饭店", "type": "restaurant", "districtCode": 610_103 });
    let made = post(&city, "/v1/venues", Some(&worker), KEY, &venue).await.ok(201);
    assert_eq!(post(&city, "/v1/venues", Some(&worker), KEY, &venue).await.ok(201), made);
    let first = post(&city, "/v1/paper-codes", Some(&resident.token), KEY, &json!({})).await.ok(201);
    let again = post(&city, "/v1/paper-codes", Some(&resident.token), KEY, &json!({})).await.ok(201);
    assert_eq!(first["paperId"], again["paperId"]);
}

#[tokio::test]
async fn a_staff_account_is_made_once_per_key() {
    let city = City::new().await;
    let operator = city.staff(Role::Operator);
    let body = json!({ "name": "gate.7", "role": "verifier", "password": "a long password" });
    let made = post(&city, "/v1/staff", Some(&operator), KEY, &body).await.ok(201);
    let again = post(&city, "/v1/staff", Some(&operator), KEY, &body).await;
    // The second factor is shown once and kept sealed, so a repeat can't show it again; it says so instead.
    assert_eq!(again.problem(), problem(409, "name-taken", "name"), "{made}");
}

#[tokio::test]
async fn a_key_that_is_no_key_is_named() {
    let city = City::new().await;
    let long = "k".repeat(256);
    for key in ["", &long, "schlüssel"] {
        let answer =
            post(&city, "/v1/one-time-passwords", None, key, &json!({ "phone": "13800000001" })).await;
        assert_eq!(answer.problem(), problem(400, "invalid-parameter", "Idempotency-Key"), "{key}");
    }
    assert_eq!(city.get("/v1/code").send().await.refused(), refusal(401, "sign-in-needed"));
}
