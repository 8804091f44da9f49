//! Campaigns: drafted, checked, approved by another person, refined, counted before they start; the same at every node.

use serde_json::{Value, json};
use yimatong_model::role::Role;

use crate::city::City;
use crate::client::{problem, refusal};
use crate::resident::register;
use crate::zhengzhou::{SEALED, code_of, notice, on_the_day, people, zhengzhou};

async fn draft(city: &City, document: &str, role: Role) -> crate::client::Answer {
    city.post("/v1/campaigns", &json!({ "document": document })).by(&city.staff(role)).send().await
}

#[tokio::test]
async fn a_clerk_is_told_everything_that_is_wrong_before_anything_is_stored() {
    let city = zhengzhou(&[], |_| {}).await;
    let check = async |document: String| {
        let asked = json!({ "document": document });
        city.post("/v1/campaigns/check", &asked).by(&city.staff(Role::CommunityWorker)).send().await.ok(200)
    };
    let good = check(notice()).await;
    assert_eq!((&good["valid"], &good["problems"]), (&json!(true), &json!([])));
    assert_eq!(good["campaign"]["areas"].as_array().unwrap().len(), 16);
    assert_eq!(good["campaign"]["areas"][1]["area"], json!({ "kind": "zone", "zone": "zhengdong" }));
    assert_eq!(good["campaign"]["areas"][1]["nameZh"], "郑东新区");
    let wrong = notice().replacen("410173", "410199", 1).replacen("within_h = 48", "within_h = 0", 1);
    let bad = check(wrong.clone()).await;
    assert_eq!((&bad["valid"], bad["problems"].as_array().unwrap().len()), (&json!(false), 2));
    let first = &bad["problems"][0];
    assert_eq!((&first["field"], first["line"].is_u64()), (&json!("areas[0].code"), true));
    let refused = draft(&city, &wrong, Role::Headquarters).await;
    assert_eq!(refused.problem(), problem(422, "invalid-field", "document"));
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("line ") && detail.contains("1 more"), "{detail}");
    let xian = notice().replacen("city = 410100", "city = 610100", 1);
    assert!(check(xian).await["problems"][0]["field"].is_string());
    let fewer = check(notice().replacen(", \"foreign\"]", "]", 1)).await;
    assert!(fewer["campaign"]["notes"][0]["zh"].as_str().unwrap().contains("全体登记居民"));
    let list = city.get("/v1/campaigns").by(&city.staff(Role::Tracer)).send().await.ok(200);
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn a_campaign_needs_a_second_person_and_the_version_that_was_seen() {
    let city = zhengzhou(&[], |_| {}).await;
    let drafted = draft(&city, &notice(), Role::Headquarters).await.ok(201);
    assert_eq!(
        (&drafted["state"], &drafted["version"], &drafted["format"]),
        (&json!("draft"), &json!(1), &json!("toml"))
    );
    assert_eq!(drafted["drafted"]["name"], "headquarters");
    let again = draft(&city, &notice(), Role::Headquarters).await;
    assert_eq!(again.problem(), problem(409, "name-taken", "document"));
    // Headquarters may draft and may approve, but nobody both.
    let own = city.step(1, "approve", Role::Headquarters).await;
    assert_eq!(own.refused(), refusal(409, "second-person-needed"));
    let stale = city
        .post("/v1/campaigns/1/approve", &json!({ "version": 7 }))
        .by(&city.staff(Role::Approver))
        .send()
        .await;
    assert_eq!(stale.refused(), refusal(412, "changed-meanwhile"));
    let blind = city.post("/v1/campaigns/1/approve", &json!({})).by(&city.staff(Role::Approver)).send().await;
    assert_eq!(blind.problem(), problem(422, "invalid-field", "version"));
    let early = city.step(1, "start", Role::Headquarters).await;
    assert_eq!(early.refused(), refusal(409, "out-of-turn"));
    let redraft = json!({ "version": 1, "document": notice().replacen("T20:00", "T21:00", 1) });
    let redrafted =
        city.post("/v1/campaigns/1/redraft", &redraft).by(&city.staff(Role::Headquarters)).send().await;
    assert_eq!(redrafted.ok(200)["version"], 2);
    let approved = city.step(1, "approve", Role::Approver).await.ok(200);
    assert_eq!((&approved["state"], &approved["approved"]["name"]), (&json!("approved"), &json!("approver")));
    let silent =
        city.post("/v1/campaigns/1/reverse", &json!({ "version": 3 })).by(&city.staff(Role::Headquarters));
    assert_eq!(silent.send().await.problem(), problem(422, "invalid-field", "remark"));
    let withdrawn = city.step(1, "withdraw", Role::Headquarters).await.ok(200);
    assert_eq!(withdrawn["state"], "withdrawn");
    assert_eq!(draft(&city, &notice(), Role::Headquarters).await.ok(201)["number"], 2);
    let list = city.get("/v1/campaigns?limit=1").by(&city.staff(Role::Lab)).send().await.ok(200);
    assert_eq!((&list["items"][0]["number"], list["nextCursor"].is_string()), (&json!(2), true));
    let nowhere = city.get("/v1/campaigns/9").by(&city.staff(Role::Lab)).send().await;
    assert_eq!(nowhere.refused(), refusal(404, "not-found"));
}

#[tokio::test]
async fn the_same_account_is_one_person_whatever_its_role_is_by_now() {
    let city = zhengzhou(&[], |_| {}).await;
    draft(&city, &notice(), Role::Headquarters).await.ok(201);
    let drafter = crate::city::staff_id(Role::Headquarters);
    let mut other_role = (*city.app.staff.get(drafter).unwrap()).clone();
    other_role.role = Role::Approver;
    city.app.staff.put(other_role);
    let own = city.step(1, "approve", Role::Headquarters).await;
    assert_eq!(own.refused(), refusal(409, "second-person-needed"));
}

#[tokio::test]
async fn communities_have_the_last_word_about_their_windows_and_workers_only_about_communities() {
    let city = zhengzhou(&[], |_| {}).await;
    let number = city.running(&notice()).await;
    let refine = async |role: Role, scope: Value, to: &str| {
        let body = json!({
            "version": city.campaign(number).await["version"], "scope": scope,
            "windows": [{ "from": "2022-01-05T10:00:00+08:00", "to": to }],
        });
        city.post(format!("/v1/campaigns/{number}/refine"), &body).by(&city.staff(role)).send().await
    };
    let district = json!({ "area": { "district": 410_103 } });
    let late = "2022-01-05T22:00:00+08:00";
    let worker = refine(Role::CommunityWorker, district.clone(), late).await;
    assert_eq!(worker.problem(), problem(403, "not-allowed", "scope"));
    refine(Role::Headquarters, district, late).await.ok(200);
    let community = json!({ "community": code_of(2) });
    let refined = refine(Role::CommunityWorker, community, "2022-01-05T23:00:00+08:00").await.ok(200);
    let rows = refined["refinements"].as_array().unwrap();
    assert_eq!((&rows[0]["scopeName"], &rows[0]["scope"]["district"]), (&json!("二七区"), &json!(410_103)));
    assert!(rows[1]["scopeName"].as_str().unwrap().contains("社区"), "{rows:?}");
    assert_eq!(
        (&rows[1]["scope"]["code"], &rows[1]["by"]["name"]),
        (&json!(code_of(2)), &json!("community-worker"))
    );
    for (scope, to, field) in [
        (json!({ "street": 610_102_001 }), late, "scope"),
        (json!({ "community": code_of(2) }), "2022-01-05T09:00:00+08:00", "windows"),
        (json!({ "community": code_of(2) }), "tomorrow", "windows.to"),
        (json!({ "village": 1 }), late, "scope"),
    ] {
        let refused = refine(Role::Headquarters, scope, to).await;
        assert_eq!((refused.status, refused.problem().2), (422, field.to_owned()), "{}", refused.text());
    }
}

#[tokio::test]
async fn before_it_starts_a_campaign_says_who_is_in_it_and_counts_are_shared_for_some_seconds() {
    let all = people(600);
    let city = zhengzhou(&all, |_| {}).await;
    draft(&city, &notice(), Role::Headquarters).await.ok(201);
    let counted = city.coverage(1, "by=district").await;
    assert_eq!((&counted["total"]["people"], &counted["withoutCommunity"]), (&json!(600), &json!(0)));
    let sealed = all.iter().filter(|person| person.community.0 == SEALED).count();
    assert_eq!(
        (&counted["total"]["spared"], &counted["total"]["open"]),
        (&json!(sealed), &json!(600 - sealed))
    );
    let items = counted["items"].as_array().unwrap();
    assert_eq!(items.len(), 16);
    let zone = items.iter().find(|item| item["key"] == "zone=zhengdong").unwrap();
    let in_zone = all.iter().filter(|person| person.community.0 == 9).count();
    assert_eq!((&zone["people"], &zone["nameZh"]), (&json!(in_zone), &json!("郑东新区")));
    let path = "/v1/campaigns/1/coverage?by=district";
    let again = city.get(path).by(&city.staff(Role::Approver)).send().await.ok(200);
    assert_eq!(again["asOf"], counted["asOf"], "counted once in some seconds");
    for (query, field) in [("district=410199", "district"), ("community=99", "community"), ("by=house", "by")]
    {
        let path = format!("/v1/campaigns/1/coverage?{query}");
        let refused = city.get(path).by(&city.staff(Role::Approver)).send().await;
        assert_eq!(refused.problem(), problem(400, "invalid-parameter", field), "{query}");
    }
}

#[tokio::test]
async fn a_campaign_of_one_node_is_in_the_schedules_of_another_a_moment_later() {
    let city = zhengzhou(&[], |_| {}).await;
    let other = city.another().await;
    let resident = register(&city, 1).await;
    let items = async |node: &City| {
        let schedule = node.get("/v1/schedule").by(&resident.token).send().await.ok(200);
        schedule["items"].as_array().unwrap().clone()
    };
    assert!(items(&other).await.is_empty());
    let number = city.running(&notice()).await;
    assert_eq!(items(&city).await.len(), 1, "at once where it was started");
    let before = other.store_calls();
    assert!(items(&other).await.is_empty());
    assert_eq!(other.store_calls(), before, "from memory");
    other.app.follow_campaigns().await.unwrap();
    let seen = items(&other).await;
    assert_eq!((&seen[0]["state"], &seen[0]["number"]), (&json!("running"), &json!(number)));
    let refine = json!({
        "version": 3, "scope": { "community": code_of(1) },
        "windows": [{ "from": "2022-01-05T10:00:00+08:00", "to": "2022-01-05T23:30:00+08:00" }],
    });
    city.post("/v1/campaigns/1/refine", &refine).by(&city.staff(Role::CommunityWorker)).send().await.ok(200);
    let declared = json!({ "kind": "at-work", "evidence": { "kind": "none" } });
    city.post("/v1/declarations", &declared).by(&resident.token).send().await.ok(201);
    other.app.follow_campaigns().await.unwrap();
    other.app.follow_declarations().await.unwrap();
    let seen = &items(&other).await[0];
    assert_eq!((&seen["windows"][0]["to"], &seen["atWork"]), (&json!("2022-01-05T15:30:00Z"), &json!(true)));
    // What has not changed is not read again.
    let before = other.store_calls();
    other.app.follow_campaigns().await.unwrap();
    assert_eq!(other.store_calls() - before, 1, "one look at the marks");
    let early = city.step(number, "ask-to-close", Role::Headquarters).await;
    assert_eq!(early.refused(), refusal(409, "out-of-turn"), "the windows of the second day have not passed");
    assert!(early.json()["detail"].as_str().unwrap().contains("2022-01-06 20:00"), "{}", early.text());
    city.clock.advance_s(2 * 86_400);
    city.step(number, "ask-to-close", Role::Headquarters).await.ok(200);
    let third = city.another().await;
    assert_eq!(items(&third).await[0]["state"], "closing", "a node that starts knows too");
}

#[tokio::test]
async fn a_node_that_keeps_a_part_counts_nothing_and_says_so() {
    let city = zhengzhou(&[], |config| config.registry.part = "1/2".parse().unwrap()).await;
    let number = city.running(&notice()).await;
    for path in ["coverage?by=district", "closing-preview", "missed?community=1", "progress"] {
        let answer = city
            .get(format!("/v1/campaigns/{number}/{path}"))
            .by(&city.staff(Role::Headquarters))
            .send()
            .await;
        assert_eq!(answer.refused(), refusal(409, "whole-city-needed"), "{path}");
    }
    let ask = city.step(number, "ask-to-close", Role::Headquarters).await;
    assert_eq!(ask.refused(), refusal(409, "whole-city-needed"));
}

#[tokio::test]
async fn the_progress_of_a_campaign_is_a_point_for_each_time_it_was_counted() {
    let all = people(90);
    let city = zhengzhou(&all, |_| {}).await;
    let number = city.running(&notice()).await;
    city.app.note_progress().await;
    city.clock.advance_s(7_200);
    city.sample(number, 0, &all.iter().take(20).collect::<Vec<_>>()).await;
    city.app.note_progress().await;
    let path = format!("/v1/campaigns/{number}/progress");
    let progress = city.get(path).by(&city.staff(Role::Headquarters)).send().await.ok(200);
    let points = progress["items"].as_array().unwrap();
    assert_eq!((points.len(), &points[0]["sampled"], &points[1]["sampled"]), (2, &json!(0), &json!(20)));
    assert_eq!(progress["since"], on_the_day(0).to_string());
}
