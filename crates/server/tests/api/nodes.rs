//! Several nodes of one city: what one has done the others answer for, at once.

use futures_util::future::join_all;
use serde_json::json;
use yimatong_model::role::Role;
use yimatong_server::clock::Clock as _;

use crate::city::{City, MARKET};
use crate::client::refusal;
use crate::resident::{fields, register, sign_in};
use crate::staff::Account;

#[tokio::test]
async fn whoever_has_just_registered_at_one_node_sees_the_code_at_another() {
    let city = City::new().await;
    let other = city.node().await;
    let resident = register(&city, 1).await;
    let shown = resident.code(&other).await;
    assert_eq!((&shown["personId"], &shown["colour"]), (&resident.code["personId"], &json!("green")));
    // What needs the store works there as well.
    let second = register(&city, 2).await;
    other.get("/v1/results").by(&second.token).send().await.ok(200);
}

#[tokio::test]
async fn a_new_phone_signed_in_at_one_node_shows_the_code_at_another() {
    let city = City::new().await;
    let first = register(&city, 1).await;
    let other = city.node().await;
    city.clock.advance_s(60);
    let second = sign_in(&city, &first).await;
    second.code(&other).await;
    assert_eq!(other.get("/v1/code").by(&first.token).send().await.status, 401, "the code has moved on");
}

#[tokio::test]
async fn whoever_has_signed_out_and_in_again_shows_the_code_at_a_node_that_has_only_heard_of_the_first() {
    let city = City::new().await;
    let first = register(&city, 1).await;
    let other = city.node().await;
    assert_eq!(city.delete("/v1/session").by(&first.token).send().await.status, 204);
    other.app.follow_registry().await.unwrap();
    let gone = other.get("/v1/code").by(&first.token).send().await;
    assert_eq!(gone.refused(), refusal(401, "session-expired"));
    city.clock.advance_s(60);
    let second = sign_in(&city, &first).await;
    second.code(&other).await;
}

#[tokio::test]
async fn for_a_crowd_that_has_just_registered_elsewhere_the_store_is_asked_once_or_twice() {
    let city = City::new().await;
    let other = city.node().await;
    let mut residents = Vec::new();
    for n in 1..=20 {
        residents.push(register(&city, n).await);
    }
    let before = other.store_calls();
    join_all(residents.iter().map(|resident| resident.code(&other))).await;
    let calls = other.store_calls() - before;
    assert!((1..=8).contains(&calls), "{calls} calls for 20 displays");
    let before = other.store_calls();
    join_all(residents.iter().map(|resident| resident.code(&other))).await;
    assert_eq!(other.store_calls(), before, "from memory now");
}

#[tokio::test]
async fn a_node_whose_store_stands_still_turns_away_in_time_whom_it_does_not_know() {
    let city = City::new().await;
    let other = city.node().await;
    let known = register(&other, 1).await;
    let resident = register(&city, 2).await;
    other.stall(std::time::Duration::from_secs(60));
    let answer = other.get("/v1/code").by(&resident.token).send().await;
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(answer.refused(), refusal(503, "store-unavailable"));
    known.code(&other).await;
}

#[tokio::test]
async fn while_the_city_is_read_anew_every_device_sees_the_code_it_had() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let before = resident.code(&city).await;
    let gate = city.staff(Role::Verifier);
    let asked = json!({ "document": fields(&resident.document), "purpose": "test" });
    let check = async || city.post("/v1/checks", &asked).by(&gate).send().await;
    let check_in = json!({
        "id": "0f7d3c1e-6a5b-4c2d-9e8f-112233445566", "at": "2026-11-23T01:59:00Z", "outcome": "allow",
        "subject": check().await.ok(200)["subject"],
    });
    let batch = json!({ "venueId": MARKET.0, "checkIns": [check_in] });
    let record = async || city.post("/v1/check-ins", &batch).by(&city.staff(Role::Verifier)).send().await;
    {
        let _loading = city.app.registry.begin_loading();
        city.app.registry.forget();
        let answer = city.get("/v1/code").by(&resident.token).send().await;
        assert!(answer.headers.contains_key("yimatong-as-of"));
        assert_eq!(answer.ok(200), before);
        let history = city.get("/v1/results").by(&resident.token).send().await;
        assert_eq!(history.refused(), refusal(503, "starting"));
        // Nobody is a stranger now, and no row is let go of.
        assert_eq!(check().await.refused(), refusal(503, "starting"));
        assert_eq!(record().await.refused(), refusal(503, "starting"));
    }
    city.clock.advance_s(3_600);
    let gone = city.get("/v1/code").by(&resident.token).send().await;
    assert_eq!(gone.status, 401, "an hour later, who is not known is not known");
    assert_eq!(city.app.reload_registry().await.unwrap(), 1);
    assert_eq!(record().await.ok(200)["items"][0]["status"], "recorded");
    let answer = city.get("/v1/code").by(&resident.token).send().await;
    assert!(!answer.headers.contains_key("yimatong-as-of"));
    assert_eq!(answer.ok(200)["credential"], before["credential"]);
}

#[tokio::test]
async fn accounts_and_sessions_of_staff_begin_and_end_at_every_node() {
    let city = City::new().await;
    let other = city.node().await;
    let account = Account::make(&city, "gate-7", "verifier").await;
    let signed_in_at = async |node: &City| {
        node.clock.advance_s(30);
        let signed_in = node.post("/v1/staff/sessions", &account.sign_in_at(node.clock.now())).send().await;
        signed_in.ok(201)["token"].as_str().unwrap().to_owned()
    };
    let me = async |node: &City, token: &str| node.get("/v1/staff/me").by(token).send().await.status;
    // Where the account was not made: at once.
    let first = signed_in_at(&other).await;
    assert_eq!((me(&other, &first).await, me(&city, &first).await), (200, 200));

    let second = signed_in_at(&city).await;
    assert_eq!(city.delete("/v1/staff/session").by(&first).send().await.status, 204);
    other.app.follow_staff().await.unwrap();
    assert_eq!((me(&city, &first).await, me(&other, &first).await), (401, 401), "ended at one, ended at all");
    assert_eq!((me(&city, &second).await, me(&other, &second).await), (200, 200), "another one goes on");
    // A node that starts knows too.
    assert_eq!(me(&city.node().await, &first).await, 401);

    let disable = format!("/v1/staff/{}/disable", account.id);
    let answer = city.post(&disable, &json!({})).by(&city.staff(Role::Operator)).send().await;
    assert!((200..300).contains(&answer.status), "{}", answer.text());
    other.app.follow_staff().await.unwrap();
    assert_eq!(me(&other, &second).await, 401);
}
