//! Tubes: sealed, read with everybody in them, received; and samples that are undone.

use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_model::test_result::Outcome;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::{problem, refusal};
use crate::resident::{fields, register};
use crate::sampling::{add_point, id, read_tube, said, sample, send, tell_result, tube, with};

fn undo(n: u32, sample: u32) -> String {
    format!("/v1/tubes/{}/samples/{}/undo", tube(n), id(sample))
}

#[tokio::test]
async fn a_tube_tells_who_is_in_it_and_what_became_of_it_and_leaves_an_audit_row() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    add_point(&city, "小学操场").await;
    city.app.institutions.put(1, "西安第一核酸检测实验室");
    send(&city, &[sample(&city, 1, 1, &resident, 9)]).await.ok(200);
    let seal = json!({ "tubes": [{ "tube": tube(1), "sealed": city.clock.now().to_string() }] });
    let sampler = city.staff(Role::Sampler);
    let sealed = city.post("/v1/tubes/seal", &seal).by(&sampler).send().await;
    assert_eq!(said(&sealed), ["recorded"]);
    tell_result(&city, 9, 1, Outcome::Negative).await;
    let file = read_tube(&city, 1).await.ok(200);
    let now = city.clock.now().to_string();
    assert_eq!(file["samples"][0]["person"]["name"], "王*国");
    assert_eq!(file["samples"][0]["person"]["communityName"], "小寨路街道第1社区");
    assert_eq!(file["results"][0]["institution"], "西安第一核酸检测实验室");
    assert_eq!(file["results"][0]["id"], "09090909-0909-0909-0909-090909090909");
    for (field, value) in [
        ("tube", json!(tube(1))),
        ("size", json!(10)),
        ("household", json!(false)),
        ("campaign", json!(7)),
        ("pointName", json!("小学操场")),
        ("sealed", json!(now)),
        ("received", json!(now)),
        ("people", json!(1)),
        ("flags", json!([])),
    ] {
        assert_eq!(file[field], value, "{field}");
    }
    let audit = city.get("/v1/audit").by(&city.staff(Role::Auditor)).send().await.ok(200);
    let last = audit["items"].as_array().unwrap().iter().find(|row| row["action"] == "read-tube").unwrap();
    assert_eq!(last["purpose"], format!("{}: look", tube(1)));
}

#[tokio::test]
async fn a_tube_that_nobody_told_of_or_that_is_asked_for_without_a_purpose_is_not_shown() {
    let city = City::new().await;
    assert_eq!(read_tube(&city, 1).await.refused(), refusal(404, "not-found"));
    let lab = city.staff(Role::Lab);
    let answer = city.get(format!("/v1/tubes/{}?purpose=", tube(1))).by(&lab).send().await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "purpose"));
    let answer = city.get("/v1/tubes/AAAAAAA?purpose=x").by(&lab).send().await;
    assert_eq!(answer.problem(), problem(400, "invalid-parameter", "barcode"));
}

#[tokio::test]
async fn seals_are_told_row_by_row() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    send(&city, &[sample(&city, 1, 1, &resident, 9)]).await.ok(200);
    let now = city.clock.now().to_string();
    let row = |code: String, at: &str| json!({ "tube": code, "sealed": at });
    let rows = [
        row(tube(1), &now),
        row(tube(1), &now),
        row(tube(2), &now),
        row("x".to_owned(), &now),
        row(tube(1), "then"),
    ];
    let answer = city.post("/v1/tubes/seal", &json!({ "tubes": rows })).by(&city.staff(Role::Sampler));
    let answer = answer.send().await;
    let field = "rejected invalid-field";
    assert_eq!(said(&answer), ["recorded", "duplicate", "rejected unknown-tube", field, field]);
    let items = answer.json();
    assert_eq!((&items["items"][2]["id"], &items["items"][3]["id"]), (&json!(tube(2)), &json!("x")));
    assert!(!items["items"][2]["detailZh"].as_str().unwrap().is_ascii());
}

#[tokio::test]
async fn a_sample_is_undone_with_a_remark_until_there_is_a_result() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    let rows = [sample(&city, 1, 1, &first, 9), sample(&city, 2, 1, &second, 8)];
    send(&city, &rows).await.ok(200);
    let sampler = city.staff(Role::Sampler);
    let post = async |path: String, remark: &str| {
        city.post(path, &json!({ "remark": remark })).by(&sampler).send().await
    };
    assert_eq!(post(undo(1, 1), " ").await.problem(), problem(422, "invalid-field", "remark"));
    for _ in 0..2 {
        assert_eq!(post(undo(1, 1), "wrong person").await.status, 204, "the same again is fine");
    }
    let asked = json!({ "campaign": 7, "person": { "document": fields(&first.document) } });
    let standing = city.post("/v1/samples/check", &asked).by(&sampler).send().await.ok(200);
    assert_eq!(standing["standing"], "open");
    assert_eq!(read_tube(&city, 1).await.ok(200)["people"], 1);
    assert_eq!(post(undo(1, 7), "x").await.refused(), refusal(404, "not-found"));
    assert_eq!(post(undo(7, 1), "x").await.refused(), refusal(404, "not-found"));
    let no_id = format!("/v1/tubes/{}/samples/1/undo", tube(1));
    assert_eq!(post(no_id, "x").await.problem(), problem(400, "invalid-parameter", "id"));
    tell_result(&city, 1, 1, Outcome::Negative).await;
    assert_eq!(post(undo(1, 2), "too late").await.refused(), refusal(409, "has-result"));
}

#[tokio::test]
async fn tubes_are_received_once_and_what_is_late_is_listed_with_who_has_it() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    add_point(&city, "小学操场").await;
    send(&city, &[with(sample(&city, 1, 1, &resident, 30), "campaign", Value::Null)]).await.ok(200);
    let late = async |kind: &str, hours: u32| {
        let path = format!("/v1/tubes/overdue?kind={kind}&hours={hours}");
        city.get(path).by(&city.staff(Role::Headquarters)).send().await.ok(200)["items"].clone()
    };
    assert_eq!(late("unpacked", 1).await, json!([]));
    let unpacked = late("unpacked", 0).await;
    assert_eq!(unpacked[0]["owner"], json!({ "kind": "point", "name": "小学操场" }));
    assert_eq!((&unpacked[0]["ageS"], &unpacked[0]["people"]), (&json!(1_800), &json!(1)));
    let lab = city.staff(Role::Lab);
    let body = json!({ "tubes": [tube(1), tube(1), tube(2), "?"] });
    let received = city.post("/v1/tubes/receive", &body).by(&lab).send().await;
    assert_eq!(said(&received), ["recorded", "duplicate", "recorded", "rejected invalid-field"]);
    city.clock.advance_s(3_000);
    for (kind, count) in [("unpacked", 0), ("in-transit", 0), ("without-result", 2), ("received-unsent", 2)] {
        let listed = late(kind, 0).await;
        assert_eq!(listed.as_array().unwrap().len(), count, "{kind}");
        if count > 0 {
            assert_eq!(listed[0]["owner"], json!({ "kind": "lab", "name": "lab" }));
            assert_eq!(listed[0]["ageS"], 3_000);
        }
    }
    for (asked, field) in [("", "kind"), ("?kind=lost", "kind"), ("?kind=unpacked&hours=169", "hours")] {
        let answer = city.get(format!("/v1/tubes/overdue{asked}")).by(&lab).send().await;
        assert_eq!(answer.status, 400, "{asked}");
        assert!(answer.text().contains(field), "{}", answer.text());
    }
}
