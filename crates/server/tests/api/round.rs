//! The notice of 5 January 2022 from the draft to the last person who turns green again, on a small Zhengzhou.

use jiff::civil::date;
use serde_json::{Value, json};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::role::Role;
use yimatong_model::synthetic::SyntheticPerson;
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_model::vaccination::Vaccination;
use yimatong_server::clock::Clock as _;

use crate::city::City;
use crate::client::refusal;
use crate::declarations::own_certificate;
use crate::resident::register;
use crate::results::{post, row};
use crate::zhengzhou::{CONTROLLED, SEALED, notice, on_the_day, people, zhengzhou};

/// People of community 1 with a part to play, by their place among those who are not sampled.
const VACCINATED: usize = 0;
const NOT_DECLARED: usize = 1;
const AWAY: usize = 2;
const WAITS: usize = 3;
const ISOLATED: usize = 4;

/// Everybody, and who of them is tested: all but the last ten of each open community, nobody of the sealed one.
fn cast() -> (Vec<SyntheticPerson>, Vec<usize>, Vec<usize>) {
    let mut all = people(1_800);
    let mut open = Vec::new();
    let mut sampled = Vec::new();
    for community in [1, 2, 3, 6, 7, 8, 9] {
        let mut here: Vec<usize> = (0..all.len()).filter(|n| all[*n].community.0 == community).collect();
        open.extend(here.split_off(here.len() - 10));
        sampled.extend(here);
    }
    // The first ten of those who stay away are of community 1.
    let dose = Some(Vaccination { doses: 2, last: date(2022, 1, 4) });
    (all[open[VACCINATED]].vaccination, all[open[NOT_DECLARED]].vaccination) = (dose, dose);
    all[open[ISOLATED]].reasons = vec![Reason::new(ReasonCode::CloseContact, on_the_day(-600))];
    let tested = on_the_day(-900);
    let result = TestResult {
        sampled: tested,
        received: tested,
        reported: tested,
        outcome: Outcome::Negative,
        tube: Tube::Pooled,
        method: Method::Naat,
        institution: 1,
    };
    for person in all.iter_mut().filter(|person| person.community.0 == CONTROLLED) {
        person.results = vec![result];
    }
    (all, open, sampled)
}

/// A community worker records what somebody told, and headquarters decides.
pub(crate) async fn declare(city: &City, person: &SyntheticPerson, body: Value, accept: Option<bool>) {
    let id = city.person(&person.document).await.unwrap();
    let path = format!("/v1/people/{id}/declarations");
    let made = city.post(&path, &body).by(&city.staff(Role::CommunityWorker)).send().await.ok(201);
    let Some(accept) = accept else { return };
    let review = format!("{path}/{}/review", made["id"].as_str().unwrap());
    let decision = json!({ "accept": accept, "remark": "seen" });
    let own = city.post(&review, &decision).by(&city.staff(Role::CommunityWorker)).send().await;
    assert_eq!(own.refused(), refusal(409, "second-person-needed"), "nobody accepts what they recorded");
    let reviewed = city.post(&review, &decision).by(&city.staff(Role::Headquarters)).send().await.ok(200);
    assert_eq!(reviewed["review"], if accept { "accepted" } else { "refused" });
}

async fn colour_of(city: &City, person: &SyntheticPerson) -> (String, Vec<String>) {
    let id = city.person(&person.document).await.unwrap();
    let path = format!("/v1/people/{id}?purpose=test");
    let file = city.get(path).by(&city.staff(Role::Headquarters)).send().await.ok(200);
    let reasons = file["reasons"].as_array().unwrap().iter();
    let reasons = reasons.map(|reason| reason["code"].as_str().unwrap().to_owned()).collect();
    (file["colour"].as_str().unwrap().to_owned(), reasons)
}

fn yellow() -> (String, Vec<String>) {
    ("yellow".to_owned(), vec!["missed-round".to_owned()])
}

fn green() -> (String, Vec<String>) {
    ("green".to_owned(), Vec::new())
}

#[tokio::test]
async fn the_notice_of_5_january_runs_from_the_draft_to_the_last_release() {
    let (all, open, sampled) = cast();
    let city = zhengzhou(&all, |_| {}).await;
    // A resident with a phone who is abroad, and one who forgets it.
    let (abroad, forgets) = (register(&city, 1).await, register(&city, 2).await);
    let at = |place: &usize| &all[*place];
    let sealed = all.iter().filter(|person| person.community.0 == SEALED).count();
    let controlled = all.iter().filter(|person| person.community.0 == CONTROLLED).count();

    // Drafted by one, approved by another, who has seen who is in it.
    let drafted = city
        .post("/v1/campaigns", &json!({ "document": notice() }))
        .by(&city.staff(Role::Headquarters))
        .send()
        .await
        .ok(201);
    let number = drafted["number"].as_u64().unwrap();
    let seen = city.coverage(number, "by=district").await;
    assert_eq!(seen["total"]["people"], 1_802);
    city.step(number, "approve", Role::Approver).await.ok(200);
    city.step(number, "start", Role::Headquarters).await.ok(200);
    let windows = json!([{ "from": "2022-01-05T10:00:00+08:00", "to": "2022-01-05T22:00:00+08:00" }]);
    for (role, scope) in [
        (Role::Headquarters, json!({ "area": { "district": 410_103 } })),
        (Role::CommunityWorker, json!({ "community": crate::zhengzhou::code_of(2) })),
    ] {
        let version = city.campaign(number).await["version"].clone();
        let body = json!({ "version": version, "scope": scope, "windows": windows });
        city.post(format!("/v1/campaigns/{number}/refine"), &body).by(&city.staff(role)).send().await.ok(200);
    }

    // The table in the street, and what people declare.
    city.clock.advance_s(2 * 3_600);
    city.sample(number, 10, &sampled.iter().map(at).collect::<Vec<_>>()).await;
    declare(&city, at(&open[VACCINATED]), json!({ "kind": "vaccinated" }), None).await;
    let outside = json!({ "kind": "outside-city", "sampled": on_the_day(-300).to_string() });
    declare(&city, at(&open[AWAY]), outside.clone(), Some(true)).await;
    declare(&city, at(&open[WAITS]), outside, None).await;
    let certificate = own_certificate(&city, "王建国", date(1980, 1, 1), on_the_day(-200)).await;
    let body = json!({ "kind": "outside-city", "evidence": { "kind": "eu-dcc", "text": certificate } });
    city.post("/v1/declarations", &body).by(&abroad.token).send().await.ok(201);

    // No household and no person missed: counted by area, community and household, and listed for the doors.
    let counted = city.coverage(number, "by=district").await;
    let total = &counted["total"];
    // 70 stay away: one is vaccinated, one away, one waits, one is isolated; and the resident who forgets it.
    let expected = json!({
        "people": 1_802, "notIncluded": 0, "sampled": sampled.len(), "zoneTested": controlled, "vaccinated": 1,
        "outsideCity": 2, "tested": 0, "waiting": 1, "open": 67, "spared": sealed + 1,
    });
    assert_eq!(total, &expected);
    let zhongyuan = city.coverage(number, "district=410102").await;
    let community = &zhongyuan["items"][0];
    assert_eq!((&community["communityId"], &community["standings"]["open"]), (&json!(1), &json!(7)));
    assert!(community["householdsDone"].as_u64().unwrap() < community["households"].as_u64().unwrap());
    let households = city.coverage(number, "community=1").await;
    assert_eq!(households["total"], zhongyuan["total"]);
    let of_nobody = households["items"].as_array().unwrap().iter().find(|item| item["householdId"].is_null());
    assert_eq!(of_nobody.unwrap()["people"], 2, "the residents told no household");
    let mut listed = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/campaigns/{number}/missed?community=1&limit=4{cursor}");
        let page = city.get(path).by(&city.staff(Role::CommunityWorker)).send().await.ok(200);
        listed.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let standings = |name: &str| listed.iter().filter(|item| item["standing"] == name).count();
    assert_eq!((standings("open"), standings("waiting")), (8, 1), "the isolated one is open and spared");
    assert_eq!(listed.iter().filter(|item| item["spared"] == true).count(), 1);
    assert!(listed.iter().all(|item| item["person"]["communityName"].is_string()), "{listed:?}");

    // The scope is checked by two people; the job closes.
    city.clock.advance_s(2 * 86_400);
    city.app.follow_declarations().await.unwrap();
    let path = format!("/v1/campaigns/{number}/closing-preview");
    let preview = city.get(path).by(&city.staff(Role::Approver)).send().await.ok(200);
    assert_eq!(
        (&preview["given"], &preview["mostGiven"], &preview["people"]),
        (&json!(67), &json!(67), &json!(1_802))
    );
    assert_eq!(preview["spared"], json!({ "sealedZone": sealed, "isolation": 1 }));
    assert!((preview["share"].as_f64().unwrap() - 67.0 / 1_802.0).abs() < 1e-9);
    let asked = city.step(number, "ask-to-close", Role::Headquarters).await.ok(200);
    assert_eq!((&asked["closing"]["given"], &asked["mostGiven"]), (&json!(67), &json!(67)));
    city.app.work_on_campaigns().await;
    assert_eq!(city.campaign(number).await["given"], 0, "nobody has approved it");
    let own = city.step(number, "approve-closing", Role::Headquarters).await;
    assert_eq!(own.refused(), refusal(409, "second-person-needed"));
    city.step(number, "approve-closing", Role::Approver).await.ok(200);
    let schedule = city.get("/v1/schedule").by(&forgets.token).send().await.ok(200);
    assert_eq!(schedule["items"][0]["turn"], "over");
    city.app.work_on_campaigns().await;
    let closed = city.campaign(number).await;
    assert_eq!((&closed["state"], &closed["given"]), (&json!("closed"), &json!(67)));

    // Who missed it is yellow under the campaign's reason, and nobody else.
    assert_eq!(colour_of(&city, at(&open[NOT_DECLARED])).await, yellow(), "a dose that nobody declared");
    for place in [VACCINATED, AWAY, WAITS] {
        assert_eq!(colour_of(&city, at(&open[place])).await, green(), "{place}");
    }
    assert_eq!(colour_of(&city, at(&sampled[0])).await, green());
    assert_eq!(
        colour_of(&city, all.iter().find(|person| person.community.0 == SEALED).unwrap()).await,
        green()
    );
    assert_eq!(colour_of(&city, at(&open[ISOLATED])).await.1, ["close-contact"]);
    let code = forgets.code(&city).await;
    assert_eq!((&code["colour"], &code["reasons"][0]["code"]), (&json!("yellow"), &json!("missed-round")));
    assert_eq!(code["reasons"][0]["basisZh"], "郑州市2022年1月5日关于开展全市核酸检测的通告");
    assert_eq!(abroad.code(&city).await["colour"], "green");
    let yellows =
        city.app.registry.census(city.clock.now()).values().map(|tally| tally.colours[1]).sum::<u64>();
    assert_eq!(yellows, 67);

    // One negative test later releases one by one, by the city's rules.
    city.clock.advance_s(86_400);
    let now = city.clock.now();
    post(&city, &[row(now, 1, &forgets.document, 1, "negative", "single")]).await.ok(200);
    assert_eq!(forgets.code(&city).await["colour"], "green");

    // The round is reversed as a whole: the others are green again.
    city.step(number, "reverse", Role::Headquarters).await.ok(200);
    city.app.follow_campaigns().await.unwrap();
    city.app.work_on_campaigns().await;
    let reversed = city.campaign(number).await;
    assert_eq!(
        (&reversed["state"], &reversed["given"], &reversed["undone"]),
        (&json!("reversed"), &json!(67), &json!(67))
    );
    let yellows =
        city.app.registry.census(city.clock.now()).values().map(|tally| tally.colours[1]).sum::<u64>();
    assert_eq!(yellows, 0);
    assert_eq!(colour_of(&city, at(&open[NOT_DECLARED])).await, green());

    // Everything is in the audit log.
    let audit = city.get("/v1/audit?limit=200").by(&city.staff(Role::Auditor)).send().await.ok(200);
    let actions: Vec<&str> =
        audit["items"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    for action in [
        "draft-campaign",
        "approve-campaign",
        "start-campaign",
        "refine-campaign",
        "ask-to-close-campaign",
        "approve-closing",
        "give-missed",
        "finish-closing",
        "reverse-campaign",
        "take-back-missed",
        "declare",
        "accept-declaration",
    ] {
        assert!(actions.contains(&action), "{action}: {actions:?}");
    }
}
