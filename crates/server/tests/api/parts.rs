//! Two nodes that keep half of the city each, on one store.

use jiff::civil::date;
use serde_json::{Value, json};
use yimatong_model::ids::PersonId;
use yimatong_model::role::Role;
use yimatong_server::clock::Clock as _;
use yimatong_server::config::Config;

use crate::city::{City, MARKET};
use crate::client::{Answer, refusal};
use crate::resident::{Device, Resident, born, fields, register, registration, sign_in};
use crate::results::{post, row};
use crate::status_list::{gate_says, outcome};

fn keeps(part: &'static str) -> impl FnOnce(&mut Config) {
    move |config| config.registry.part = part.parse().unwrap()
}

/// The halves of a city.
async fn halves() -> [City; 2] {
    let first = City::with(keeps("1/2")).await;
    let second = first.node_with(keeps("2/2")).await;
    [first, second]
}

/// Every node hears of what the others did.
async fn follow(nodes: &[City; 2]) {
    for node in nodes {
        node.app.follow_registry().await.unwrap();
    }
}

fn holds(node: &City, person_id: &str) -> bool {
    node.app.registry.part().holds(person_id.parse::<PersonId>().unwrap())
}

/// Registers adults at a node until one is of the other half, or of this one.
async fn register_of(node: &City, own: bool, first: u32) -> Resident {
    for n in first..first + 64 {
        let resident = register(node, n).await;
        if holds(node, &resident.person_id) == own {
            return resident;
        }
    }
    panic!("64 people in one half");
}

/// Follows a redirect as a browser does: the same request again, with the cookie, at the node that a balancer would choose.
async fn followed(
    nodes: &[City; 2],
    redirect: &Answer,
    method: &'static str,
    token: &str,
    body: &Value,
) -> Answer {
    assert_eq!((redirect.status, redirect.body.len()), (307, 0), "{}", redirect.text());
    let cookie = redirect.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let node = &nodes[if cookie == "part=1-2" { 0 } else { 1 }];
    let place = redirect.header("location").unwrap().to_owned();
    node.call(method, place).by(token).header("cookie", cookie).json(body).send().await
}

#[tokio::test]
async fn a_code_is_shown_at_the_part_of_the_person_and_the_other_one_sends_there_without_asking_the_store() {
    let nodes = halves().await;
    let resident = register_of(&nodes[0], false, 1).await;
    nodes[1].app.follow_registry().await.unwrap();

    let before = nodes[0].store_calls();
    let redirect = nodes[0].get("/v1/code?again=1").by(&resident.token).send().await;
    assert_eq!(redirect.header("location"), Some("/v1/code?again=1&part=2-2"));
    assert_eq!(redirect.header("cache-control"), Some("no-store"));
    let cookie = redirect.header("set-cookie").unwrap();
    assert_eq!(cookie, "part=2-2; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
    let shown = followed(&nodes, &redirect, "GET", &resident.token, &Value::Null).await.ok(200);
    assert_eq!(nodes[0].store_calls(), before, "neither node asked the store");
    assert_eq!((&shown["name"], &shown["colour"]), (&json!("王*国"), &json!("green")));

    // With the right cookie it came here all the same: going round would not help.
    let lost = nodes[0].get("/v1/code").by(&resident.token).header("cookie", "a=b; part=2-2").send().await;
    assert_eq!(lost.refused(), refusal(421, "misdirected"));
    assert!(lost.text().contains("part=2-2"), "{}", lost.text());
    // Nor would it for a client that keeps no cookies.
    let place = redirect.header("location").unwrap().to_owned();
    let still = nodes[0].get(place).by(&resident.token).send().await;
    assert_eq!(still.refused(), refusal(421, "misdirected"));
    // A cookie from a time with another number of parts is replaced.
    let old = nodes[0].get("/v1/code").by(&resident.token).header("cookie", "part=2-4").send().await;
    assert_eq!(old.status, 307);
    let metrics = nodes[0].get("/metrics").send().await.text();
    for line in [
        "yimatong_part_redirects_total 2",
        "yimatong_part_misdirected_total 2",
        "yimatong_registry_part 1",
        "yimatong_registry_parts 2",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
}

#[tokio::test]
async fn behind_the_router_it_is_the_same_and_a_request_keeps_method_and_body() {
    let nodes = halves().await;
    let resident = register_of(&nodes[0], false, 1).await;
    nodes[1].app.follow_registry().await.unwrap();
    let child =
        json!({ "document": fields(&born(1, date(2018, 5, 1))), "name": "王小明", "relation": "child" });
    let redirect = nodes[0].post("/v1/relatives", &child).by(&resident.token).send().await;
    followed(&nodes, &redirect, "POST", &resident.token, &child).await.ok(201);
    let redirect = nodes[0].get("/v1/results?limit=5").by(&resident.token).send().await;
    assert_eq!(redirect.header("location"), Some("/v1/results?limit=5&part=2-2"));
    followed(&nodes, &redirect, "GET", &resident.token, &Value::Null).await.ok(200);
}

#[tokio::test]
async fn whoever_begins_a_session_anywhere_gets_a_code_and_the_cookie_of_their_part() {
    let nodes = halves().await;
    let mut cookies = std::collections::BTreeSet::new();
    let mut n = 0;
    while cookies.len() < 2 && n < 64 {
        n += 1;
        let device = Device::new();
        let body = registration(&nodes[0], n, &device).await;
        let answer = nodes[0].post("/v1/people", &body).send().await;
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let opened = answer.ok(201);
        let is_first = holds(&nodes[0], opened["code"]["personId"].as_str().unwrap());
        assert_eq!(cookie, if is_first { "part=1-2" } else { "part=2-2" });
        let shown = device.shows(&opened["code"], nodes[0].clock_s());
        for node in &nodes {
            assert_eq!(outcome(&gate_says(node, &shown).await), "allow");
        }
        cookies.insert(cookie);
    }
    assert_eq!(cookies.len(), 2, "64 people in one half");

    // Signing in on another phone, at the wrong node: the new code is good, the old one void.
    let resident = register_of(&nodes[0], false, 100).await;
    nodes[0].clock.advance_s(60);
    let old = resident.shows(&nodes[0]);
    let again = sign_in(&nodes[0], &resident).await;
    follow(&nodes).await;
    for node in &nodes {
        assert_eq!(gate_says(node, &old).await["reasons"][0], "void");
        assert_eq!(outcome(&gate_says(node, &again.shows(node)).await), "allow");
    }
    assert_eq!(nodes[1].get("/v1/code").by(&again.token).send().await.status, 200);
}

#[tokio::test]
async fn whoever_has_just_registered_at_the_wrong_node_goes_on_at_the_right_one_before_the_feed_was_there() {
    let nodes = halves().await;
    let resident = register_of(&nodes[0], false, 1).await;
    nodes[1].get("/v1/code").by(&resident.token).send().await.ok(200);
    // Heard once; from then on showing asks nobody.
    let calls = nodes[1].store_calls();
    nodes[1].get("/v1/code").by(&resident.token).send().await.ok(200);
    assert_eq!(nodes[1].store_calls(), calls);
}

#[tokio::test]
async fn over_tls_the_cookie_is_secure_and_a_whole_city_sets_none() {
    let city = City::with(|config| {
        keeps("1/2")(config);
        config.server.public_url = Some("https://city.test".to_owned());
    })
    .await;
    let resident = register_of(&city, false, 1).await;
    let redirect = city.get("/v1/code").by(&resident.token).send().await;
    assert!(redirect.header("set-cookie").unwrap().ends_with("; SameSite=Lax; Secure"));

    let whole = City::new().await;
    let body = registration(&whole, 1, &Device::new()).await;
    let answer = whole.post("/v1/people", &body).send().await;
    answer.ok(201);
    assert_eq!(answer.header("set-cookie"), None);
}

/// A holder of the node's half, a child of the other half, and the child's number.
async fn holder_of_a_foreign_child(node: &City) -> (Resident, Value, u32) {
    for first in [1, 100, 200] {
        let holder = register_of(node, true, first).await;
        for n in first..first + 8 {
            let document = fields(&born(n, date(2018, 5, 1)));
            let body = json!({ "document": document, "name": "王小明", "relation": "child" });
            let child = node.post("/v1/relatives", &body).by(&holder.token).send().await.ok(201);
            assert_eq!(child["code"]["kind"], "relative");
            if !holds(node, child["personId"].as_str().unwrap()) {
                return (holder, child, n);
            }
        }
    }
    panic!("24 children in one half");
}

#[tokio::test]
async fn a_relative_of_the_other_half_is_shown_printed_and_removed_at_the_holders_node() {
    let nodes = halves().await;
    let (holder, child, n) = holder_of_a_foreign_child(&nodes[0]).await;
    let id = child["personId"].as_str().unwrap();
    // At once, although only the feed brings people of the other half.
    let listed = || async {
        let list = nodes[0].get("/v1/relatives").by(&holder.token).send().await.ok(200);
        list["items"].as_array().unwrap().clone()
    };
    assert!(listed().await.iter().any(|item| item["personId"] == id));
    let on_screen = holder.device.shows(&child["code"], nodes[0].clock_s());
    let paper =
        nodes[0].post("/v1/paper-codes", &json!({ "personId": id })).by(&holder.token).send().await.ok(201);
    follow(&nodes).await;
    for node in &nodes {
        assert_eq!(outcome(&gate_says(node, &on_screen).await), "allow");
        assert_eq!(outcome(&gate_says(node, paper["text"].as_str().unwrap()).await), "allow");
    }

    // The relative turns yellow; the lab's request came to the node of the relative.
    let document = born(n, date(2018, 5, 1));
    post(&nodes[1], &[row(nodes[1].clock.now(), 1, &document, 1, "positive", "pooled")]).await.ok(200);
    follow(&nodes).await;
    let item = listed().await.into_iter().find(|item| item["personId"] == id).unwrap();
    assert_eq!(item["code"]["colour"], "yellow");

    let path = format!("/v1/relatives/{id}");
    assert_eq!(nodes[0].delete(&path).by(&holder.token).send().await.status, 204);
    assert!(listed().await.iter().all(|item| item["personId"] != id), "gone at once");
    follow(&nodes).await;
    for node in &nodes {
        assert_eq!(gate_says(node, &on_screen).await["reasons"][0], "void");
    }
}

#[tokio::test]
async fn staff_find_people_of_both_halves_at_either_node() {
    let nodes = halves().await;
    let [own, other] = [register_of(&nodes[0], true, 1).await, register_of(&nodes[0], false, 100).await];
    post(&nodes[0], &[row(nodes[0].clock.now(), 1, &other.document, 1, "negative", "single")]).await.ok(200);
    for node in &nodes {
        for resident in [&own, &other] {
            let body = json!({ "document": fields(&resident.document), "purpose": "手机没电" });
            let check = node.post("/v1/checks", &body).by(&node.staff(Role::Verifier)).send().await.ok(200);
            assert_eq!((&check["personId"], &check["colour"]), (&json!(resident.person_id), &json!("green")));
            let path = format!("/v1/people/{}?purpose=flu", resident.person_id);
            let file = node.get(path).by(&node.staff(Role::CommunityWorker)).send().await.ok(200);
            assert_eq!(file["colour"], "green");
            let path = format!("/v1/people/{}/paper-codes", resident.person_id);
            let worker = node.staff(Role::CommunityWorker);
            let paper = node.post(path, &json!({ "purpose": "no phone" })).by(&worker).send().await.ok(201);
            assert_eq!(paper["name"], "王*国");
            let row = json!({
                "id": format!("00000000-0000-4000-8000-0000000000{}{}", node.app.registry.part().numbers().0,
                    u8::from(resident.person_id == own.person_id)),
                "at": node.clock.now().to_string(), "subject": check["subject"], "outcome": "allow",
            });
            let rows = json!({ "venueId": MARKET.0, "checkIns": [row] });
            let said = node.post("/v1/check-ins", &rows).by(&node.staff(Role::Verifier)).send().await.ok(200);
            assert_eq!(said["items"][0]["status"], "recorded");
        }
    }
    let tested = json!({ "document": fields(&other.document), "purpose": "test" });
    let check = nodes[0].post("/v1/checks", &tested).by(&nodes[0].staff(Role::Verifier)).send().await.ok(200);
    assert_eq!(check["test"]["outcome"], "negative");
    let unknown = json!({ "document": fields(&born(999, date(1990, 1, 1))), "purpose": "test" });
    let answer = nodes[0].post("/v1/checks", &unknown).by(&nodes[0].staff(Role::Verifier)).send().await;
    assert_eq!(answer.refused(), refusal(404, "not-registered"));
}

#[tokio::test]
async fn both_halves_publish_the_same_lists_and_count_their_own_people() {
    let nodes = halves().await;
    let mut people = Vec::new();
    for n in 1..=24 {
        people.push(register(&nodes[(n % 2) as usize], n).await);
    }
    let now = nodes[0].clock.now();
    let rows: Vec<Value> = people
        .iter()
        .zip(1..)
        .filter(|(_, n)| n % 3 == 0)
        .map(|(resident, n)| row(now, n, &resident.document, 1, "positive", "pooled"))
        .collect();
    post(&nodes[0], &rows).await.ok(200);
    nodes[0].clock.advance_s(60);
    for resident in people.iter().step_by(5) {
        sign_in(&nodes[1], resident).await;
    }
    follow(&nodes).await;
    let [first, second] = &nodes;
    for (n, resident) in people.iter().enumerate() {
        let verdicts = [
            gate_says(first, &resident.shows(first)).await,
            gate_says(second, &resident.shows(second)).await,
        ];
        assert_eq!(verdicts[0], verdicts[1]);
        let expected = if n % 5 == 0 {
            "void"
        } else if (n + 1) % 3 == 0 {
            "yellow"
        } else {
            "\"outcome\":\"allow\""
        };
        assert!(verdicts[0].to_string().contains(expected), "{n} {}", verdicts[0]);
    }
    let mut counted = 0;
    for (node, part) in nodes.iter().zip(["1/2", "2/2"]) {
        let statistics = node.get("/v1/statistics").by(&node.staff(Role::Operator)).send().await.ok(200);
        assert_eq!(statistics["part"], part);
        counted += statistics["people"].as_u64().unwrap();
        assert_eq!(node.get("/v1/server").send().await.ok(200)["part"], part);
        assert_eq!(statistics["people"], node.app.registry.people());
    }
    assert_eq!(counted, 24);
    assert!(nodes.iter().any(|node| node.app.registry.foreign() > 0), "yellow people of the other half");
}

#[tokio::test]
async fn a_part_read_anew_or_from_its_snapshot_is_the_part_it_was_and_another_part_reads_the_store() {
    let [first, second] = halves().await;
    for n in 1..=12 {
        register(&first, n).await;
    }
    first.app.follow_registry().await.unwrap();
    let people = first.app.registry.people();
    assert_eq!(first.app.reload_registry().await.unwrap(), people);
    second.app.follow_registry().await.unwrap();
    assert_eq!(people + second.app.registry.people(), 12);

    first.app.registry.write_snapshot(&first.app.snapshot_path()).unwrap();
    drop(second);
    let first = first.restart_after(|_| {}, keeps("1/2")).await;
    assert_eq!(first.app.registry.people(), people);
    let other = first.restart_after(|_| {}, keeps("2/2")).await;
    assert_eq!(other.app.registry.people(), 12 - people);
}

#[tokio::test]
async fn many_who_ask_for_news_at_once_ask_the_store_once() {
    let nodes = halves().await;
    let resident = register_of(&nodes[0], false, 1).await;
    let person = resident.document.clone();
    let before = nodes[1].store_calls();
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let body = json!({ "document": fields(&person), "purpose": "手机没电" });
            nodes[1].post("/v1/checks", &body).by(&nodes[1].staff(Role::Verifier)).send()
        })
        .collect();
    for answer in futures_util::future::join_all(asking).await {
        answer.ok(200);
    }
    // Each writes its row of the audit log; the feed is asked for the epoch, for the changes, and whether there are more.
    assert!(nodes[1].store_calls() - before < 20 + 8, "{}", nodes[1].store_calls() - before);
}
