//! Showing the code: from memory, with an entity tag, and without a single call of the store.

use serde_json::json;
use yimatong_model::role::Role;

use crate::city::City;
use crate::client::Answer;
use crate::resident::{Resident, register};

pub(crate) async fn show(city: &City, resident: &Resident, etag: Option<&str>) -> Answer {
    let call = city.get("/v1/code").by(&resident.token);
    let call = if let Some(etag) = etag { call.header("if-none-match", etag) } else { call };
    call.send().await
}

#[tokio::test]
async fn showing_and_checking_make_no_call_of_the_store() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let before = city.store_calls();

    let shown = show(&city, &resident, None).await;
    let etag = shown.header("etag").unwrap().to_owned();
    shown.ok(200);
    assert_eq!(show(&city, &resident, Some(&etag)).await.status, 304);
    city.clock.advance_s(13 * 3_600);
    show(&city, &resident, Some(&etag)).await.ok(200);
    let verifier = city.staff(Role::Verifier);
    let text = json!({ "text": resident.shows(&city), "venueId": 1 });
    city.post("/v1/checks", &text).by(&verifier).send().await.ok(200);
    city.get("/v1/relatives").by(&resident.token).send().await.ok(200);
    for path in ["/v1/status-lists/0", "/.well-known/jwks.json", "/v1/server", "/v1/staff/me", "/readyz"] {
        assert_eq!(city.get(path).by(&verifier).send().await.status, 200, "{path}");
    }

    assert_eq!(city.store_calls(), before);
}

#[tokio::test]
async fn an_unchanged_code_is_not_sent_again() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let first = show(&city, &resident, None).await;
    let etag = first.header("etag").unwrap().to_owned();
    assert!(first.header("cache-control").unwrap().contains("private"));
    city.clock.advance_s(3_600);
    let again = show(&city, &resident, Some(&etag)).await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(etag.as_str())));
    assert_eq!(show(&city, &resident, Some("\"other\"")).await.status, 200);
}

#[tokio::test]
async fn the_credential_is_signed_anew_after_half_its_life() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    city.clock.advance_s(12 * 3_600 - 1);
    assert_eq!(resident.code(&city).await["credential"], resident.code["credential"]);
    city.clock.advance_s(31);
    let renewed = resident.code(&city).await;
    assert_ne!(renewed["credential"], resident.code["credential"]);
    assert_eq!(renewed["issuedAt"], "2026-11-23T14:00:30Z");
}

#[tokio::test]
async fn gates_cannot_follow_a_person_from_one_credential_to_the_next() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let subject = async |text: String| {
        let answer =
            city.post("/v1/checks", &json!({ "text": text })).by(&city.staff(Role::Verifier)).send().await;
        answer.ok(200)["verdict"]["subject"].clone()
    };
    let first = subject(resident.shows(&city)).await;
    city.clock.advance_s(13 * 3_600);
    let code = resident.code(&city).await;
    assert_ne!(subject(resident.device.shows(&code, city.clock_s())).await, first);
}

#[tokio::test]
async fn the_answer_says_what_moment_it_is_true_for() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    city.clock.advance_s(60);
    assert_eq!(resident.code(&city).await["asOf"], "2026-11-23T02:01:00Z");
}

#[tokio::test]
async fn the_shortcut_to_the_code_and_the_route_behind_it_answer_alike() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let mut strangers = resident.token.clone();
    strangers.pop();
    for (token, status) in [(&resident.token, 200), (&strangers, 401)] {
        // GET is answered before the router, HEAD behind it.
        let shortcut = city.get("/v1/code").by(token).send().await;
        let routed = city.call("HEAD", "/v1/code").by(token).send().await;
        assert_eq!((shortcut.status, routed.status), (status, status));
        for name in ["content-type", "cache-control", "etag", "x-content-type-options"] {
            assert_eq!(shortcut.header(name), routed.header(name), "{name}");
        }
        assert_eq!(routed.header("content-length"), Some(shortcut.body.len().to_string().as_str()));
    }
}
