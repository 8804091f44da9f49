//! Registration: what a new resident gets, and everybody who is turned away.

use jiff::civil::date;
use serde_json::json;

use crate::city::{City, morning};
use crate::client::{problem, refusal};
use crate::resident::{Device, adult, fields, number, register, registration};

#[tokio::test]
async fn registering_gives_a_session_and_a_green_code_with_a_masked_name() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let code = resident.code(&city).await;
    assert_eq!(
        (&code["colour"], &code["name"], &code["kind"]),
        (&json!("green"), &json!("王*国"), &json!("device"))
    );
    assert_eq!(code["documentTail"], resident.document.tail());
    assert_eq!(code["reasons"], json!([]));
    assert_eq!((&code["test"], &code["vaccine"]), (&json!(null), &json!(null)));
    assert_eq!(code["issuedAt"], morning().to_string());
    assert_eq!(code["expiresAt"], "2026-11-24T02:00:00Z");
    assert_eq!(code["clockReference"], "sampled");
    let person = city.person(&resident.document).await.unwrap();
    assert_eq!(code["personId"], person.to_string());
    assert_eq!(city.app.registry.people(), 1);
}

#[tokio::test]
async fn a_name_the_authority_does_not_confirm_is_refused_and_costs_no_one_time_password() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    body["name"] = "测试不符".into();
    let answer = city.post("/v1/people", &body).send().await;
    assert_eq!(answer.problem(), problem(403, "identity-mismatch", "name"));
    assert_eq!(city.written().await, (0, 0));
    body["name"] = "王建国".into();
    assert_eq!(city.post("/v1/people", &body).send().await.status, 201);
}

#[tokio::test]
async fn a_document_is_registered_once_and_the_answer_says_which_phone_helps() {
    let city = City::new().await;
    register(&city, 1).await;
    city.clock.advance_s(60);
    let body = registration(&city, 1, &Device::new()).await;
    let same_phone = city.post("/v1/people", &body).send().await;
    assert_eq!(same_phone.problem(), problem(409, "already-registered", "document.number"));
    assert!(same_phone.json()["detail"].as_str().unwrap().contains("sign in with this phone"));
    let mut body = registration(&city, 2, &Device::new()).await;
    body["document"] = fields(&adult(1));
    let other_phone = city.post("/v1/people", &body).send().await;
    assert_eq!(other_phone.refused(), refusal(409, "already-registered"));
    assert!(other_phone.json()["detail"].as_str().unwrap().contains("visit your community"));
}

#[tokio::test]
async fn a_phone_belongs_to_one_registration() {
    let city = City::new().await;
    register(&city, 1).await;
    city.clock.advance_s(60);
    let mut body = registration(&city, 1, &Device::new()).await;
    body["document"] = fields(&adult(2));
    let answer = city.post("/v1/people", &body).send().await;
    assert_eq!(answer.problem(), problem(409, "phone-taken", "phone"));
    assert_eq!(city.written().await.1, 1);
}

#[tokio::test]
async fn a_retired_division_is_accepted_with_a_note_in_both_languages() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    // 户县, a district (鄠邑区) under another code since 2016
    body["document"]["number"] = number(610_125, 1, date(1980, 1, 1)).into();
    let opened = city.post("/v1/people", &body).send().await.ok(201);
    let note = &opened["notes"][0];
    assert!(note["textZh"].as_str().unwrap().contains("户县"), "{note}");
    assert!(note["textEn"].as_str().unwrap().contains("610125"), "{note}");
}

#[tokio::test]
async fn a_foreigner_registers_with_a_passport_and_a_birth_date() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    body["document"] = json!({ "kind": "passport", "number": "E12345678" });
    body["name"] = "ANNA MARIA SCHMIDT".into();
    body["nationality"] = "DEU".into();
    body["birthDate"] = "1990-02-28".into();
    let opened = city.post("/v1/people", &body).send().await.ok(201);
    assert_eq!(opened["code"]["documentTail"], "5678");
    assert!(opened["code"]["name"].as_str().unwrap().len() <= 12);
}

#[tokio::test]
async fn an_unknown_community_is_named_and_nobody_is_registered() {
    let city = City::new().await;
    let mut body = registration(&city, 1, &Device::new()).await;
    body["communityId"] = 77.into();
    let answer = city.post("/v1/people", &body).send().await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "communityId"));
    assert_eq!(city.written().await, (0, 0));
}

#[tokio::test]
async fn without_an_authority_nobody_is_registered() {
    let city = City::with(|config| {
        config.authority = yimatong_server::config::AuthorityConfig::Http {
            url: "http://127.0.0.1:1/".to_owned(),
            secret: "secret".into(),
        };
    })
    .await;
    let body = registration(&city, 1, &Device::new()).await;
    let answer = city.post("/v1/people", &body).send().await;
    assert_eq!(answer.refused(), refusal(503, "authority-unavailable"));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(city.written().await, (0, 0));
}

#[tokio::test]
async fn two_registrations_of_one_document_at_the_same_time_make_one_person() {
    let city = City::new().await;
    let first = registration(&city, 1, &Device::new()).await;
    let mut second = registration(&city, 2, &Device::new()).await;
    second["document"] = first["document"].clone();
    let (first, second) =
        tokio::join!(city.post("/v1/people", &first).send(), city.post("/v1/people", &second).send());
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(city.written().await.1, 1);
}
