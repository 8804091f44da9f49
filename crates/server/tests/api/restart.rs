//! A restart: from the snapshot and what changed since, or from the store alone, the same city.

use serde_json::Value;
use yimatong_credential::Status;
use yimatong_model::ids::Slot;
use yimatong_model::role::Role;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::resident::{Resident, register, sign_in};
use crate::results::{post, row};
use crate::status_list::gate_says;

/// What the residents see and gates say about them.
async fn seen(city: &City, residents: &[Resident]) -> Vec<Value> {
    let mut seen = Vec::new();
    for resident in residents {
        let mut code = resident.code(city).await;
        let verdict = gate_says(city, &resident.device.shows(&code, city.clock_s())).await;
        // Signed afresh after a restart: another subject, another signature.
        let code = code.as_object_mut().unwrap();
        code.remove("credential");
        code.remove("issuedAt");
        code.remove("expiresAt");
        seen.push(
            serde_json::json!({ "code": code, "outcome": verdict["outcome"], "why": verdict["reasons"] }),
        );
    }
    seen
}

/// Three residents: one yellow, one moved to another phone, one untouched.
async fn busy(city: &City) -> Vec<Resident> {
    let (yellow, moved, green) = (register(city, 1).await, register(city, 2).await, register(city, 3).await);
    let now = city.clock.now();
    post(city, &[row(now, 1, &yellow.document, 1, "positive", "pooled")]).await.ok(200);
    city.clock.advance_s(60);
    let moved = sign_in(city, &moved).await;
    vec![yellow, moved, green]
}

#[tokio::test]
async fn a_start_from_the_store_shows_the_same_city() {
    let city = City::new().await;
    let residents = busy(&city).await;
    let before = seen(&city, &residents).await;
    assert!(!city.app.snapshot_path().exists());
    let city = city.restart().await;
    assert_eq!(seen(&city, &residents).await, before);
}

#[tokio::test]
async fn a_start_from_the_snapshot_and_what_changed_since_equals_one_from_the_store() {
    let city = City::new().await;
    let mut residents = busy(&city).await;
    city.app.registry.write_snapshot(&city.app.snapshot_path()).unwrap();
    // After the snapshot: someone new, someone red, and the yellow one green again.
    residents.push(register(&city, 4).await);
    city.clock.advance_s(3_600);
    let now = city.clock.now();
    let results = [
        row(now, 2, &residents[2].document, 0, "positive", "single"),
        row(now, 3, &residents[0].document, 0, "negative", "single"),
    ];
    post(&city, &results).await.ok(200);
    let before = seen(&city, &residents).await;
    let sequence = city.app.registry.sequence();

    let city = city.restart().await;
    let from_snapshot = seen(&city, &residents).await;
    assert_eq!(from_snapshot, before);
    assert!(city.app.registry.sequence() > sequence, "the changes after the snapshot were read");
    std::fs::remove_file(city.app.snapshot_path()).unwrap();
    let city = city.restart().await;
    assert_eq!(seen(&city, &residents).await, before);
    assert_eq!(city.app.registry.people(), 4);
}

#[tokio::test]
async fn a_code_that_became_void_stays_void_after_a_restart() {
    let city = City::new().await;
    let first = register(&city, 1).await;
    city.clock.advance_s(60);
    sign_in(&city, &first).await;
    city.app.registry.write_snapshot(&city.app.snapshot_path()).unwrap();
    let city = city.restart().await;
    assert_eq!(gate_says(&city, &first.shows(&city)).await["reasons"][0], "void");
    std::fs::remove_file(city.app.snapshot_path()).unwrap();
    let city = city.restart().await;
    assert_eq!(gate_says(&city, &first.shows(&city)).await["reasons"][0], "void");
}

#[tokio::test]
async fn a_damaged_snapshot_is_left_aside_and_the_store_is_read() {
    let city = City::new().await;
    let residents = busy(&city).await;
    let before = seen(&city, &residents).await;
    let path = city.app.snapshot_path();
    city.app.registry.write_snapshot(&path).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let city = city.restart().await;
    assert_eq!(seen(&city, &residents).await, before);
}

#[tokio::test]
async fn staff_and_institutions_are_there_after_a_restart() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let now = city.clock.now();
    post(&city, &[row(now, 1, &resident.document, 1, "negative", "single")]).await.ok(200);
    let token = city.staff(Role::Operator);
    let city = city.restart().await;
    assert_eq!(city.get("/v1/staff/me").by(&token).send().await.ok(200)["role"], "operator");
    assert_eq!(resident.code(&city).await["test"]["institution"], "西安第一核酸检测实验室");
}

#[tokio::test]
async fn a_database_that_is_put_back_under_a_running_node_is_read_anew() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let mut lost = city.app.store.load_states(None, 1).await.unwrap().remove(0);
    post(&city, &[row(city.clock.now(), 1, &resident.document, 1, "positive", "single")]).await.ok(200);
    assert_eq!(resident.code(&city).await["colour"], "red");
    // Written after that, seen here, and lost with the machine whose replica takes over.
    lost.seq += 1_000;
    let next = city.app.store.slots_count().await.unwrap().next;
    lost.void_slots = vec![Slot(next)];
    city.app.registry.apply_all(&[lost.clone()], lost.seq, city.clock.now());
    assert_eq!(resident.code(&city).await["colour"], "green");

    city.app.follow_registry().await.unwrap();
    assert_eq!(resident.code(&city).await["colour"], "red");
    assert!(city.app.registry.sequence() < lost.seq);
    city.app.publish_status_lists().unwrap();
    assert_eq!(gate_says(&city, &resident.shows(&city)).await["reasons"][0], "colour-red");
    // The slot that was void in the lost history is somebody's now.
    let later = register(&city, 2).await;
    assert_eq!(city.app.registry.board.get(Slot(next)), Status::Green);
    city.app.publish_status_lists().unwrap();
    assert_eq!(gate_says(&city, &later.shows(&city)).await["outcome"], "allow");
}

#[tokio::test]
async fn a_snapshot_newer_than_a_restored_database_is_left_aside() {
    let city = City::new().await;
    let first = register(&city, 1).await;
    let copy = |from: &str, to: &str, folder: &std::path::Path| {
        std::fs::copy(folder.join(from), folder.join(to)).unwrap();
    };
    let city = city.restart_after(|folder| copy("yimatong.db", "backup.db", folder), |_| {}).await;
    let now = city.clock.now();
    register(&city, 2).await;
    post(&city, &[row(now, 1, &first.document, 1, "positive", "pooled")]).await.ok(200);
    city.app.registry.follow(&*city.app.store, now).await.unwrap();
    city.app.registry.write_snapshot(&city.app.snapshot_path()).unwrap();

    let city = city.restart_after(|folder| copy("backup.db", "yimatong.db", folder), |_| {}).await;
    assert_eq!(city.app.registry.people(), 1);
    assert_eq!(first.code(&city).await["colour"], "green");
    // What happens from now on is seen, although its change numbers are below those of the snapshot.
    post(&city, &[row(now, 2, &first.document, 1, "positive", "single")]).await.ok(200);
    assert_eq!(first.code(&city).await["colour"], "red");
}
