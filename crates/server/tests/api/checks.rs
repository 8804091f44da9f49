//! Checks that ask the server: by document with a purpose, and of a shown code.

use serde_json::{Value, json};
use yimatong_model::role::Role;

use crate::city::{City, MARKET, STATION};
use crate::client::{Answer, problem, refusal};
use crate::resident::{adult, fields, register};

async fn check(city: &City, body: &Value) -> Answer {
    city.post("/v1/checks", body).by(&city.staff(Role::Verifier)).send().await
}

async fn audit(city: &City) -> Vec<Value> {
    let log = city.get("/v1/audit").by(&city.staff(Role::Auditor)).send().await.ok(200);
    log["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn who_registered_at_another_node_just_now_is_found_by_document() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    city.app.registry.forget();
    let body = json!({ "document": fields(&resident.document), "purpose": "手机没电" });
    let check = city.post("/v1/checks", &body).by(&city.staff(Role::Verifier)).send().await.ok(200);
    assert_eq!(check["personId"], resident.person_id.as_str());
}

#[tokio::test]
async fn a_check_by_document_tells_little_and_is_in_the_log() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let body = json!({ "document": fields(&resident.document), "purpose": "手机没电" });
    let answer = check(&city, &body).await;
    let found = answer.ok(200);
    assert_eq!((&found["name"], &found["colour"]), (&json!("王*国"), &json!("green")));
    assert!(!answer.text().contains(resident.document.number()) && !answer.text().contains(&resident.phone));
    let log = audit(&city).await;
    assert_eq!(log.len(), 1);
    assert_eq!(
        (&log[0]["action"], &log[0]["purpose"], &log[0]["subjectId"], &log[0]["staffName"]),
        (&json!("check-person"), &json!("手机没电"), &json!(resident.person_id), &json!("verifier")),
    );
}

#[tokio::test]
async fn a_check_that_finds_nobody_is_in_the_log_as_well() {
    let city = City::new().await;
    let body = json!({ "document": fields(&adult(1)), "purpose": "手机没电" });
    let answer = check(&city, &body).await;
    assert_eq!(answer.problem(), problem(404, "not-registered", "document.number"));
    let log = audit(&city).await;
    assert_eq!((log.len(), &log[0]["subjectId"]), (1, &Value::Null));
}

#[tokio::test]
async fn without_a_purpose_nothing_is_looked_up() {
    let city = City::new().await;
    register(&city, 1).await;
    for purpose in [json!(null), json!(""), json!("  \t")] {
        let body = json!({ "document": fields(&adult(1)), "purpose": purpose });
        assert_eq!(check(&city, &body).await.problem(), problem(422, "invalid-field", "purpose"));
    }
    let long = json!({ "document": fields(&adult(1)), "purpose": "长".repeat(200) });
    assert_eq!(check(&city, &long).await.problem(), problem(422, "invalid-field", "purpose"));
    assert!(audit(&city).await.is_empty());
}

#[tokio::test]
async fn either_a_document_or_a_text_is_checked() {
    let city = City::new().await;
    let both = json!({ "document": fields(&adult(1)), "purpose": "x", "text": "YMT1:X" });
    for body in [json!({}), both] {
        assert_eq!(check(&city, &body).await.problem(), problem(422, "invalid-field", "document"));
    }
}

#[tokio::test]
async fn a_shown_code_is_allowed_and_its_replay_at_another_venue_is_reported() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let text = resident.shows(&city);
    let at = async |venue: u32| check(&city, &json!({ "text": text, "venueId": venue })).await.ok(200);
    let first = at(MARKET.0).await;
    assert_eq!((&first["verdict"]["outcome"], &first["replay"]), (&json!("allow"), &Value::Null));
    assert_eq!(first["verdict"]["reasons"], json!([]));
    assert_eq!(first["verdict"]["colourSource"], "status-list");
    city.clock.advance_s(5);
    assert_eq!(at(MARKET.0).await["replay"], Value::Null, "the same gate looks twice");
    city.clock.advance_s(2);
    let elsewhere = at(STATION.0).await;
    assert_eq!(elsewhere["replay"], json!({ "venueId": MARKET.0, "secondsAgo": 7 }));
    // A fresh presentation of the same phone is not a replay.
    let text = resident.shows(&city);
    let fresh = check(&city, &json!({ "text": text, "venueId": STATION.0 })).await.ok(200);
    assert_eq!(fresh["replay"], Value::Null);
}

async fn verdict(city: &City, text: &str) -> Value {
    check(city, &json!({ "text": text })).await.ok(200)["verdict"].clone()
}

#[tokio::test]
async fn a_screenshot_dies_within_90_seconds() {
    let city = City::new().await;
    let text = register(&city, 1).await.shows(&city);
    city.clock.advance_s(60);
    assert_eq!(verdict(&city, &text).await["outcome"], "allow");
    city.clock.advance_s(30);
    let old = verdict(&city, &text).await;
    assert_eq!((&old["outcome"], &old["reasons"]), (&json!("refuse"), &json!(["stale-presentation"])));
}

#[tokio::test]
async fn a_forged_an_expired_and_another_citys_code_are_refused() {
    let (city, other) = (City::new().await, City::new().await);
    let resident = register(&city, 1).await;

    let stranger = crate::resident::Device::new();
    let forged = verdict(&city, &stranger.shows(&resident.code, city.clock_s())).await;
    assert_eq!((&forged["outcome"], &forged["reasons"]), (&json!("refuse"), &json!(["bad-device-proof"])));

    let foreign = verdict(&city, &register(&other, 1).await.shows(&other)).await;
    assert_eq!(foreign["outcome"], "check-by-hand");
    assert_eq!(foreign["reasons"], json!(["unknown-key"]));
    assert_eq!(foreign["name"], Value::Null, "nothing of it is known to be genuine");

    city.clock.advance_s(86_400);
    let expired = verdict(&city, &resident.shows(&city)).await;
    assert_eq!((&expired["outcome"], &expired["reasons"][0]), (&json!("refuse"), &json!("expired")));
}

#[tokio::test]
async fn a_citys_neighbour_with_the_same_keys_is_told_by_the_issuer() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let text = resident.shows(&city);
    let neighbour = |config: &mut yimatong_server::config::Config| {
        config.city.code = 410_100;
        config.city.rules = "zhengzhou-2022-01".to_owned();
    };
    let city = city.restart_after(|_| {}, neighbour).await;
    let verdict = verdict(&city, &text).await;
    assert_eq!((&verdict["outcome"], &verdict["reasons"]), (&json!("refuse"), &json!(["wrong-issuer"])));
}

#[tokio::test]
async fn texts_that_are_no_codes_get_a_verdict_and_never_a_failure() {
    let city = City::new().await;
    let text = register(&city, 1).await.shows(&city);
    let cut = &text[..text.len() - 7];
    let lower = text.to_lowercase();
    for junk in ["", "YMT1:", "YMT1:A", "YMT9:ABC", "HC1:NCF", "https://example.cn/", "YMT1:中", cut, &lower]
    {
        let verdict = verdict(&city, junk).await;
        assert_ne!(verdict["outcome"], "allow", "{junk}");
        assert_eq!(verdict["colour"], Value::Null, "{junk}");
    }
    let answer = check(&city, &json!({ "text": "Y".repeat(4_297) })).await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "text"));
}

#[tokio::test]
async fn the_file_of_a_person_needs_a_purpose_and_is_logged() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let worker = city.staff(Role::CommunityWorker);
    let path = format!("/v1/people/{}", resident.person_id);
    for query in ["", "?purpose=", "?purpose=%20"] {
        let answer = city.get(format!("{path}{query}")).by(&worker).send().await;
        assert!([400, 422].contains(&answer.status), "{query}");
        assert!(answer.problem().1.starts_with("invalid-"), "{query}");
    }
    let file = city.get(format!("{path}?purpose=visit")).by(&worker).send().await.ok(200);
    assert_eq!((&file["name"], &file["phone"]), (&json!("王建国"), &json!(resident.phone)));
    assert_eq!(file["documentNumber"], resident.document.number());
    let log = audit(&city).await;
    assert_eq!((log.len(), &log[0]["action"]), (1, &json!("read-person-file")));
    let nobody = city.get("/v1/people/1?purpose=visit").by(&worker).send().await;
    assert_eq!(nobody.refused(), refusal(404, "not-registered"));
}
