//! What tests of sampling share: a device at a table, its rows, and the lab.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_model::test_result::{Method, Outcome};
use yimatong_server::clock::Clock as _;
use yimatong_store::NewTubeResult;

use crate::city::{City, staff_id};
use crate::client::Answer;
use crate::resident::{Resident, fields};

/// The n-th barcode of a tube.
pub(crate) fn tube(n: u32) -> String {
    format!("ZZ-{n:06}")
}

/// The n-th id.
pub(crate) fn id(n: u32) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// The n-th sample of somebody by the document, in a tube for ten of round 7, so many minutes ago.
pub(crate) fn sample(city: &City, n: u32, barcode: u32, resident: &Resident, minutes_ago: i64) -> Value {
    json!({
        "id": id(n), "tube": tube(barcode), "size": 10, "household": false, "campaign": 7,
        "person": { "document": fields(&resident.document) }, "source": "id-card",
        "sampled": minutes_before(city.clock.now(), minutes_ago).to_string(),
    })
}

pub(crate) fn minutes_before(now: Timestamp, minutes: i64) -> Timestamp {
    now - SignedDuration::from_mins(minutes)
}

/// The same row with a field changed.
pub(crate) fn with(mut row: Value, field: &str, value: impl Into<Value>) -> Value {
    row[field] = value.into();
    row
}

/// Sends rows of a device at the first point.
pub(crate) async fn send_from(city: &City, device: u32, rows: &[Value]) -> Answer {
    let body = json!({ "device": id(device), "pointId": 1, "samples": rows });
    city.post("/v1/samples", &body).by(&city.staff(Role::Sampler)).send().await
}

/// Sends rows of the first device.
pub(crate) async fn send(city: &City, rows: &[Value]) -> Answer {
    send_from(city, 1, rows).await
}

/// Status, flags and problem of every row, in words.
#[track_caller]
pub(crate) fn said(answer: &Answer) -> Vec<String> {
    let items = answer.ok(200)["items"].as_array().unwrap().clone();
    let words = |row: &Value| {
        let flags = row["flags"].as_array().into_iter().flatten().map(|flag| flag.as_str().unwrap());
        let problem = row["problem"].as_str();
        let all: Vec<&str> = row["status"].as_str().into_iter().chain(problem).chain(flags).collect();
        all.join(" ")
    };
    items.iter().map(words).collect()
}

/// Adds a sampling point of the first community; answers its number.
pub(crate) async fn add_point(city: &City, name: &str) -> u64 {
    let body = json!({
        "name": name, "kind": "fixed", "area": 610_113_001_001_u64, "address": "小寨路 1 号",
    });
    let added = city.post("/v1/sampling-points", &body).by(&city.staff(Role::Headquarters)).send().await;
    added.ok(201)["id"].as_u64().unwrap()
}

/// Reads a tube as a community worker.
pub(crate) async fn read_tube(city: &City, n: u32) -> Answer {
    let path = format!("/v1/tubes/{}?purpose=look", tube(n));
    city.get(path).by(&city.staff(Role::CommunityWorker)).send().await
}

/// The lab tells a tube's result, as its route does.
pub(crate) async fn tell_result(city: &City, n: u8, barcode: u32, outcome: Outcome) {
    let now = city.clock.now();
    let result = NewTubeResult {
        id: [n; 16],
        barcode: tube(barcode).parse().unwrap(),
        outcome,
        method: Method::Naat,
        received: now,
        reported: now,
        institution: 1,
        staff: staff_id(Role::Lab),
        amends: None,
        remark: None,
    };
    let rules = city.app.registry.rules().clone();
    let posted = city.app.store.post_tube_results(vec![result], rules, now).await.unwrap();
    for state in &posted.states {
        city.app.apply(state);
    }
}
