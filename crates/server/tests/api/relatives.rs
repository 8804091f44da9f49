//! Relatives: whom a holder may add, how many, and what happens to the code of one who is removed.

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::city::City;
use crate::client::{Answer, problem, refusal};
use crate::resident::{Device, Resident, born, fields, register, registration, resident, sign_in};
use crate::status_list::{gate_says, outcome};

const CHILD: Date = date(2018, 5, 1);

async fn add(city: &City, holder: &Resident, n: u32, birth: Date) -> Answer {
    let body = json!({ "document": fields(&born(n, birth)), "name": "王小明", "relation": "child" });
    city.post("/v1/relatives", &body).by(&holder.token).send().await
}

async fn list(city: &City, holder: &Resident) -> Vec<Value> {
    let list = city.get("/v1/relatives").by(&holder.token).send().await.ok(200);
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_childs_code_is_shown_by_the_holders_phone_and_gates_compare_the_document() {
    let city = City::new().await;
    let holder = register(&city, 1).await;
    let item = add(&city, &holder, 1, CHILD).await.ok(201);
    assert_eq!((&item["relation"], &item["code"]["kind"]), (&json!("child"), &json!("relative")));
    assert_eq!(list(&city, &holder).await, std::slice::from_ref(&item));
    let text = holder.device.shows(&item["code"], city.clock_s());
    let verdict = gate_says(&city, &text).await;
    assert_eq!((outcome(&verdict), &verdict["reasons"]), ("allow", &json!(["check-document"])));
    assert_eq!(verdict["kind"], "relative");
}

#[tokio::test]
async fn only_0_to_16_and_60_and_more_years_can_be_relatives() {
    let city = City::new().await;
    let holder = register(&city, 1).await;
    // Today is 23 November 2026: the day before the 17th and the day of the 60th birthday, and one day off each.
    for (n, birth, may) in [
        (1, date(2009, 11, 24), true),
        (2, date(2009, 11, 23), false),
        (3, date(1966, 11, 23), true),
        (4, date(1966, 11, 24), false),
    ] {
        let answer = add(&city, &holder, n, birth).await;
        if may {
            answer.ok(201);
        } else {
            assert_eq!(answer.problem(), problem(422, "age-not-eligible", "document.number"), "{birth}");
        }
    }
    assert_eq!(city.written().await.1, 3);
}

#[tokio::test]
async fn a_holder_has_at_most_eight_relatives() {
    let city = City::new().await;
    let holder = register(&city, 1).await;
    for n in 1..=8 {
        add(&city, &holder, n, CHILD).await.ok(201);
    }
    let answer = add(&city, &holder, 9, CHILD).await;
    assert_eq!(answer.refused(), refusal(409, "too-many-relatives"));
    assert_eq!((list(&city, &holder).await.len(), city.written().await.1), (8, 9));
}

#[tokio::test]
async fn a_relative_has_at_most_three_holders() {
    let city = City::new().await;
    for n in 1..=3 {
        let holder = register(&city, n).await;
        add(&city, &holder, 1, CHILD).await.ok(201);
    }
    let fourth = register(&city, 4).await;
    let answer = add(&city, &fourth, 1, CHILD).await;
    assert_eq!(answer.problem(), problem(409, "too-many-holders", "document.number"));
    assert_eq!(list(&city, &fourth).await.len(), 0);
}

#[tokio::test]
async fn a_relative_is_added_once_and_nobody_is_their_own() {
    let city = City::new().await;
    let holder = register(&city, 1).await;
    add(&city, &holder, 1, CHILD).await.ok(201);
    let answer = add(&city, &holder, 1, CHILD).await;
    assert_eq!(answer.problem(), problem(409, "already-linked", "document.number"));

    let document = born(7, date(1950, 1, 1));
    let device = Device::new();
    let mut body = registration(&city, 7, &device).await;
    body["document"] = fields(&document);
    let answer = city.post("/v1/people", &body).send().await;
    let elder = resident(&answer, device, String::new(), document);
    let body = json!({ "document": fields(&elder.document), "name": "王建国", "relation": "other" });
    let answer = city.post("/v1/relatives", &body).by(&elder.token).send().await;
    assert_eq!(answer.problem(), problem(422, "same-person", "document.number"));
}

#[tokio::test]
async fn a_relative_on_file_under_another_name_is_refused() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    add(&city, &first, 1, CHILD).await.ok(201);
    for (name, at) in [("李小明", "name"), ("测试不符", "name")] {
        let body = json!({ "document": fields(&born(1, CHILD)), "name": name, "relation": "child" });
        let answer = city.post("/v1/relatives", &body).by(&second.token).send().await;
        assert_eq!(answer.problem(), problem(403, "identity-mismatch", at));
    }
}

#[tokio::test]
async fn a_passport_tells_no_age_so_the_birth_date_is_asked_for() {
    let city = City::new().await;
    let holder = register(&city, 1).await;
    let mut body = json!({
        "document": { "kind": "passport", "number": "E87654321" }, "name": "LENA SCHMIDT", "relation": "child",
        "nationality": "DEU",
    });
    let answer = city.post("/v1/relatives", &body).by(&holder.token).send().await;
    let (status, kind, field) = answer.problem();
    assert_eq!((status, kind.as_str()), (422, "invalid-field"));
    assert_eq!(field, "birthDate", "the field to fill in is named");
    body["birthDate"] = "2020-01-31".into();
    city.post("/v1/relatives", &body).by(&holder.token).send().await.ok(201);
}

#[tokio::test]
async fn removing_a_relative_voids_the_code_and_leaves_the_person() {
    let city = City::new().await;
    let holder = register(&city, 1).await;
    let item = add(&city, &holder, 1, CHILD).await.ok(201);
    let path = format!("/v1/relatives/{}", item["personId"].as_str().unwrap());
    assert_eq!(city.delete(&path).by(&holder.token).send().await.status, 204);
    assert_eq!(list(&city, &holder).await.len(), 0);
    let text = holder.device.shows(&item["code"], city.clock_s());
    assert_eq!(gate_says(&city, &text).await["reasons"][0], "void");
    assert_eq!(city.delete(&path).by(&holder.token).send().await.refused(), refusal(404, "not-found"));
    assert_eq!(city.written().await.1, 2);
}

#[tokio::test]
async fn relatives_follow_the_holder_to_a_new_phone() {
    let city = City::new().await;
    let holder = register(&city, 1).await;
    add(&city, &holder, 1, CHILD).await.ok(201);
    city.clock.advance_s(60);
    let holder = sign_in(&city, &holder).await;
    let items = list(&city, &holder).await;
    let text = holder.device.shows(&items[0]["code"], city.clock_s());
    assert_eq!(outcome(&gate_says(&city, &text).await), "allow");
}
