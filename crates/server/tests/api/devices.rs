//! Devices: signing in on another phone ends the code of the first.

use serde_json::json;

use crate::city::City;
use crate::client::{problem, refusal};
use crate::resident::{Device, one_time_password, phone, register, sign_in};
use crate::status_list::{gate_says, outcome};

#[tokio::test]
async fn signing_in_on_another_device_voids_the_code_of_the_first() {
    let city = City::new().await;
    let first = register(&city, 1).await;
    let on_screen = first.shows(&city);
    assert_eq!(outcome(&gate_says(&city, &on_screen).await), "allow");

    city.clock.advance_s(60);
    let second = sign_in(&city, &first).await;
    assert_eq!(second.person_id, first.person_id);
    let answer = city.get("/v1/code").by(&first.token).send().await;
    assert_eq!(answer.refused(), refusal(401, "session-expired"));
    assert_eq!(second.code(&city).await["colour"], "green");

    let verdict = gate_says(&city, &first.shows(&city)).await;
    assert_eq!((&verdict["outcome"], &verdict["reasons"]), (&json!("refuse"), &json!(["void"])));
    assert_eq!(outcome(&gate_says(&city, &second.shows(&city)).await), "allow");
}

#[tokio::test]
async fn signing_out_voids_the_code_and_ends_the_session() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    assert_eq!(city.delete("/v1/session").by(&resident.token).send().await.status, 204);
    let answer = city.delete("/v1/session").by(&resident.token).send().await;
    assert_eq!(answer.refused(), refusal(401, "session-expired"));
    let verdict = gate_says(&city, &resident.shows(&city)).await;
    assert_eq!(verdict["reasons"], json!(["void"]));
}

#[tokio::test]
async fn the_tail_of_the_document_must_fit_when_it_is_given() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    for (tail, wanted) in [("0000", 422), (resident.document.tail(), 201)] {
        city.clock.advance_s(60);
        let password = one_time_password(&city, &resident.phone).await;
        let body = json!({
            "phone": resident.phone, "oneTimePassword": password, "documentTail": tail,
            "devicePublicKey": Device::new().jwk(),
        });
        let answer = city.post("/v1/devices", &body).send().await;
        assert_eq!(answer.status, wanted, "{}", answer.text());
        if wanted == 422 {
            assert_eq!(answer.problem(), problem(422, "invalid-field", "documentTail"));
        }
    }
}

#[tokio::test]
async fn a_phone_nobody_registered_can_sign_nobody_in() {
    let city = City::new().await;
    let password = one_time_password(&city, &phone(9)).await;
    let body =
        json!({ "phone": phone(9), "oneTimePassword": password, "devicePublicKey": Device::new().jwk() });
    let answer = city.post("/v1/devices", &body).send().await;
    assert_eq!(answer.refused(), refusal(404, "not-registered"));
}
