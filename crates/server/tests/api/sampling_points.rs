//! Sampling points: added, found by area, closed; and how busy they are, from memory.

use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::{problem, refusal};
use crate::resident::register;
use crate::sampling::{add_point, sample, send, with};

const COMMUNITY: u64 = 610_113_001_001;

fn point() -> Value {
    json!({ "name": "小学操场", "kind": "mobile", "area": COMMUNITY, "address": "小寨路 1 号" })
}

async fn queues(city: &City, area: u64) -> Value {
    city.get(format!("/v1/sampling-points/queues?area={area}")).send().await.ok(200)
}

#[tokio::test]
async fn a_point_is_added_found_by_its_area_and_closed() {
    let city = City::new().await;
    let (headquarters, sampler) = (city.staff(Role::Headquarters), city.staff(Role::Sampler));
    let added = city.post("/v1/sampling-points", &point()).by(&headquarters).header("idempotency-key", "1");
    let added = added.send().await.ok(201);
    let again = city.post("/v1/sampling-points", &point()).by(&headquarters).header("idempotency-key", "1");
    assert_eq!(again.send().await.ok(201), added);
    let expected = json!({
        "id": 1, "name": "小学操场", "kind": "mobile", "area": COMMUNITY, "areaName": "小寨路街道第1社区",
        "address": "小寨路 1 号", "people10Min": 0, "peopleToday": 0, "tubesToday": 0,
    });
    assert_eq!(added, expected);
    let street = with(with(point(), "area", 610_113_001), "closes", "2026-11-23T20:00:00+08:00");
    let street = city.post("/v1/sampling-points", &street).by(&headquarters).send().await.ok(201);
    assert!(!street["areaName"].as_str().unwrap().is_empty() && street["closes"].is_string());
    for (asked, count) in [
        ("", 2),
        ("?area=610113", 2),
        ("?area=610113001", 2),
        ("?area=610113001002", 1),
        ("?area=610104", 0),
        ("?query=nowhere", 0),
    ] {
        let found = city.get(format!("/v1/sampling-points{asked}")).by(&sampler).send().await.ok(200);
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{asked}");
    }
    let closed = city.call("POST", "/v1/sampling-points/1/close").by(&headquarters).send().await.ok(200);
    assert!(closed["closed"].is_string());
    assert_eq!(queues(&city, COMMUNITY).await["items"].as_array().unwrap().len(), 1, "the street's is open");
    let answer = city.call("POST", "/v1/sampling-points/9/close").by(&headquarters).send().await;
    assert_eq!(answer.refused(), refusal(404, "not-found"));
}

#[tokio::test]
async fn what_can_not_be_a_point_or_a_queue_is_refused_by_its_field() {
    let city = City::new().await;
    let headquarters = city.staff(Role::Headquarters);
    let bad = [
        ("name", json!(" ")),
        ("kind", json!("tent")),
        ("area", json!(610_113)),
        ("area", json!(410_102_001)),
        ("area", json!(610_113_001_999_u64)),
        ("address", json!("x".repeat(201))),
        ("opens", json!("soon")),
    ];
    for (field, value) in bad {
        let body = with(point(), field, value);
        let answer = city.post("/v1/sampling-points", &body).by(&headquarters).send().await;
        assert_eq!(answer.problem(), problem(422, "invalid-field", field), "{body}");
    }
    let turned =
        with(with(point(), "opens", "2026-11-23T20:00:00+08:00"), "closes", "2026-11-23T19:00:00+08:00");
    let answer = city.post("/v1/sampling-points", &turned).by(&headquarters).send().await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "closes"));
    add_point(&city, "a").await;
    for waiting in [json!(-1), json!(10_001), json!(70_000), json!("many")] {
        let body = json!({ "waiting": waiting });
        let answer = city.post("/v1/sampling-points/1/queue", &body).by(&city.staff(Role::Sampler)).send();
        assert_eq!(answer.await.problem(), problem(422, "invalid-field", "waiting"));
    }
    for asked in ["", "?area=610113", "?area=x", "?area=610113001&x=1"] {
        let answer = city.get(format!("/v1/sampling-points/queues{asked}")).send().await;
        assert_eq!(answer.refused(), refusal(400, "invalid-parameter"), "{asked}");
    }
    let answer = city.get("/v1/sampling-points?area=1").by(&headquarters).send().await;
    assert_eq!(answer.problem(), problem(400, "invalid-parameter", "area"));
}

#[tokio::test]
async fn the_queue_is_on_display_at_once_and_the_load_when_it_was_read_without_asking_the_store() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    add_point(&city, "小学操场").await;
    let body = json!({ "waiting": 35 });
    let told = city.post("/v1/sampling-points/1/queue", &body).by(&city.staff(Role::Sampler)).send().await;
    let now = city.clock.now().to_string();
    assert_eq!((&told.ok(200)["waiting"], &told.ok(200)["waitingAt"]), (&json!(35), &json!(now)));
    let rows = [
        sample(&city, 1, 1, &first, 1),
        sample(&city, 2, 1, &second, 20),
        with(sample(&city, 3, 2, &second, 1), "campaign", 8),
    ];
    for _ in 0..2 {
        send(&city, &rows).await.ok(200);
    }
    let before = city.store_calls();
    let shown = queues(&city, COMMUNITY).await;
    assert_eq!((&shown["items"][0]["waiting"], &shown["items"][0]["people10Min"]), (&json!(35), &json!(0)));
    assert_eq!(city.store_calls(), before);
    city.app.follow_sampling_points().await.unwrap();
    let shown = queues(&city, COMMUNITY).await;
    assert_eq!((&shown["asOf"], &shown["items"][0]["people10Min"]), (&json!(now), &json!(2)));
    let listed = city.get("/v1/sampling-points").by(&city.staff(Role::Auditor)).send().await.ok(200);
    let item = &listed["items"][0];
    assert_eq!(
        (&item["people10Min"], &item["peopleToday"], &item["tubesToday"]),
        (&json!(2), &json!(3), &json!(2))
    );
}
