//! Test results: a lab posts them, colours follow, and gates know within the next status list.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yimatong_model::document::Document;
use yimatong_model::role::Role;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::{Answer, problem};
use crate::resident::{adult, fields, register};
use crate::status_list::{gate_says, outcome};

/// A row sampled, received and reported so many hours ago, give or take two.
pub(crate) fn row(
    now: Timestamp,
    n: u32,
    document: &Document,
    hours_ago: i64,
    outcome: &str,
    tube: &str,
) -> Value {
    let at = |hours| (now - SignedDuration::from_hours(hours)).to_string();
    json!({
        "id": format!("00000000-0000-4000-8000-{n:012}"), "document": fields(document),
        "sampled": at(hours_ago + 2), "received": at(hours_ago + 1), "reported": at(hours_ago),
        "outcome": outcome, "tube": tube, "method": "naat", "institution": "西安第一核酸检测实验室",
    })
}

/// Posts rows as the lab.
pub(crate) async fn post(city: &City, rows: &[Value]) -> Answer {
    city.post("/v1/test-results", &json!({ "results": rows })).by(&city.staff(Role::Lab)).send().await
}

fn statuses(answer: &Answer) -> Vec<String> {
    let rows = answer.ok(200);
    rows["items"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_pooled_positive_turns_yellow_with_a_reason_and_a_negative_single_brings_green_back() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let on_screen = resident.shows(&city);
    let now = city.clock.now();
    let before = city.get("/v1/code").by(&resident.token).send().await.header("etag").unwrap().to_owned();

    let positive = post(&city, &[row(now, 1, &resident.document, 1, "positive", "pooled")]).await;
    assert_eq!(statuses(&positive), ["recorded"]);
    let answer = city.get("/v1/code").by(&resident.token).header("if-none-match", &before).send().await;
    let code = answer.ok(200);
    assert_eq!(code["colour"], "yellow");
    let reason = &code["reasons"][0];
    assert_eq!((&reason["code"], &reason["colour"]), (&json!("pooled-positive"), &json!("yellow")));
    for text in ["textZh", "textEn", "basisZh", "basisEn", "wayBackZh", "wayBackEn", "since"] {
        assert!(!reason[text].as_str().unwrap().is_empty(), "{text}");
    }
    assert_eq!((&code["test"]["outcome"], &code["test"]["tube"]), (&json!("positive"), &json!("pooled")));
    let verdict = gate_says(&city, &on_screen).await;
    assert_eq!((&verdict["outcome"], &verdict["reasons"]), (&json!("refuse"), &json!(["colour-yellow"])));
    assert_eq!(verdict["colourSource"], "status-list");

    city.clock.advance_s(4 * 3_600);
    let now = city.clock.now();
    let negative = post(&city, &[row(now, 2, &resident.document, 0, "negative", "single")]).await;
    assert_eq!(statuses(&negative), ["recorded"]);
    let code = resident.code(&city).await;
    assert_eq!((&code["colour"], &code["reasons"]), (&json!("green"), &json!([])));
    assert_eq!(code["test"]["badge"], "within-24h");
    let shown = resident.device.shows(&code, city.clock_s());
    assert_eq!(outcome(&gate_says(&city, &shown).await), "allow");
}

#[tokio::test]
async fn rows_are_posted_once_and_an_id_is_not_used_for_something_else() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let now = city.clock.now();
    let first = row(now, 1, &resident.document, 1, "negative", "single");
    assert_eq!(statuses(&post(&city, std::slice::from_ref(&first)).await), ["recorded"]);
    let written = city.written().await;
    let other = row(now, 1, &resident.document, 1, "positive", "single");
    let answer = post(&city, &[first.clone(), first, other]).await;
    assert_eq!(statuses(&answer), ["duplicate", "duplicate", "rejected"]);
    assert_eq!(answer.json()["items"][2]["problem"], "id-reused");
    assert_eq!(city.written().await, written);
    let history = city.get("/v1/results").by(&resident.token).send().await.ok(200);
    assert_eq!(history["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn bad_rows_are_refused_one_by_one_and_the_good_ones_stay() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let now = city.clock.now();
    let good = |n| row(now, n, &resident.document, 1, "negative", "single");
    let with = |n, field: &str, value: Value| {
        let mut row = good(n);
        row[field] = value;
        row
    };
    let late = (now + SignedDuration::from_mins(10)).to_string();
    let rows = [
        good(1),
        with(2, "id", "not-a-uuid".into()),
        with(3, "document", json!({ "kind": "resident-id", "number": "610113198001010011" })),
        with(4, "document", fields(&adult(9))),
        with(5, "sampled", "yesterday".into()),
        with(6, "received", "2020-01-01T00:00:00Z".into()),
        with(7, "reported", late.into()),
        with(8, "institution", "  ".into()),
        with(9, "sampled", "-009999-01-02T02:00:00Z".into()),
        with(10, "reported", "9999-12-30T22:00:00Z".into()),
        with(11, "sampled", "2026-11-22T20:00:00".into()),
        good(12),
    ];
    let answer = post(&city, &rows).await;
    let items = answer.ok(200);
    let said: Vec<(&str, &str)> = items["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["problem"].as_str().unwrap_or(""), row["detail"].as_str().unwrap_or("")))
        .collect();
    let problems: Vec<&str> = said.iter().map(|(problem, _)| *problem).collect();
    let field = "invalid-field";
    assert_eq!(
        problems[..8],
        ["", field, field, "unknown-person", field, "times-out-of-order", "in-future", field]
    );
    assert_eq!((problems[9], problems[10], problems[11]), ("in-future", field, ""));
    for (place, name) in
        [(1, "id"), (2, "document.number"), (4, "sampled"), (7, "institution"), (10, "sampled")]
    {
        assert!(said[place].1.starts_with(&format!("{name}: ")), "{:?}", said[place]);
    }
    let history = city.get("/v1/results").by(&resident.token).send().await.ok(200);
    let kept = history["items"].as_array().unwrap().len();
    assert_eq!(kept, problems.iter().filter(|problem| problem.is_empty()).count());
}

#[tokio::test]
async fn a_batch_has_1_to_1000_rows() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let now = city.clock.now();
    let rows: Vec<Value> =
        (0..1_001).map(|n| row(now, n, &resident.document, 1, "negative", "single")).collect();
    assert_eq!(post(&city, &[]).await.problem(), problem(422, "invalid-field", "results"));
    assert_eq!(post(&city, &rows).await.problem(), problem(422, "invalid-field", "results"));
    assert_eq!(statuses(&post(&city, &rows[..1_000]).await).len(), 1_000);
}

#[tokio::test]
async fn the_history_comes_in_pages_newest_first() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let now = city.clock.now();
    let rows: Vec<Value> =
        (0..5).map(|n| row(now, n, &resident.document, i64::from(n) * 24, "negative", "single")).collect();
    post(&city, &rows).await.ok(200);
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = city.get(format!("/v1/results?limit=2{cursor}")).by(&resident.token).send().await.ok(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["sampled"].clone()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let sampled: Vec<Value> = rows.iter().map(|row| row["sampled"].clone()).collect();
    assert_eq!(seen, sampled);
}

#[tokio::test]
async fn the_badge_of_a_test_follows_the_clock() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let now = city.clock.now();
    post(&city, &[row(now, 1, &resident.document, 0, "negative", "single")]).await.ok(200);
    // Sampled two hours ago, and the rules count from the sample.
    for (wait_s, badge) in
        [(22 * 3_600, "within-24h"), (1, "within-48h"), (24 * 3_600, "within-72h"), (24 * 3_600, "older")]
    {
        city.clock.advance_s(wait_s);
        assert_eq!(resident.code(&city).await["test"]["badge"], badge);
    }
}
