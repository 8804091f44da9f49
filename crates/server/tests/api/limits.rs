//! What operators set: limits, switches and the notice, on every node.

use serde_json::{Value, json};
use yimatong_model::clock::city_day;
use yimatong_model::role::Role;
use yimatong_model::vaccination::Vaccination;
use yimatong_overload::Settings;
use yimatong_store::NewVaccination;

use crate::city::City;
use crate::client::refusal;
use crate::overload::{asks_from, overload};
use crate::resident::{Resident, register};

/// Two doses, as an import brings them.
async fn vaccinate(city: &City, resident: &Resident) {
    let now = city.app.now();
    let dose = NewVaccination {
        document: resident.document.clone(),
        vaccination: Vaccination { doses: 2, last: city_day(now) },
    };
    city.app.store.record_vaccinations(vec![dose], now).await.unwrap();
    city.app.registry.follow(&*city.app.store, now).await.unwrap();
}

async fn audited(city: &City) -> (String, String) {
    let log = city.get("/v1/audit").by(&city.staff(Role::Auditor)).send().await.ok(200);
    let latest = &log["items"][0];
    (latest["action"].as_str().unwrap().to_owned(), latest["purpose"].as_str().unwrap_or("").to_owned())
}

#[tokio::test]
async fn a_phone_over_its_rate_does_not_refuse_what_others_read() {
    let city = City::new().await;
    let operator = city.staff(Role::Operator);
    let mut settings = serde_json::to_value(Settings::default()).unwrap();
    settings["rates"]["device"] = json!({ "perS": 0.001, "burst": 1.0 });
    city.post("/v1/overload/settings", &settings).by(&operator).send().await.ok(200);
    let read =
        |device: &'static str| city.get("/v1/communities?query=").header("yimatong-device", device).send();
    assert_eq!(read("greedy").await.status, 200);
    let mut greedy = Box::pin(read("greedy"));
    assert!(futures_util::poll!(&mut greedy).is_pending(), "held");
    assert_eq!(read("other").await.status, 200);
    assert_eq!(greedy.await.refused(), refusal(429, "busy"));
}

#[tokio::test]
async fn a_function_that_is_switched_off_says_so_and_codes_go_on() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    vaccinate(&city, &resident).await;
    assert_eq!(resident.code(&city).await["vaccine"]["doses"], 2);
    let operator = city.staff(Role::Operator);
    let off = json!({ "vaccineBadge": false, "statistics": true, "history": false });
    city.post("/v1/overload/switches", &off).by(&operator).send().await.ok(200);
    let refused = city.get("/v1/results").by(&resident.token).send().await;
    assert_eq!(refused.refused(), refusal(503, "switched-off"));
    assert_eq!(refused.headers["retry-after"], "600");
    assert!(refused.json()["detailZh"].as_str().unwrap().contains("亮码不受影响"));
    assert_eq!(resident.code(&city).await["vaccine"], Value::Null);
    let server = city.get("/v1/server").send().await.ok(200);
    assert_eq!(server["switchedOff"], json!(["vaccineBadge", "history"]));
    let told =
        ("switch-functions".to_owned(), "the vaccine badge off, the history of test results off".to_owned());
    assert_eq!(audited(&city).await, told);
    let on = json!({ "vaccineBadge": true, "statistics": true, "history": true });
    city.post("/v1/overload/switches", &on).by(&operator).send().await.ok(200);
    city.get("/v1/results").by(&resident.token).send().await.ok(200);
}

#[tokio::test]
async fn limits_are_checked_audited_and_hold_on_every_node() {
    let city = City::new().await;
    let other = city.node().await;
    let operator = city.staff(Role::Operator);
    let mut settings = serde_json::to_value(Settings::default()).unwrap();
    settings["rates"]["device"]["burst"] = json!(2.0);
    settings["rates"]["device"]["perS"] = json!(0.001);
    let set = |settings: &Value| city.post("/v1/overload/settings", settings).by(&operator).send();
    assert_eq!(set(&settings).await.ok(200)["rates"]["device"]["burst"], 2.0);
    let (action, what) = audited(&city).await;
    assert_eq!(action, "change-limits");
    assert!(what.contains("rates.device.burst 20.0 -> 2.0"), "{what}");
    other.app.follow_operations().await.unwrap();
    for node in [&city, &other] {
        let seen = overload(node).await;
        assert_eq!(seen["settings"]["rates"]["device"]["burst"], 2.0);
        assert_eq!(seen["changedBy"], crate::city::staff_id(Role::Operator).0);
    }
    let from = |n| asks_from(&city, n, "one").send();
    assert_eq!((from(1).await.status, from(2).await.status), (202, 202));
    let over = {
        let mut held = Box::pin(from(3));
        // Held for a while: nothing comes at once.
        while overload(&city).await["connections"]["parked"] == 0 {
            assert!(futures_util::poll!(&mut held).is_pending());
            tokio::task::yield_now().await;
        }
        held.await
    };
    assert_eq!(over.refused(), refusal(429, "busy"));
    settings["admission"]["shares"] = json!([1.0, 1.0, 0.0, 0.0, 0.0]);
    let wrong = set(&settings).await;
    assert_eq!(wrong.refused(), refusal(422, "invalid-field"));
    assert_eq!(wrong.json()["field"], "admission.shares");
    settings["admission"]["sharez"] = json!(1);
    assert_eq!(set(&settings).await.json()["field"], "admission.sharez");
}

#[tokio::test]
async fn limits_changed_meanwhile_are_not_overwritten_by_whoever_has_not_seen_it() {
    let city = City::new().await;
    let other = city.node().await;
    let operator = city.staff(Role::Operator);
    let seen = overload(&city).await;
    let tag = seen["settingsTag"].as_str().unwrap().to_owned();
    let with = |claim_s: u32| {
        let mut settings = seen["settings"].clone();
        settings["room"]["claimS"] = json!(claim_s);
        settings
    };
    let set = async |node: &City, claim_s, tag: &str| {
        let call = node.post("/v1/overload/settings", &with(claim_s)).by(&operator);
        call.header("if-match", tag).send().await
    };
    // On another node, so that this one has to hear of it first.
    let first = set(&other, 400, &tag).await;
    assert_eq!(first.status, 200);
    let newer = first.headers["etag"].to_str().unwrap().to_owned();
    let late = set(&city, 500, &tag).await;
    assert_eq!(late.refused(), refusal(412, "changed-meanwhile"));
    assert!(late.json()["detailZh"].as_str().unwrap().contains("重新读取"));
    let now = overload(&city).await;
    assert_eq!((&now["settings"]["room"]["claimS"], &now["settingsTag"]), (&json!(400), &json!(newer)));
    // A switch is no change of the limits.
    let off = json!({ "vaccineBadge": true, "statistics": false, "history": true });
    city.post("/v1/overload/switches", &off).by(&operator).send().await.ok(200);
    assert_eq!(set(&city, 500, &newer).await.status, 200);
    // Of two at once one is told, at the same node or at another one.
    for (round, node) in [(1, &city), (2, &other)] {
        let tag = overload(&city).await["settingsTag"].as_str().unwrap().to_owned();
        let (one, two) = tokio::join!(set(&city, 500 + round, &tag), set(node, 700 + round, &tag));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        city.app.follow_operations().await.unwrap();
    }
    // Whoever names no version means whatever there is.
    city.post("/v1/overload/settings", &with(300)).by(&operator).send().await.ok(200);
    assert_eq!(set(&city, 301, "*").await.status, 200);
}

#[tokio::test]
async fn a_notice_is_on_every_page_until_it_is_withdrawn() {
    let city = City::new().await;
    let operator = city.staff(Role::Operator);
    let notice =
        json!({ "zh": "核酸查询较慢，亮码正常", "en": "Results are slow; codes work", "level": "warning" });
    city.post("/v1/notices", &notice).by(&operator).send().await.ok(201);
    for path in ["/v1/server", "/v1/room/now.json"] {
        let told = city.get(path).send().await.ok(200);
        assert_eq!(told["notice"]["zh"], notice["zh"], "{path}");
        assert_eq!(told["notice"]["level"], "warning", "{path}");
    }
    assert_eq!(audited(&city).await.0, "post-notice");
    let empty = city.post("/v1/notices", &json!({ "zh": " ", "en": "x", "level": "info" })).by(&operator);
    assert_eq!(empty.send().await.json()["field"], "zh");
    let gone = city.delete("/v1/notices").by(&operator).send().await;
    assert_eq!(gone.status, 204);
    assert_eq!(city.get("/v1/server").send().await.ok(200)["notice"], Value::Null);
}
