//! Samples: told by devices in batches, maybe hours later, each counted once; and the look at the table before the swab.

use serde_json::{Value, json};
use yimatong_model::document::{Document, DocumentKind};
use yimatong_model::role::Role;
use yimatong_model::test_result::Outcome;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::problem;
use crate::resident::{adult, fields, register};
use crate::sampling::{
    add_point, id, minutes_before, read_tube, said, sample, send, send_from, tell_result, tube, with,
};

/// The subject of a resident's code, as a device reads it.
async fn subject(city: &City, document: &Document) -> String {
    let check = json!({ "document": fields(document), "purpose": "look" });
    let check = city.post("/v1/checks", &check).by(&city.staff(Role::Verifier)).send().await.ok(200);
    check["subject"].as_str().unwrap().to_owned()
}

async fn check(city: &City, body: Value) -> Value {
    city.post("/v1/samples/check", &body).by(&city.staff(Role::Sampler)).send().await.ok(200)
}

#[tokio::test]
async fn a_batch_sent_twice_is_recorded_once_and_the_round_is_known_at_once() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    let by_code = with(
        sample(&city, 2, 1, &second, 1),
        "person",
        json!({ "subject": subject(&city, &second.document).await }),
    );
    let rows = [sample(&city, 1, 1, &first, 2), with(by_code, "source", "code")];
    assert_eq!(said(&send(&city, &rows).await), ["recorded", "recorded"]);
    let before = city.store_calls();
    let open =
        check(&city, json!({ "campaign": 8, "person": { "document": fields(&first.document) } })).await;
    let sampled =
        check(&city, json!({ "campaign": 7, "person": { "document": fields(&first.document) } })).await;
    assert_eq!(city.store_calls(), before, "from memory");
    assert_eq!((&open["standing"], &sampled["standing"]), (&json!("open"), &json!("sampled")));
    assert_eq!(said(&send(&city, &rows).await), ["duplicate", "duplicate"]);
    let file = read_tube(&city, 1).await.ok(200);
    assert_eq!((&file["people"], file["samples"].as_array().unwrap().len()), (&json!(2), 2));
}

#[tokio::test]
async fn what_is_odd_is_recorded_and_said_at_the_table() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    let single = |row: Value| with(row, "size", 1);
    let rows = [
        single(sample(&city, 1, 1, &first, 5)),
        single(sample(&city, 2, 1, &second, 4)),
        sample(&city, 3, 2, &first, 3),
        with(
            sample(&city, 4, 2, &second, 2),
            "person",
            json!({ "document": fields(&second.document), "name": "李四" }),
        ),
    ];
    let answer = send(&city, &rows).await;
    let expected = [
        "recorded",
        "recorded tube-over",
        "recorded already-sampled",
        "recorded already-sampled name-differs",
    ];
    assert_eq!(said(&answer), expected);
    let other_device = send_from(&city, 2, &[sample(&city, 5, 2, &first, 1)]).await;
    assert_eq!(said(&other_device), ["recorded already-sampled barcode-used"]);
}

#[tokio::test]
async fn each_bad_row_says_why_in_both_languages_and_the_good_ones_are_recorded() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let row = |n| sample(&city, n, n, &resident, 1);
    let person = |n, person: Value| with(row(n), "person", person);
    let at = |minutes| minutes_before(city.clock.now(), minutes).to_string();
    let nobody = fields(&adult(9));
    let rows = [
        row(1),
        with(row(2), "id", "2"),
        with(row(3), "tube", "A"),
        with(row(4), "tube", resident.document.number()),
        with(row(5), "size", 3),
        with(row(6), "sampled", "now"),
        with(row(7), "undone", "later"),
        with(row(8), "sampled", at(-6)),
        with(row(9), "sampled", at(15 * 24 * 60)),
        person(10, json!({ "subject": "x" })),
        person(11, json!({})),
        person(12, json!({ "subject": "x", "document": fields(&resident.document) })),
        person(13, json!({ "document": { "kind": "resident-id", "number": "1" } })),
        person(14, json!({ "document": nobody })),
        person(15, json!({ "document": nobody, "name": "1" })),
        person(16, json!({ "document": nobody, "name": "张三" })),
        with(sample(&city, 1, 1, &resident, 9), "source", "typed"),
    ];
    let answer = send(&city, &rows).await;
    let items = answer.ok(200)["items"].as_array().unwrap().clone();
    let expected = [
        "",
        "id: ",
        "tube: ",
        "tube: ",
        "size: ",
        "sampled: ",
        "undone: ",
        "in-future",
        "sampled-too-long-ago",
        "subject: ",
        "person: ",
        "person: ",
        "document.number: ",
        "name-needed",
        "name: ",
        "",
        "id-reused",
    ];
    for (item, expected) in items.iter().zip(expected) {
        if expected.is_empty() {
            assert_eq!(item["status"], "recorded", "{item}");
            continue;
        }
        assert_eq!(item["status"], "rejected");
        let detail = item["detail"].as_str().unwrap();
        assert!(item["problem"] == expected || detail.starts_with(expected), "{expected}: {item}");
        assert!(!item["detailZh"].as_str().unwrap().is_ascii(), "{item}");
    }
    assert_eq!(items.len(), expected.len());
    let new = city.person(&adult(9)).await.unwrap();
    assert!(city.app.registry.has_round(new, 7), "who was registered at the table is known here at once");
}

#[tokio::test]
async fn a_batch_of_the_wrong_shape_or_size_is_refused_as_a_whole() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let written = city.written().await;
    assert_eq!(send(&city, &[]).await.problem(), problem(422, "invalid-field", "samples"));
    let many: Vec<Value> = (0..1_001).map(|n| sample(&city, n, n, &resident, 1)).collect();
    assert_eq!(send(&city, &many).await.problem(), problem(422, "invalid-field", "samples"));
    let unknown = [sample(&city, 1, 1, &resident, 1), with(sample(&city, 2, 1, &resident, 1), "source", "x")];
    let answer = send(&city, &unknown).await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "samples[1].source"));
    let body = json!({ "device": "1", "pointId": 1, "samples": [sample(&city, 1, 1, &resident, 1)] });
    let answer = city.post("/v1/samples", &body).by(&city.staff(Role::Sampler)).send().await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "device"));
    assert_eq!(city.written().await, written);
    assert_eq!(said(&send(&city, &many[..1_000]).await).len(), 1_000);
}

#[tokio::test]
async fn what_was_undone_on_the_device_ends_undone_whichever_comes_first() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let row = sample(&city, 1, 1, &resident, 9);
    let undone = with(row.clone(), "undone", minutes_before(city.clock.now(), 5).to_string());
    assert_eq!(said(&send(&city, std::slice::from_ref(&row)).await), ["recorded"]);
    assert_eq!(said(&send(&city, &[undone]).await), ["recorded"]);
    assert_eq!(said(&send(&city, &[row]).await), ["duplicate"]);
    let standing =
        check(&city, json!({ "campaign": 7, "person": { "document": fields(&resident.document) } })).await;
    assert_eq!(standing["standing"], "open", "the node knows it at once");
    let kept = read_tube(&city, 1).await.ok(200);
    assert_eq!(kept["people"], 0);
    assert_eq!(kept["samples"][0]["undoneBy"]["name"], "sampler");
}

#[tokio::test]
async fn the_look_before_the_swab_tells_who_it_is_and_whether_a_single_tube_is_needed() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let by_document = json!({ "person": { "document": fields(&resident.document) } });
    let known = check(&city, by_document.clone()).await;
    let expected = json!({
        "known": true, "name": "王*国", "documentTail": resident.document.tail(), "colour": "green",
        "standing": "none", "needsSingle": false,
    });
    assert_eq!(known, expected);
    let subject = subject(&city, &resident.document).await;
    assert_eq!(check(&city, json!({ "person": { "subject": subject } })).await, expected);
    let nobody = check(&city, json!({ "campaign": 7, "person": { "document": fields(&adult(9)) } })).await;
    assert_eq!(nobody, json!({ "known": false, "standing": "open", "needsSingle": false }));
    send(&city, &[sample(&city, 1, 1, &resident, 1)]).await.ok(200);
    tell_result(&city, 1, 1, Outcome::Positive).await;
    let yellow = check(&city, by_document).await;
    assert_eq!((&yellow["colour"], &yellow["needsSingle"]), (&json!("yellow"), &json!(true)));
    let passport =
        Document::parse(DocumentKind::Passport, "E12345678", jiff::civil::date(2026, 1, 1)).unwrap();
    let answer = check(&city, json!({ "person": { "document": fields(&passport) } })).await;
    assert_eq!(answer["known"], false);
    let bad = city.post("/v1/samples/check", &json!({ "person": {} })).by(&city.staff(Role::Sampler)).send();
    assert_eq!(bad.await.problem(), problem(422, "invalid-field", "person"));
}

#[tokio::test]
async fn who_was_sampled_at_another_node_is_known_here_after_the_feed() {
    let city = City::new().await;
    let other = city.node().await;
    let resident = register(&city, 1).await;
    send(&city, &[sample(&city, 1, 1, &resident, 1)]).await.ok(200);
    let asked = json!({ "campaign": 7, "person": { "document": fields(&resident.document) } });
    let there = check(&other, asked).await;
    assert_eq!((&there["known"], &there["standing"]), (&json!(true), &json!("sampled")));
}

#[tokio::test]
async fn residents_see_their_own_samples_newest_first_with_the_place() {
    let city = City::new().await;
    let (resident, other) = (register(&city, 1).await, register(&city, 2).await);
    add_point(&city, "小学操场").await;
    let rows = [
        sample(&city, 1, 1, &resident, 30),
        with(sample(&city, 2, 2, &resident, 20), "undone", city.clock.now().to_string()),
        sample(&city, 3, 1, &other, 10),
    ];
    send(&city, &rows).await.ok(200);
    let first = city.get("/v1/samples?limit=1").by(&resident.token).send().await.ok(200);
    assert_eq!((&first["items"][0]["id"], &first["items"][0]["tube"]), (&json!(id(2)), &json!(tube(2))));
    assert!(first["items"][0]["undone"].is_string());
    let path = format!("/v1/samples?cursor={}", first["nextCursor"].as_str().unwrap());
    let second = city.get(path).by(&resident.token).send().await.ok(200);
    let expected = json!({ "items": [{
        "id": id(1), "sampled": minutes_before(city.clock.now(), 30).to_string(), "tube": tube(1), "size": 10,
        "campaign": 7, "pointName": "小学操场",
    }] });
    assert_eq!(second, expected);
}
