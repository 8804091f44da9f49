//! Closings that go wrong: more people than were approved, a node that dies in the middle, two nodes at once, somebody who was
//! sampled after all.

use serde_json::json;
use yimatong_model::campaign::Campaign;
use yimatong_model::role::Role;
use yimatong_model::synthetic::SyntheticPerson;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::refusal;
use crate::codes::show;
use crate::resident::register;
use crate::round::declare;
use crate::zhengzhou::{SEALED, code_of, notice, people, zhengzhou};

const HEADQUARTERS: Role = Role::Headquarters;

/// A city of so many people in which nobody was sampled, with a campaign that runs; and how many closing would colour.
async fn untested(count: u32) -> (City, Vec<SyntheticPerson>, u64, usize) {
    let all = people(count);
    let city = zhengzhou(&all, |_| {}).await;
    let number = city.running(&notice()).await;
    // All windows have passed.
    city.clock.advance_s(2 * 86_400);
    let open = all.iter().filter(|person| person.community.0 != SEALED).count();
    (city, all, number, open)
}

async fn ask_and_approve(city: &City, number: u64) {
    city.step(number, "ask-to-close", HEADQUARTERS).await.ok(200);
    city.step(number, "approve-closing", Role::Approver).await.ok(200);
}

fn yellow(city: &City) -> u64 {
    city.app.registry.census(city.clock.now()).values().map(|tally| tally.colours[1]).sum()
}

#[tokio::test]
async fn more_people_than_were_approved_stop_the_closing_until_it_is_asked_for_again() {
    let (city, _, number, open) = untested(90).await;
    ask_and_approve(&city, number).await;
    register(&city, 1).await;
    city.app.work_on_campaigns().await;
    let stopped = city.campaign(number).await;
    assert_eq!((&stopped["state"], &stopped["given"]), (&json!("closing"), &json!(0)), "nobody was coloured");
    assert!(stopped["closingApproved"].is_null() && stopped["mostGiven"].is_null(), "{stopped}");
    let counts = &stopped["closing"];
    assert_eq!((&counts["given"], &counts["stoppedAt"]), (&json!(open + 1), &json!(open)));
    // What was approved can't be approved again.
    let again = city.step(number, "approve-closing", Role::Approver).await;
    assert_eq!(again.refused(), refusal(409, "out-of-turn"));
    let detail = again.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("ask for the closing again"), "{detail}");
    ask_and_approve(&city, number).await;
    city.app.work_on_campaigns().await;
    assert_eq!(city.campaign(number).await["given"], open + 1);
    assert_eq!(yellow(&city), open as u64 + 1);
}

#[tokio::test]
async fn a_closing_that_broke_off_is_finished_by_another_node_and_nobody_has_the_reason_twice() {
    let (city, all, number, open) = untested(90).await;
    let other = city.another().await;
    ask_and_approve(&city, number).await;
    // The first node gave one batch and died.
    let mut first = Vec::new();
    for person in all.iter().filter(|person| person.community.0 != SEALED).take(30) {
        first.push(city.person(&person.document).await.unwrap());
    }
    let campaign = u16::try_from(number).unwrap();
    city.app.store.give_missed(campaign, first, city.clock.now()).await.unwrap();
    other.app.follow_campaigns().await.unwrap();
    other.app.work_on_campaigns().await;
    let closed = other.campaign(number).await;
    assert_eq!((&closed["state"], &closed["given"]), (&json!("closed"), &json!(open)));
    city.app.follow_registry().await.unwrap();
    assert_eq!((yellow(&city), yellow(&other)), (open as u64, open as u64));
    // Another node's work on it has nothing left to do.
    city.app.follow_campaigns().await.unwrap();
    city.app.work_on_campaigns().await;
    assert_eq!(city.campaign(number).await["given"], open);
}

#[tokio::test]
async fn two_nodes_close_and_reverse_a_campaign_once() {
    let (city, _, number, open) = untested(90).await;
    let other = city.another().await;
    ask_and_approve(&city, number).await;
    other.app.follow_campaigns().await.unwrap();
    futures_util::future::join(city.app.work_on_campaigns(), other.app.work_on_campaigns()).await;
    let closed = city.campaign(number).await;
    assert_eq!((&closed["state"], &closed["given"]), (&json!("closed"), &json!(open)));
    city.step(number, "reverse", HEADQUARTERS).await.ok(200);
    // Whoever did it before may still hold the work.
    city.clock.advance_s(120);
    for node in [&city, &other] {
        node.app.follow_campaigns().await.unwrap();
    }
    futures_util::future::join(city.app.work_on_campaigns(), other.app.work_on_campaigns()).await;
    for node in [&city, &other] {
        node.app.follow_registry().await.unwrap();
        assert_eq!(yellow(node), 0);
    }
    let reversed = city.campaign(number).await;
    assert_eq!((&reversed["undone"], &reversed["given"]), (&json!(open), &json!(open)));
}

#[tokio::test]
async fn a_code_names_the_notice_of_the_round_that_coloured_it_at_every_node() {
    let (city, _, number, _) = untested(90).await;
    let missed = register(&city, 1).await;
    let slow = city.another().await;
    let notice = Campaign::parse(&notice()).unwrap().basis;
    let names_the_round = |code: &serde_json::Value| {
        let reason = &code["reasons"][0];
        assert_eq!(reason["code"], "missed-round");
        (&reason["basisZh"], &reason["basisEn"]) == (&json!(notice.zh), &json!(notice.en))
    };
    ask_and_approve(&city, number).await;
    city.app.work_on_campaigns().await;
    let before = city.store_calls();
    assert!(names_the_round(&missed.code(&city).await));
    assert_eq!(city.store_calls(), before);
    let id = city.person(&missed.document).await.unwrap();
    let path = format!("/v1/people/{id}?purpose=test");
    assert!(names_the_round(&city.get(path).by(&city.staff(HEADQUARTERS)).send().await.ok(200)));
    // A node that hears of the closing after it heard of the reason cites the rules, then the notice.
    slow.app.follow_registry().await.unwrap();
    let early = show(&slow, &missed, None).await;
    let etag = early.header("etag").unwrap().to_owned();
    assert!(!names_the_round(&early.ok(200)));
    slow.app.follow_campaigns().await.unwrap();
    slow.clock.advance_s(31);
    assert!(names_the_round(&show(&slow, &missed, Some(&etag)).await.ok(200)));
    // A node that starts later reads the closed campaign.
    assert!(names_the_round(&missed.code(&city.another().await).await));

    city.step(number, "reverse", HEADQUARTERS).await.ok(200);
    assert!(names_the_round(&missed.code(&city).await), "it is not taken back yet");
    city.clock.advance_s(120);
    city.app.work_on_campaigns().await;
    let code = missed.code(&city).await;
    assert_eq!((&code["colour"], &code["reasons"]), (&json!("green"), &json!([])));
}

#[tokio::test]
async fn a_sample_told_after_the_approval_keeps_its_person_green() {
    let (city, all, number, open) = untested(90).await;
    ask_and_approve(&city, number).await;
    // A device that was offline all day.
    let late = all.iter().find(|person| person.community.0 != SEALED).unwrap();
    city.sample(number, 1, &[late]).await;
    city.app.work_on_campaigns().await;
    let closed = city.campaign(number).await;
    assert_eq!((&closed["state"], &closed["given"]), (&json!("closed"), &json!(open - 1)));
    assert_eq!(yellow(&city), open as u64 - 1);
    // The next round is told what this one did.
    let later = notice().replacen("zhengzhou-2022-01-05", "zhengzhou-2", 1);
    let later = later.replace("2022-01-05T", "2022-01-08T").replace("2022-01-06T", "2022-01-09T");
    let second = city.running(&later).await;
    let path = format!("/v1/campaigns/{second}/closing-preview");
    let preview = city.get(path).by(&city.staff(HEADQUARTERS)).send().await.ok(200);
    assert_eq!(preview["lastId"], "zhengzhou-2022-01-05");
    assert!((preview["lastShare"].as_f64().unwrap() - (open as f64 - 1.0) / 90.0).abs() < 1e-9);
}

#[tokio::test]
async fn a_node_that_has_not_heard_of_a_longer_window_yet_does_not_ask_for_the_closing() {
    let all = people(90);
    let city = zhengzhou(&all, |_| {}).await;
    let number = city.running(&notice()).await;
    let other = city.another().await;
    // The windows of the notice have passed, those of one community are open again.
    city.clock.advance_s(2 * 86_400);
    let body = json!({
        "version": city.campaign(number).await["version"], "scope": { "community": code_of(2) },
        "windows": [{ "from": "2022-01-07T08:00:00+08:00", "to": "2022-01-07T20:00:00+08:00" }],
    });
    let path = format!("/v1/campaigns/{number}/refine");
    city.post(path, &body).by(&city.staff(HEADQUARTERS)).send().await.ok(200);
    let early = other.step(number, "ask-to-close", HEADQUARTERS).await;
    assert_eq!(early.refused(), refusal(409, "out-of-turn"));
}

#[tokio::test]
async fn what_was_declared_counts_for_a_closed_campaign_as_it_did_while_it_ran() {
    let (city, all, number, open) = untested(90).await;
    let away = all.iter().find(|person| person.community.0 == 1).unwrap();
    declare(&city, away, json!({ "kind": "vaccinated" }), Some(true)).await;
    let before = city.coverage(number, "community=1").await;
    assert_eq!(before["total"]["vaccinated"], 1);
    ask_and_approve(&city, number).await;
    city.app.work_on_campaigns().await;
    let closed = city.campaign(number).await;
    assert_eq!((&closed["state"], &closed["given"]), (&json!("closed"), &json!(open - 1)));
    // Counts of before are no longer given.
    city.clock.advance_s(60);
    let after = city.coverage(number, "community=1").await;
    assert_eq!((&after["total"], &after["items"]), (&before["total"], &before["items"]));
    assert_ne!(after["asOf"], before["asOf"]);
    let id = city.person(&away.document).await.unwrap().to_string();
    let path = format!("/v1/campaigns/{number}/missed?community=1&limit=200");
    let missed = city.get(path).by(&city.staff(Role::CommunityWorker)).send().await.ok(200);
    let missed = missed["items"].as_array().unwrap();
    assert!(missed.iter().all(|one| one["person"]["personId"] != id), "nobody knocks at that door");
    assert!(!missed.is_empty());
}

#[tokio::test]
async fn a_refused_closing_lets_the_campaign_go_on() {
    let (city, _, number, _) = untested(90).await;
    city.step(number, "ask-to-close", HEADQUARTERS).await.ok(200);
    let body = json!({ "version": city.campaign(number).await["version"], "remark": " " });
    let path = format!("/v1/campaigns/{number}/refuse-closing");
    let silent = city.post(&path, &body).by(&city.staff(Role::Approver)).send().await;
    assert_eq!(silent.problem().2, "remark");
    let refused = city.step(number, "refuse-closing", Role::Approver).await.ok(200);
    assert_eq!((&refused["state"], refused["closing"].is_null()), (&json!("running"), true));
    city.app.work_on_campaigns().await;
    assert_eq!(yellow(&city), 0);
}
