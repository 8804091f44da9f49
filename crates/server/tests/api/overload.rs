//! Admission control through the whole router: places in the room, passes, deadlines.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _, select};
use serde_json::{Value, json};
use tokio::sync::watch;
use yimatong_model::role::Role;

use crate::city::City;
use crate::client::{Answer, Call, refusal};
use crate::resident::{Device, adult, fields, one_time_password, phone, register};

/// Long enough to send all requests of a test while the store does nothing.
const STALL: Duration = Duration::from_secs(1);

/// From a first ticket to the place, in seconds.
const PATIENCE_S: i64 = 2;
/// More than the gate lets in and holds when nothing is known of the store yet.
const HELD: usize = 50;

fn asks(city: &City, n: u32) -> Call<'_> {
    asks_from(city, n, &format!("phone-{n}"))
}

pub(crate) fn asks_from<'c>(city: &'c City, n: u32, device: &str) -> Call<'c> {
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

/// What operators see.
pub(crate) async fn overload(city: &City) -> Value {
    city.get("/v1/overload").by(&city.staff(Role::Operator)).send().await.ok(200)
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
