//! Results of tubes: a lab posts, phones and gates know, and what was wrong is corrected.

use serde_json::{Value, json};
use yimatong_credential::{ForeignProof, StatusLists, VenueRule, verify};
use yimatong_model::role::Role;
use yimatong_model::sampling::TubeSize;

use crate::city::City;
use crate::client::{problem, refusal};
use crate::filled_tubes::{ago, outcomes, post, sampled, told};
use crate::resident::{Resident, register};
use crate::status_list::{gate_says, keys, outcome};

fn recorded() -> (String, String) {
    ("recorded".to_owned(), String::new())
}

fn rejected(problem: &str) -> (String, String) {
    ("rejected".to_owned(), problem.to_owned())
}

/// The two bits that gates see of this resident's code.
async fn bits(city: &City, resident: &Resident) -> Value {
    gate_says(city, &resident.shows(city)).await["colour"].clone()
}

async fn colour(city: &City, resident: &Resident) -> Value {
    resident.code(city).await["colour"].clone()
}

#[tokio::test]
async fn a_pooled_positive_turns_everybody_in_the_tube_yellow_on_phones_and_at_gates() {
    let city = City::new().await;
    let people = [register(&city, 1).await, register(&city, 2).await, register(&city, 3).await];
    sampled(&city, "ZZ2022-0001", TubeSize::Ten, &[&people[0], &people[1]], 4).await;
    let list = async || {
        city.app.publish_status_lists().unwrap();
        city.get("/v1/status-lists/0").send().await.body
    };
    let before = list().await;
    let answer = post(&city, &[told(&city, 1, "zz2022-0001", "positive", 3)]).await;
    assert_eq!(outcomes(&answer), [recorded()]);
    let row = &answer.json()["items"][0];
    assert_eq!(
        (&row["tube"], &row["version"], &row["people"]),
        (&json!("zz2022-0001"), &json!(1), &json!(2))
    );
    assert_ne!(list().await, before, "the published list is another one");
    for (resident, expected) in people.iter().zip(["yellow", "yellow", "green"]) {
        assert_eq!(colour(&city, resident).await, expected);
        assert_eq!(bits(&city, resident).await, expected);
    }
    let code = people[0].code(&city).await;
    assert_eq!(code["reasons"][0]["code"], "pooled-positive");
    let tasks = city.app.store.list_resample_tasks(yimatong_store::TaskArea::City, None, 9).await.unwrap();
    assert_eq!(tasks.items.len(), 2, "one single sample is asked of each");

    // Each gives one: a negative brings green by itself, a positive red and a case file.
    sampled(&city, "ZZ2022-0002", TubeSize::One, &[&people[0]], 2).await;
    sampled(&city, "ZZ2022-0003", TubeSize::One, &[&people[1]], 2).await;
    let singles =
        [told(&city, 2, "ZZ2022-0002", "negative", 1), told(&city, 3, "ZZ2022-0003", "positive", 1)];
    assert_eq!(outcomes(&post(&city, &singles).await), [recorded(), recorded()]);
    for (resident, expected) in people.iter().zip(["green", "red", "green"]) {
        assert_eq!(colour(&city, resident).await, expected);
        assert_eq!(bits(&city, resident).await, expected);
    }
    let cases = city.app.store.list_case_files(None, 9).await.unwrap().items;
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].person.to_string(), people[1].person_id);
    let shown = people[0].device.shows(&people[0].code(&city).await, city.clock_s());
    assert_eq!(outcome(&gate_says(&city, &shown).await), "allow");
}

#[tokio::test]
async fn an_amended_result_takes_back_what_the_wrong_one_did() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    sampled(&city, "ZZ2022-0001", TubeSize::Ten, &[&resident], 4).await;
    post(&city, &[told(&city, 1, "ZZ2022-0001", "positive", 3)]).await.ok(200);
    assert_eq!(bits(&city, &resident).await, "yellow");
    let other = told(&city, 2, "ZZ2022-0001", "negative", 3);
    assert_eq!(outcomes(&post(&city, std::slice::from_ref(&other)).await), [rejected("already-reported")]);
    let mut amended = other.clone();
    (amended["amends"], amended["remark"]) = (json!(1), json!("wrong plate"));
    let answer = post(&city, &[amended.clone()]).await;
    assert_eq!(answer.ok(200)["items"][0]["version"], 2);
    assert_eq!(colour(&city, &resident).await, "green");
    assert_eq!(bits(&city, &resident).await, "green");
    assert_eq!(outcomes(&post(&city, &[amended]).await)[0].0, "duplicate");
    let history = city.get("/v1/results").by(&resident.token).send().await.ok(200);
    assert_eq!(history["items"].as_array().unwrap().len(), 1, "the wrong one is the resident's no longer");
    let now_own = &history["items"][0];
    assert_eq!(now_own["outcome"], "negative");
    // Nor is the resident left without a word of it.
    let corrected = now_own["corrected"].as_object().unwrap();
    assert_eq!(corrected.keys().collect::<Vec<_>>(), ["at", "formerOutcome"]);
    assert_eq!(corrected["formerOutcome"], "positive");
    let at: jiff::Timestamp = corrected["at"].as_str().unwrap().parse().unwrap();
    assert_eq!(at.as_second(), city.clock_s());
    let proof = format!("/v1/results/{}/proof", now_own["id"].as_str().unwrap());
    assert_eq!(&city.get(proof).by(&resident.token).send().await.ok(200)["result"], now_own);
}

#[tokio::test]
async fn rows_are_judged_one_by_one_with_words_in_both_languages() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    sampled(&city, "ZZ2022-0001", TubeSize::Ten, &[&resident], 4).await;
    let good = |n| told(&city, n, "ZZ2022-0001", "negative", 3);
    let with = |n, field: &str, value: Value| {
        let mut row = good(n);
        row[field] = value;
        row
    };
    let rows = [
        good(1),
        good(1),
        with(2, "id", "x".into()),
        with(3, "tube", "12".into()),
        with(4, "tube", "ZZ2022-9999".into()),
        with(5, "received", "gestern".into()),
        with(6, "received", (ago(&city, -1)).to_string().into()),
        with(7, "institution", " ".into()),
        with(8, "remark", "长".repeat(134).into()),
    ];
    let answer = post(&city, &rows).await;
    let field = || rejected("invalid-field");
    let duplicate = ("duplicate".to_owned(), String::new());
    let expected = [
        recorded(),
        duplicate,
        field(),
        field(),
        rejected("unknown-tube"),
        field(),
        rejected("times-out-of-order"),
        field(),
        field(),
    ];
    assert_eq!(outcomes(&answer), expected);
    let other = post(&city, &[with(9, "outcome", "positive".into())]).await;
    assert_eq!(outcomes(&other), [rejected("already-reported")]);
    for row in answer.json()["items"].as_array().unwrap().iter().filter(|row| row["status"] == "rejected") {
        assert!(row["detail"].as_str().unwrap().is_ascii(), "{row}");
        assert!(!row["detailZh"].as_str().unwrap().is_ascii(), "{row}");
    }
    let many = vec![good(1); 1_001];
    assert_eq!(post(&city, &many).await.problem(), problem(422, "invalid-field", "results"));
    assert_eq!(post(&city, &[]).await.problem(), problem(422, "invalid-field", "results"));
    let unknown = with(1, "colour", "red".into());
    assert_eq!(post(&city, &[unknown]).await.problem(), problem(422, "invalid-field", "results[0].colour"));
    let verifier = city.post("/v1/tube-results", &json!({ "results": [] })).by(&city.staff(Role::Verifier));
    assert_eq!(verifier.send().await.status, 403);
}

#[tokio::test]
async fn of_rows_that_contradict_each_other_about_a_tube_none_is_believed() {
    let city = City::new().await;
    let [one, other] = [register(&city, 1).await, register(&city, 2).await];
    sampled(&city, "ZZ2022-0001", TubeSize::Ten, &[&one], 4).await;
    sampled(&city, "ZZ2022-0002", TubeSize::Ten, &[&other], 4).await;
    // The third is far from the first, and its lab's name is missing: it speaks all the same.
    let mut nameless = told(&city, 3, "ZZ2022-0001", "positive", 3);
    nameless["institution"] = " ".into();
    let rows = [
        told(&city, 1, "ZZ2022-0001", "negative", 3),
        told(&city, 2, "ZZ2022-0002", "negative", 3),
        nameless,
    ];
    let answer = post(&city, &rows).await;
    assert_eq!(outcomes(&answer), [rejected("invalid-field"), recorded(), rejected("invalid-field")]);
    let items = &answer.json()["items"];
    assert!(items[0]["detail"].as_str().unwrap().contains("different results"), "{items}");
    assert!(items[0]["detailZh"].as_str().unwrap().contains("不同的结果"), "{items}");
    // Nothing is held against the right row when it comes alone, nor against a correction in the same call.
    let right = told(&city, 1, "ZZ2022-0001", "negative", 3);
    let mut correction = told(&city, 4, "ZZ2022-0001", "positive", 3);
    correction["amends"] = 1.into();
    assert_eq!(outcomes(&post(&city, &[right, correction]).await), [recorded(), recorded()]);
    assert_eq!(colour(&city, &one).await, "yellow");
    assert_eq!(colour(&city, &other).await, "green");
}

#[tokio::test]
async fn a_call_of_more_tubes_than_one_transaction_takes_is_answered_in_its_order() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    sampled(&city, "ZZ2022-0001", TubeSize::Ten, &[&resident], 4).await;
    let known = |n: u32| n == 0 || n == 249;
    let rows: Vec<Value> = (0..250)
        .map(|n| {
            let tube = if known(n) { "ZZ2022-0001".to_owned() } else { format!("ZZ2023-{n:04}") };
            let mut row = told(&city, n, &tube, "negative", 3);
            if n == 120 {
                row["id"] = "x".into();
            }
            row
        })
        .collect();
    let answers = outcomes(&post(&city, &rows).await);
    let duplicate = || ("duplicate".to_owned(), String::new());
    for (n, answer) in (0..250).zip(&answers) {
        let expected = match n {
            0 => recorded(),
            120 => rejected("invalid-field"),
            249 => duplicate(),
            _ => rejected("unknown-tube"),
        };
        assert_eq!(*answer, expected, "row {n}");
    }
    assert_eq!(answers.len(), 250);
}

#[tokio::test]
async fn the_history_says_tube_and_site_and_a_proof_is_printed_of_ones_own_result() {
    let city = City::new().await;
    let (resident, other) = (register(&city, 1).await, register(&city, 2).await);
    let point = json!({ "name": "钟楼广场采样点", "kind": "fixed", "area": 610_113_001_001_u64, "address": "北大街 1 号" });
    city.post("/v1/sampling-points", &point).by(&city.staff(Role::Headquarters)).send().await.ok(201);
    sampled(&city, "ZZ2022-0001", TubeSize::Ten, &[&resident, &other], 4).await;
    sampled(&city, "ZZ2022-0002", TubeSize::One, &[&other], 2).await;
    let results = [told(&city, 1, "ZZ2022-0001", "negative", 3), told(&city, 2, "ZZ2022-0002", "invalid", 1)];
    post(&city, &results).await.ok(200);

    let of = async |resident: &Resident| {
        let history = city.get("/v1/results").by(&resident.token).send().await.ok(200);
        history["items"].as_array().unwrap().clone()
    };
    let (own, others) = (of(&resident).await, of(&other).await);
    assert_eq!((own.len(), others.len()), (1, 2));
    let own = &own[0];
    assert_eq!((&own["tubeBarcode"], &own["site"]), (&json!("ZZ2022-0001"), &json!("钟楼广场采样点")));
    assert_eq!(own.get("corrected"), None, "never corrected");
    assert_eq!((&own["badge"], &own["tube"]), (&json!("within-24h"), &json!("pooled")));

    let proof = async |id: &Value, token: &str| {
        let id = id.as_str().unwrap();
        city.get(format!("/v1/results/{id}/proof")).by(token).send().await
    };
    let answer = proof(&own["id"], &resident.token).await.ok(200);
    assert_eq!((&answer["name"], &answer["maskedName"]), (&json!("王建国"), &resident.code["name"]));
    assert_eq!(answer["documentTail"], resident.code["documentTail"]);
    assert_eq!(&answer["result"], own);
    assert_eq!(answer["city"]["nameZh"], "西安市");
    let jwks = city.get("/.well-known/jwks.json").send().await.text();
    assert!(jwks.contains(answer["keyId"].as_str().unwrap()), "{jwks}");
    let certificate = answer["certificate"].as_str().unwrap();
    let keys = keys(&city).await;
    let rule = VenueRule { foreign_proof: ForeignProof::Negative, ..VenueRule::default() };
    let lists = StatusLists::default();
    let verdict = |hours: i64| {
        let seen = verify(certificate, &keys, &lists, &rule, city.clock_s() + hours * 3_600);
        serde_json::to_value(seen).unwrap()
    };
    let seen = verdict(1);
    assert_eq!((&seen["outcome"], &seen["kind"]), (&json!("check-by-hand"), &json!("dcc")), "{seen}");
    assert_eq!(seen["name"], "王建国");
    let reasons = verdict(45)["reasons"].clone();
    assert!(
        reasons.as_array().unwrap().contains(&json!("test-too-old")),
        "sampled 49 hours before: {reasons}"
    );

    let audit = city.app.store.list_audit(None, 200).await.unwrap().items;
    let row = audit.iter().find(|row| row.action == "read-proof").unwrap();
    assert_eq!((row.subject.unwrap().to_string(), row.staff), (resident.person_id.clone(), None));

    assert_eq!(proof(&own["id"], &other.token).await.refused(), refusal(404, "not-found"));
    assert_eq!(proof(&json!("x"), &other.token).await.refused(), refusal(404, "not-found"));
    let invalid = proof(&others[0]["id"], &other.token).await;
    assert_eq!(invalid.refused(), refusal(409, "no-certificate"));
}
