//! Boxes: packed, handed to a courier, received; and what is missing then.

use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::{Answer, problem, refusal};
use crate::sampling::{add_point, tube};

const BOX: &str = "BOX-0001";

async fn pack(city: &City, tubes: &[String]) -> Answer {
    let body = json!({ "box": BOX, "pointId": 1, "tubes": tubes });
    city.post("/v1/boxes", &body).by(&city.staff(Role::Sampler)).send().await
}

async fn hand_over(city: &City, in_box: &str, courier: &str) -> Answer {
    let body = json!({ "courier": courier });
    city.post(format!("/v1/boxes/{in_box}/hand-over"), &body).by(&city.staff(Role::Sampler)).send().await
}

async fn receive(city: &City) -> Value {
    city.call("POST", format!("/v1/boxes/{BOX}/receive")).by(&city.staff(Role::Lab)).send().await.ok(200)
}

#[tokio::test]
async fn a_box_goes_from_the_point_over_the_courier_to_the_lab_which_is_told_what_is_missing() {
    let city = City::new().await;
    add_point(&city, "小学操场").await;
    let packed = pack(&city, &[tube(1), tube(2)]).await.ok(200);
    let now = city.clock.now().to_string();
    let expected = json!({
        "box": BOX, "pointId": 1, "pointName": "小学操场", "packed": now,
        "packedBy": { "staffId": 2, "name": "sampler", "at": now },
    });
    assert_eq!(packed, expected);
    city.clock.advance_s(60);
    let carried = hand_over(&city, &BOX.to_lowercase(), " 李师傅 ").await.ok(200);
    assert_eq!(carried["courier"], "李师傅");
    assert_eq!(carried["handedOver"], city.clock.now().to_string());
    city.clock.advance_s(5 * 3_600);
    let late = city.get("/v1/tubes/overdue?kind=in-transit").by(&city.staff(Role::Lab)).send().await.ok(200);
    assert_eq!(late["items"][0]["owner"], json!({ "kind": "courier", "name": "李师傅" }));
    assert_eq!(late["items"][0]["box"], BOX);
    let body = json!({ "box": BOX, "tubes": [tube(1), tube(3)] });
    city.post("/v1/tubes/receive", &body).by(&city.staff(Role::Lab)).send().await.ok(200);
    let received = receive(&city).await;
    assert_eq!((&received["missing"], &received["unsent"]), (&json!([tube(2)]), &json!([tube(3)])));
    assert_eq!(received["receivedBy"]["name"], "lab");
    let body = json!({ "tubes": [tube(2)] });
    city.post("/v1/tubes/receive", &body).by(&city.staff(Role::Lab)).send().await.ok(200);
    assert_eq!(receive(&city).await["missing"], json!([]), "asked again it says how it is now");
}

#[tokio::test]
async fn what_can_not_be_packed_or_handed_over_is_refused_by_its_field() {
    let city = City::new().await;
    assert_eq!(pack(&city, &[]).await.problem(), problem(422, "invalid-field", "tubes"));
    let answer = pack(&city, &[tube(1), "?".to_owned()]).await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "tubes[1]"));
    assert_eq!(
        hand_over(&city, BOX, "李师傅").await.refused(),
        refusal(404, "not-found"),
        "nothing was packed"
    );
    pack(&city, &[tube(1)]).await.ok(200);
    assert_eq!(hand_over(&city, BOX, " ").await.problem(), problem(422, "invalid-field", "courier"));
    let answer = hand_over(&city, "AAAAAAA", "李师傅").await;
    assert_eq!(answer.problem(), problem(400, "invalid-parameter", "box"));
}
