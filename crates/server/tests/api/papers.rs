//! Paper codes: for the holder, a relative, or by a community worker for someone without a phone.

use jiff::civil::date;
use serde_json::json;
use yimatong_model::role::Role;

use crate::city::City;
use crate::client::{problem, refusal};
use crate::resident::{born, fields, register};
use crate::status_list::{gate_says, outcome};

#[tokio::test]
async fn a_paper_code_is_good_for_seven_days_and_the_gate_compares_the_document() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let paper = city.post("/v1/paper-codes", &json!({})).by(&resident.token).send().await.ok(201);
    assert_eq!((&paper["name"], &paper["colour"]), (&json!("王*国"), &json!("green")));
    assert_eq!(paper["city"], 610_100);
    let text = paper["text"].as_str().unwrap();
    let verdict = gate_says(&city, text).await;
    assert_eq!((outcome(&verdict), &verdict["reasons"]), ("allow", &json!(["check-document"])));
    city.clock.advance_s(7 * 86_400 - 1);
    assert_eq!(outcome(&gate_says(&city, text).await), "allow");
    city.clock.advance_s(1);
    assert_eq!(gate_says(&city, text).await["reasons"][0], "expired");
}

#[tokio::test]
async fn a_new_sheet_voids_the_one_before() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let first = city.post("/v1/paper-codes", &json!({})).by(&resident.token).send().await.ok(201);
    let second = city.post("/v1/paper-codes", &json!({})).by(&resident.token).send().await.ok(201);
    assert_eq!(gate_says(&city, first["text"].as_str().unwrap()).await["reasons"][0], "void");
    assert_eq!(outcome(&gate_says(&city, second["text"].as_str().unwrap()).await), "allow");
    // The phone's own code is not touched.
    assert_eq!(outcome(&gate_says(&city, &resident.shows(&city)).await), "allow");
}

#[tokio::test]
async fn a_holder_prints_for_relatives_and_for_nobody_else() {
    let city = City::new().await;
    let (holder, stranger) = (register(&city, 1).await, register(&city, 2).await);
    let child = json!({
        "document": fields(&born(1, date(2018, 5, 1))), "name": "王小明", "relation": "child",
    });
    let child = city.post("/v1/relatives", &child).by(&holder.token).send().await.ok(201);
    let body = json!({ "personId": child["personId"] });
    let paper = city.post("/v1/paper-codes", &body).by(&holder.token).send().await.ok(201);
    assert_eq!(paper["name"], "王*明");
    for body in [body, json!({ "personId": "1" }), json!({ "personId": holder.person_id })] {
        let answer = city.post("/v1/paper-codes", &body).by(&stranger.token).send().await;
        assert_eq!(answer.problem(), problem(422, "invalid-field", "personId"));
    }
}

#[tokio::test]
async fn a_community_worker_prints_with_a_purpose_and_leaves_an_audit_row() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let worker = city.staff(Role::CommunityWorker);
    let path = format!("/v1/people/{}/paper-codes", resident.person_id);
    let refused = city.post(&path, &json!({ "purpose": " " })).by(&worker).send().await;
    assert_eq!(refused.problem(), problem(422, "invalid-field", "purpose"));
    let paper = city.post(&path, &json!({ "purpose": "没有手机" })).by(&worker).send().await.ok(201);
    assert_eq!(outcome(&gate_says(&city, paper["text"].as_str().unwrap()).await), "allow");
    let audit = city.get("/v1/audit").by(&city.staff(Role::Auditor)).send().await.ok(200);
    let row = &audit["items"][0];
    assert_eq!((&row["action"], &row["purpose"]), (&json!("issue-paper-code"), &json!("没有手机")));
    assert_eq!(
        (&row["subjectId"], &row["staffName"]),
        (&json!(resident.person_id), &json!("community-worker"))
    );
    assert_eq!(audit["items"].as_array().unwrap().len(), 1, "a refusal wrote nothing");
    let nobody = city.post("/v1/people/1/paper-codes", &json!({ "purpose": "x" })).by(&worker).send().await;
    assert_eq!(nobody.refused(), refusal(404, "not-registered"));
}
