//! Admission control through the whole router: places in the room, passes, switches, limits, deadlines.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _, select};
use serde_json::{Value, json};
use tokio::sync::watch;
use yimatong_model::clock::city_day;
use yimatong_model::role::Role;
use yimatong_model::vaccination::Vaccination;
use yimatong_overload::Settings;
use yimatong_store::NewVaccination;

use crate::city::City;
use crate::client::{Answer, Call, refusal};
use crate::resident::{Device, Resident, adult, fields, one_time_password, phone, register};

/// Long enough to send all requests of a test while the store does nothing.
const STALL: Duration = Duration::from_secs(1);

/// From a first ticket to the place, in seconds.
const PATIENCE_S: i64 = 2;
/// More than the gate lets in and holds when nothing is known of the store yet.
const HELD: usize = 50;

fn asks(city: &City, n: u32) -> Call<'_> {
    asks_from(city, n, &format!("phone-{n}"))
}

fn asks_from<'c>(city: &'c City, n: u32, device: &str) -> Call<'c> {
    city.post("/v1/one-time-passwords", &json!({ "phone": phone(n) })).header("yimatong-device", device)
}

/// The ticket of an answer that says "wait".
fn ticket_of(answer: &Answer) -> Option<String> {
    (answer.status == 429).then(|| answer.json()["ticket"].as_str().map(str::to_owned))?
}

/// Shows a ticket: a first one has no place, and gets one when it is shown after a moment of patience.
async fn show(city: &City, n: u32, ticket: String) -> (u32, Answer) {
    (n, asks(city, n).header("yimatong-ticket", &ticket).send().await)
}

/// So many people come while the store stands still: places for some, and answers for the others later.
async fn surge(city: &City, people: u32) -> (Vec<(u32, Value)>, usize) {
    city.stall(STALL);
    let ask = async |n| (n, asks(city, n).send().await);
    let mut first: FuturesUnordered<_> = (0..people).map(ask).collect();
    // All but those who are at work or before the gate are told to wait at once.
    let mut tickets = Vec::new();
    while tickets.len() + HELD < people as usize {
        let (n, answer) = first.next().await.unwrap();
        tickets.push((n, ticket_of(&answer).unwrap()));
    }
    city.clock.advance_s(PATIENCE_S);
    let showing: FuturesUnordered<_> = tickets.into_iter().map(|(n, ticket)| show(city, n, ticket)).collect();
    let mut all = select(first, showing);
    let (mut placed, mut others) = (Vec::new(), 0);
    while let Some((n, answer)) = all.next().await {
        match ticket_of(&answer) {
            Some(_) if answer.json()["seq"] != Value::Null => placed.push((n, answer.json())),
            _ => others += 1,
        }
    }
    (placed, others)
}

/// The room until this is so.
async fn room_until(city: &City, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..100_000 {
        city.app.tick_room();
        let now = city.get("/v1/room/now.json").send().await.ok(200);
        if holds(&now) {
            return now;
        }
        tokio::task::yield_now().await;
    }
    panic!("the room never got there");
}

async fn overload(city: &City) -> Value {
    city.get("/v1/overload").by(&city.staff(Role::Operator)).send().await.ok(200)
}

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
async fn a_crowd_whose_bodies_come_after_their_headers_stands_in_line_all_the_same() {
    let city = City::new().await;
    city.stall(STALL);
    let (send, comes) = watch::channel(false);
    let mut crowd: FuturesUnordered<_> = (0..300).map(|n| asks(&city, n).late(&comes).send()).collect();
    // All have come before the first body does.
    assert!(futures_util::poll!(crowd.next()).is_pending());
    send.send(true).unwrap();
    let (mut told_to_wait, mut done) = (0, 0);
    while let Some(answer) = crowd.next().await {
        let may_go_on = answer.headers.contains_key("yimatong-pass");
        assert!(answer.status == 202 || !may_go_on, "a pass for nothing: {}", answer.status);
        match ticket_of(&answer) {
            Some(_) => told_to_wait += 1,
            None => done += 1,
        }
    }
    assert!(told_to_wait > 200 && done <= HELD, "{told_to_wait} wait, {done} done");
}

#[tokio::test]
async fn who_finds_the_gate_full_gets_a_place_and_comes_in_when_called() {
    let city = City::new().await;
    let (placed, others) = surge(&city, 600).await;
    assert!(placed.len() > 200 && others > 0, "{} placed, {others} others", placed.len());
    let (n, place) = placed.iter().min_by_key(|(_, place)| place["seq"].as_u64()).unwrap();
    let seq = place["seq"].as_u64().unwrap();
    assert_eq!((place["status"].as_u64(), place["expired"].as_bool()), (Some(429), Some(false)));
    assert!(place["titleZh"].as_str().unwrap().contains("排队"));
    assert!(place["issued"].as_u64().unwrap() > place["serving"].as_u64().unwrap());
    let ticket = place["ticket"].as_str().unwrap();
    // Asking again, also without the ticket of the answer before, never gives an earlier place; with it, the same one.
    let again = asks(&city, *n).header("yimatong-ticket", ticket).send().await;
    if again.status == 429 {
        assert_eq!(again.json()["seq"].as_u64(), Some(seq));
    }
    room_until(&city, |now| now["serving"].as_u64().unwrap() > seq).await;
    let sent = asks(&city, *n).header("yimatong-ticket", ticket).send().await;
    assert_eq!(sent.status, 202, "{:?}", sent.json());
    assert!(sent.headers.contains_key("yimatong-pass"));
    let figures = overload(&city).await;
    assert!(figures["classes"][3]["ticketed"].as_u64().unwrap() >= placed.len() as u64);
    assert_eq!(figures["permits"]["inUse"], 0);
}

#[tokio::test]
async fn a_ticket_of_another_device_or_a_forged_one_is_worth_nothing() {
    let city = City::new().await;
    let (placed, _) = surge(&city, 400).await;
    let (n, first) = placed.iter().min_by_key(|(_, place)| place["seq"].as_u64()).unwrap();
    let seq = first["seq"].as_u64().unwrap();
    city.stall(STALL);
    let room = overload(&city).await["room"].clone();
    assert!(room["issued"].as_u64().unwrap() > seq && room["waiting"].as_u64().unwrap() > 0, "{room}");
    for (device, ticket) in [(n + 1_000, first["ticket"].as_str().unwrap()), (*n, "AAAA")] {
        let other = asks(&city, device).header("yimatong-ticket", ticket).send().await;
        assert_eq!(other.status, 429);
        assert_eq!(other.json()["seq"], Value::Null, "as somebody who has just come");
        let ticket = other.json()["ticket"].as_str().unwrap().to_owned();
        city.clock.advance_s(PATIENCE_S);
        let placed = show(&city, device, ticket).await.1.json();
        assert!(placed["seq"].as_u64().unwrap() > seq, "a new place at the end");
    }
}

#[tokio::test]
async fn a_pass_carries_through_the_flow_and_ends_with_it() {
    let city = City::new().await;
    let device = Device::new();
    let sent = asks(&city, 1).send().await;
    let pass = sent.headers["yimatong-pass"].to_str().unwrap().to_owned();
    let body = json!({
        "phone": phone(1), "oneTimePassword": sent.ok(202)["demoCode"], "document": fields(&adult(1)),
        "name": "王建国", "devicePublicKey": device.jwk(),
    });
    let post = |body: &Value, pass: &str| {
        city.post("/v1/people", body).header("yimatong-device", "phone-1").header("yimatong-pass", pass)
    };
    let mut wrong = body.clone();
    wrong["name"] = json!("");
    let refused = post(&wrong, &pass).send().await;
    assert_eq!(refused.status, 422);
    let pass = refused.headers["yimatong-pass"].to_str().unwrap().to_owned();
    let registered = post(&body, &pass).send().await;
    registered.ok(201);
    assert!(!registered.headers.contains_key("yimatong-pass"), "the flow is finished");
    let figures = overload(&city).await;
    assert_eq!(
        figures["classes"][1]["goodput"], 2,
        "both steps after the first were those of an admitted flow"
    );
    assert_eq!(figures["room"]["flowsUnderWay"], 0);
    post(&wrong, &pass).send().await;
    assert_eq!(overload(&city).await["classes"][1]["goodput"], 2, "a pass given back is none");
    let stolen = asks(&city, 2).header("yimatong-pass", &pass).send().await;
    assert_eq!(stolen.status, 202);
    assert_eq!(overload(&city).await["classes"][1]["goodput"], 2, "a pass of another device is none");
}

#[tokio::test]
async fn two_nodes_share_one_room() {
    let one = City::new().await;
    let two = one.node().await;
    let (placed, _) = surge(&one, 400).await;
    let first = placed.iter().map(|(_, place)| place["seq"].as_u64().unwrap()).min().unwrap();
    let (n, place) = placed.iter().find(|(_, place)| place["seq"].as_u64() == Some(first)).unwrap();
    room_until(&one, |now| now["serving"].as_u64().unwrap() > first).await;
    // The other node hears of it from the store, and takes the first one's ticket.
    let heard = room_until(&two, |now| now["serving"].as_u64().unwrap() > first).await;
    assert!(heard["issued"].as_u64().unwrap() > first);
    let ticket = place["ticket"].as_str().unwrap();
    assert_eq!(asks(&two, *n).header("yimatong-ticket", ticket).send().await.status, 202);
}

#[tokio::test]
async fn a_restart_keeps_every_place() {
    let city = City::new().await;
    let (placed, _) = surge(&city, 400).await;
    let seq = |place: &Value| place["seq"].as_u64().unwrap();
    let (n, last) = placed.iter().max_by_key(|(_, place)| seq(place)).unwrap();
    // As a server that is stopped: what was given out since the last tick is told before the store is closed.
    city.app.flush_room().await;
    let before = overload(&city).await["room"].clone();
    let city = city.restart().await;
    let after = city.get("/v1/room/now.json").send().await.ok(200);
    assert!(after["serving"].as_u64().unwrap() >= before["serving"].as_u64().unwrap());
    assert!(after["issued"].as_u64().unwrap() > seq(last), "nobody gets a place that was given out before");
    let asked = asks(&city, *n).header("yimatong-ticket", last["ticket"].as_str().unwrap()).send().await;
    assert_eq!((asked.status, seq(&asked.json())), (429, seq(last)));
}

#[tokio::test]
async fn after_a_crash_nobody_waits_for_ever() {
    let city = City::new().await;
    let (placed, _) = surge(&city, 400).await;
    // Killed a second later: the store never heard of these places.
    city.clock.advance_s(1);
    let city = city.restart().await;
    let now = city.get("/v1/room/now.json").send().await.ok(200);
    assert_eq!(now["serving"], now["issued"], "pages take this for a call");
    let (n, place) = placed.last().unwrap();
    let asked = asks(&city, *n).header("yimatong-ticket", place["ticket"].as_str().unwrap()).send().await;
    assert_eq!(asked.status, 202);
}

#[tokio::test]
async fn one_called_ticket_is_not_good_for_a_crowd() {
    let city = City::new().await;
    let (placed, _) = surge(&city, 400).await;
    let (n, place) = placed.iter().min_by_key(|(_, place)| place["seq"].as_u64()).unwrap();
    let seq = place["seq"].as_u64().unwrap();
    room_until(&city, |now| now["serving"].as_u64().unwrap() > seq).await;
    let mut let_in = 0;
    for phone in 0..15 {
        let device = format!("phone-{n}");
        let again = asks_from(&city, 1_000 + phone, &device)
            .header("yimatong-ticket", place["ticket"].as_str().unwrap());
        let_in += u32::from(again.send().await.status == 202);
    }
    assert!((1..=10).contains(&let_in), "{let_in}");
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
async fn requests_that_never_reach_the_store_teach_nothing_of_it() {
    let city = City::new().await;
    for n in 0..200 {
        let wrong =
            city.post("/v1/one-time-passwords", &json!({})).header("yimatong-device", format!("d{n}"));
        assert_eq!(wrong.send().await.status, 422);
    }
    let figures = overload(&city).await;
    assert_eq!((&figures["permits"]["limit"], &figures["storeTimeMs"]), (&json!(6), &json!(0.0)));
}

#[tokio::test]
async fn nothing_runs_past_its_deadline_when_the_store_stands_still() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    city.stall(Duration::from_secs(60));
    let answer = city.get("/v1/results").by(&resident.token).send().await;
    assert_eq!(answer.refused(), refusal(503, "store-unavailable"));
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(overload(&city).await["permits"]["inUse"], 0);
    // Codes do not care.
    resident.code(&city).await;
}

#[tokio::test]
async fn who_goes_away_frees_the_permit() {
    let city = City::new().await;
    city.stall(STALL);
    {
        let mut leaving = Box::pin(asks(&city, 1).send());
        assert!(futures_util::poll!(&mut leaving).is_pending());
        assert_eq!(overload(&city).await["permits"]["inUse"], 1);
    }
    let figures = overload(&city).await;
    assert_eq!(figures["permits"]["inUse"], 0);
    assert_eq!(figures["classes"][3]["cancelled"], 1);
}

#[tokio::test]
async fn identical_public_reads_are_done_once() {
    let city = City::new().await;
    city.stall(STALL);
    let before = city.store_calls();
    let reads: FuturesUnordered<_> = (0..20).map(|_| city.get("/v1/communities?query=").send()).collect();
    let answers: Vec<Answer> = reads.collect().await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == answers[0].body));
    assert_eq!(city.store_calls() - before, 1);
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
    // Of two at once one is told.
    let tag = overload(&city).await["settingsTag"].as_str().unwrap().to_owned();
    let (one, two) = tokio::join!(set(&city, 600, &tag), set(&city, 700, &tag));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    // Whoever names no version means whatever there is.
    city.post("/v1/overload/settings", &with(300)).by(&operator).send().await.ok(200);
    assert_eq!(set(&city, 301, "*").await.status, 200);
}

#[tokio::test]
async fn a_frozen_store_fails_the_sync_of_the_room_in_time_and_no_place_is_lost() {
    let city = City::new().await;
    let (placed, _) = surge(&city, 400).await;
    let before = overload(&city).await["room"].clone();
    city.stall(Duration::from_secs(3_600));
    tokio::time::pause();
    let asked = tokio::time::Instant::now();
    city.app.flush_room().await;
    assert!(asked.elapsed() < Duration::from_secs(30), "{:?}", asked.elapsed());
    tokio::time::resume();
    assert_eq!(overload(&city).await["room"]["issued"], before["issued"]);
    let (n, place) = placed.iter().min_by_key(|(_, place)| place["seq"].as_u64()).unwrap();
    let kept = asks(&city, *n).header("yimatong-ticket", place["ticket"].as_str().unwrap()).send().await;
    assert_eq!((kept.status, &kept.json()["seq"]), (429, &place["seq"]));
    // The store is back: it is told what it was not told before, and places are called.
    city.stall(Duration::ZERO);
    room_until(&city, |now| now["serving"].as_u64() > place["seq"].as_u64()).await;
    assert_eq!(city.app.store.room().await.unwrap().issued, before["issued"].as_u64().unwrap());
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

#[tokio::test]
async fn while_the_city_is_read_anew_every_device_sees_the_code_it_had() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let before = resident.code(&city).await;
    {
        let _loading = city.app.registry.begin_loading();
        city.app.registry.forget();
        let answer = city.get("/v1/code").by(&resident.token).send().await;
        assert!(answer.headers.contains_key("yimatong-as-of"));
        assert_eq!(answer.ok(200), before);
        let history = city.get("/v1/results").by(&resident.token).send().await;
        assert_eq!(history.refused(), refusal(503, "starting"));
    }
    let news = city.get("/v1/code").by(&resident.token).send().await;
    assert_eq!(
        news.refused(),
        refusal(503, "starting"),
        "another node may have registered this person just now"
    );
    city.clock.advance_s(3_600);
    let gone = city.get("/v1/code").by(&resident.token).send().await;
    assert_eq!(gone.status, 401, "an hour later, who is not known is not known");
    assert_eq!(city.app.reload_registry().await.unwrap(), 1);
    let answer = city.get("/v1/code").by(&resident.token).send().await;
    assert!(!answer.headers.contains_key("yimatong-as-of"));
    assert_eq!(answer.ok(200)["credential"], before["credential"]);
}

#[tokio::test]
async fn nobody_queues_for_what_is_then_refused() {
    let city = City::real(|_| {}).await;
    let answer = asks(&city, 1).send().await;
    assert_eq!(answer.refused(), refusal(503, "sms-unavailable"));
    assert_eq!(overload(&city).await["permits"]["inUse"], 0);
}

#[tokio::test]
async fn one_time_passwords_work_as_before_when_nobody_waits() {
    let city = City::new().await;
    assert_eq!(one_time_password(&city, &phone(1)).await.len(), 6);
    let figures = overload(&city).await;
    assert_eq!(
        (figures["classes"][3]["goodput"].as_u64(), figures["room"]["waiting"].as_u64()),
        (Some(1), Some(0))
    );
}
