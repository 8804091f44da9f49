//! Schedules: whose turn it is, where, and how they stand; from memory.

use jiff::civil::date;
use serde_json::{Value, json};
use yimatong_model::document::Document;
use yimatong_model::role::Role;

use crate::city::City;
use crate::filled_tubes::{self, told};
use crate::resident::{Resident, born, fields, register};
use crate::results::{post, row};
use crate::zhengzhou::{code_of, communities, notice, zhengzhou};

async fn schedule(city: &City, resident: &Resident) -> Value {
    city.get("/v1/schedule").by(&resident.token).send().await.ok(200)
}

#[tokio::test]
async fn a_schedule_tells_turn_reminder_and_standing_of_the_resident_and_relatives_from_memory() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    let child = json!({
        "document": fields(&born(1, date(2018, 5, 1))), "name": "王小明", "relation": "child",
    });
    city.post("/v1/relatives", &child).by(&resident.token).send().await.ok(201);
    assert_eq!(schedule(&city, &resident).await["items"], json!([]));
    city.running(&notice()).await;
    let before = city.store_calls();
    let seen = schedule(&city, &resident).await;
    assert_eq!(city.store_calls(), before);
    let [own, of_child] = &seen["items"].as_array().unwrap()[..] else { panic!("{seen}") };
    assert_eq!((&own["turn"], &own["turnAt"]), (&json!("from"), &json!("2022-01-05T02:00:00Z")));
    assert_eq!(
        (&own["standing"], &own["state"], &own["atWork"]),
        (&json!("open"), &json!("running"), &json!(false))
    );
    assert_eq!(
        (&own["person"]["personId"], &own["person"]["name"]),
        (&json!(resident.person_id), &json!("王*国"))
    );
    assert!(own["noticeZh"].as_str().unwrap().contains("核酸检测") && own["reminderZh"].is_null());
    assert_eq!((&of_child["person"]["relation"], &of_child["turn"]), (&json!("child"), &json!("none")));
    assert_eq!(
        (&of_child["standing"], &of_child["windows"]),
        (&json!("not-included"), &json!([])),
        "no home is known"
    );

    // 10:00, then 17:01 with the reminder, then after 20:00.
    city.clock.advance_s(3_600);
    let own = schedule(&city, &resident).await["items"][0].clone();
    assert_eq!((&own["turn"], &own["turnAt"]), (&json!("open"), &json!("2022-01-05T12:00:00Z")));
    assert!(own["reminderZh"].is_null());
    city.clock.advance_s(7 * 3_600 + 60);
    let own = schedule(&city, &resident).await["items"][0].clone();
    assert!(own["reminderZh"].is_string() && own["reminderEn"].is_string(), "{own}");
    let sample = json!({
        "device": "00000000-0000-4000-8000-00000000000a", "pointId": 1, "samples": [{
            "id": "00000000-0000-4000-8000-000000000001", "tube": "ZZ-000001", "size": 10, "household": false,
            "campaign": 1, "sampled": city.app.now().to_string(), "source": "id-card",
            "person": { "document": fields(&resident.document), "name": "王建国" },
        }],
    });
    city.post("/v1/samples", &sample).by(&city.staff(Role::Sampler)).send().await.ok(200);
    let own = schedule(&city, &resident).await["items"][0].clone();
    assert_eq!((&own["standing"], own["reminderZh"].is_null()), (&json!("sampled"), true));
    city.clock.advance_s(3 * 3_600);
    assert_eq!(schedule(&city, &resident).await["items"][0]["turn"], "over");
}

#[tokio::test]
async fn a_child_who_lives_with_the_resident_is_tested_where_the_resident_is() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    city.running(&notice()).await;
    let add = async |n, shares_home: Value| {
        let mut child = json!({
            "document": fields(&born(n, date(2018, 5, 1))), "name": "王小明", "relation": "child",
        });
        if !shares_home.is_null() {
            child["sharesHome"] = shares_home;
        }
        city.post("/v1/relatives", &child).by(&resident.token).send().await.ok(201)["personId"].clone()
    };
    let at_home = add(1, json!(true)).await;
    let elsewhere = [add(2, json!(false)).await, add(3, json!(null)).await];
    let seen = schedule(&city, &resident).await;
    let of = |person: &Value| {
        let mut items = seen["items"].as_array().unwrap().iter();
        items.find(|item| item["person"]["personId"] == *person).unwrap()
    };
    let (own, child) = (of(&json!(resident.person_id)), of(&at_home));
    assert!(!own["windows"].as_array().unwrap().is_empty());
    for field in ["windows", "turn", "turnAt"] {
        assert_eq!(child[field], own[field], "{field}");
    }
    assert_eq!(child["standing"], "open");
    for person in &elsewhere {
        let child = of(person);
        assert_eq!(
            (&child["standing"], &child["windows"], &child["turn"]),
            (&json!("not-included"), &json!([]), &json!("none"))
        );
    }
}

#[tokio::test]
async fn whose_pool_was_positive_is_sent_to_the_single_sample_not_told_that_no_test_is_needed() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    city.running(&notice()).await;
    city.clock.advance_s(7 * 3_600);
    let now = city.app.now();
    let standing = async || schedule(&city, &resident).await["items"][0]["standing"].clone();
    let posted = async |n, hours_ago, outcome, tube| {
        post(&city, &[row(now, n, &resident.document, hours_ago, outcome, tube)]).await.ok(200);
        standing().await
    };
    assert_eq!(posted(1, 40, "positive", "pooled").await, "resample");
    assert_eq!(posted(2, 30, "negative", "single").await, "open");
    assert_eq!(posted(3, 20, "positive", "pooled").await, "resample");
    city.clock.advance_s(3 * 3_600);
    let own = schedule(&city, &resident).await["items"][0].clone();
    assert!(own["turn"] == "open" && own["reminderZh"].is_null(), "nobody is sent to a queue: {own}");
    assert_eq!(posted(4, 10, "positive", "single").await, "isolated", "the pool says nothing more");
    let code = city.get("/v1/code").by(&resident.token).send().await.ok(200);
    let reasons = code["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["code"] == "single-positive"), "{code}");
    assert!(reasons.iter().all(|reason| reason["code"] != "pooled-positive"), "{code}");
    assert_eq!(
        posted(5, 1, "negative", "single").await,
        "sampled",
        "a single sample while the round goes on"
    );
}

#[tokio::test]
async fn a_positive_pool_of_the_round_itself_and_of_whom_no_round_reaches_comes_first_too() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    let child = born(1, date(2018, 5, 1));
    let relative = json!({ "document": fields(&child), "name": "王小明", "relation": "child" });
    city.post("/v1/relatives", &relative).by(&resident.token).send().await.ok(201);
    city.running(&notice()).await;
    city.clock.advance_s(2 * 3_600);
    let sampled = city.app.now().to_string();
    let sample = |n: u8, document: &Document| {
        json!({
            "id": format!("00000000-0000-4000-8000-{n:012}"), "tube": "ZZ-000001", "size": 10, "household": false,
            "campaign": 1, "sampled": sampled, "source": "id-card", "person": { "document": fields(document) },
        })
    };
    let samples = [sample(1, &resident.document), sample(2, &child)];
    let batch = json!({ "device": "00000000-0000-4000-8000-00000000000a", "pointId": 1, "samples": samples });
    city.post("/v1/samples", &batch).by(&city.staff(Role::Sampler)).send().await.ok(200);
    let standings = async || {
        let seen = schedule(&city, &resident).await;
        [0, 1].map(|n| seen["items"][n]["standing"].clone())
    };
    assert_eq!(standings().await, ["sampled", "not-included"]);
    city.clock.advance_s(2 * 3_600);
    filled_tubes::post(&city, &[told(&city, 1, "ZZ-000001", "positive", 1)]).await.ok(200);
    assert_eq!(standings().await, ["resample", "resample"]);
}

#[tokio::test]
async fn whoever_is_given_the_reason_reads_why_while_the_closing_goes_on() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    let number = city.running(&notice()).await;
    city.clock.advance_s(2 * 86_400);
    city.step(number, "ask-to-close", Role::Headquarters).await.ok(200);
    assert_eq!(schedule(&city, &resident).await["items"][0]["declarable"], true);
    city.step(number, "approve-closing", Role::Approver).await.ok(200);
    let own = schedule(&city, &resident).await["items"][0].clone();
    assert!(own["missedZh"].is_null() && own["declarable"] == false, "{own}");
    let person = resident.person_id.parse().unwrap();
    let states = city.app.store.give_missed(1, vec![person], city.app.now()).await.unwrap();
    city.app.apply(&states[0]);
    let own = schedule(&city, &resident).await["items"][0].clone();
    assert!(own["missedZh"].as_str().unwrap().contains("黄码") && own["missedEn"].is_string(), "{own}");
}

#[tokio::test]
async fn the_nearest_points_are_those_of_the_community_then_of_the_street_then_of_the_district() {
    let city = zhengzhou(&[], |_| {}).await;
    let resident = register(&city, 1).await;
    city.running(&notice()).await;
    let street = u64::from(communities()[0].community.street);
    let other_street = 410_102_001;
    let add = async |name: &str, area: u64| {
        let point = json!({ "name": name, "kind": "fixed", "area": area, "address": "x" });
        city.post("/v1/sampling-points", &point).by(&city.staff(Role::Headquarters)).send().await.ok(201)
    };
    add("district", other_street).await;
    add("street", street).await;
    let own = add("community", code_of(1)).await;
    add("elsewhere", code_of(2)).await;
    city.app.follow_sampling_points().await.unwrap();
    let names = async || {
        let seen = schedule(&city, &resident).await;
        let points = seen["items"][0]["points"].as_array().unwrap().clone();
        points.iter().map(|point| point["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["community", "street", "district"]);
    let close = format!("/v1/sampling-points/{}/close", own["id"]);
    city.post(close, &json!({})).by(&city.staff(Role::Headquarters)).send().await.ok(200);
    city.clock.advance_s(15);
    city.app.follow_sampling_points().await.unwrap();
    assert_eq!(names().await, ["street", "district"]);
}
