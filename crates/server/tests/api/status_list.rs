//! Status lists as gates fetch them: over HTTP, verified with the published keys.

use serde_json::{Value, json};
use yimatong_credential::{KeySet, StatusLists, VenueRule, VerifiedStatusList, verify, verify_status_list};
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::refusal;
use crate::resident::register;

/// The city's keys, as published.
pub(crate) async fn keys(city: &City) -> KeySet {
    let answer = city.get("/.well-known/jwks.json").send().await;
    assert_eq!(answer.header("content-type"), Some("application/jwk-set+json"));
    KeySet::from_jwks(&answer.text()).unwrap().with_expected_issuer("610100")
}

/// A list as published a moment after the last change.
pub(crate) async fn fetch(city: &City, number: u32) -> VerifiedStatusList {
    city.app.publish_status_lists().unwrap();
    let answer = city.get(format!("/v1/status-lists/{number}")).send().await;
    assert_eq!(answer.header("content-type"), Some("application/statuslist+cwt"));
    verify_status_list(&answer.body, &keys(city).await).unwrap()
}

/// What a gate without the server says to a text, with the list it has just fetched.
pub(crate) async fn gate_says(city: &City, text: &str) -> Value {
    let mut lists = StatusLists::default();
    lists.insert(fetch(city, 0).await);
    let now_s = city.clock.now().as_second();
    serde_json::to_value(verify(text, &keys(city).await, &lists, &VenueRule::default(), now_s)).unwrap()
}

/// The outcome of a verdict.
pub(crate) fn outcome(verdict: &Value) -> &str {
    verdict["outcome"].as_str().unwrap()
}

#[tokio::test]
async fn the_index_names_every_list_and_each_is_signed_for_its_address() {
    let city = City::new().await;
    let index = city.get("/v1/status-lists").send().await.ok(200);
    assert_eq!(index, json!({ "status_lists": ["http://city.test/v1/status-lists/0"] }));
    let list = fetch(&city, 0).await;
    assert_eq!(list.claims().uri, "http://city.test/v1/status-lists/0");
    assert_eq!(list.claims().issued_at_s, city.clock.now().as_second());
    assert!(list.claims().ttl_s.is_some() && list.claims().expires_at_s.is_some());
    assert_eq!(city.get("/v1/status-lists/1").send().await.refused(), refusal(404, "not-found"));
    assert_eq!(city.get("/v1/status-lists/x").send().await.refused(), refusal(400, "invalid-parameter"));
}

#[tokio::test]
async fn an_unchanged_list_is_not_sent_again_and_is_signed_afresh_after_five_minutes() {
    let city = City::new().await;
    let first = city.get("/v1/status-lists/0").send().await;
    let etag = first.header("etag").unwrap().to_owned();
    assert!(first.header("cache-control").unwrap().contains("max-age=15"));
    let again = city.get("/v1/status-lists/0").header("if-none-match", &etag).send().await;
    assert_eq!((again.status, again.body.len()), (304, 0));

    city.clock.advance_s(299);
    assert_eq!(city.app.publish_status_lists().unwrap(), 0);
    city.clock.advance_s(1);
    assert_eq!(city.app.publish_status_lists().unwrap(), 1);
    let later = city.get("/v1/status-lists/0").header("if-none-match", &etag).send().await;
    assert_eq!(later.status, 200);
}

#[tokio::test]
async fn a_new_green_resident_changes_nothing_in_the_list() {
    let city = City::new().await;
    assert_eq!(city.app.publish_status_lists().unwrap(), 0);
    register(&city, 1).await;
    assert_eq!(city.app.publish_status_lists().unwrap(), 0);
}
