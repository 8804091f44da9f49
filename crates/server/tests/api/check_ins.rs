//! Check-ins: sent in batches, maybe hours later, each counted once.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yimatong_model::ids::VenueId;
use yimatong_model::role::Role;
use yimatong_server::auth::staff::StaffMember;
use yimatong_server::clock::Clock as _;

use crate::city::{City, MARKET, staff_id};
use crate::client::{Answer, problem};
use crate::resident::{Resident, register};

async fn subject(city: &City, resident: &Resident) -> String {
    let check = json!({ "text": resident.shows(city), "venueId": MARKET.0 });
    let check = city.post("/v1/checks", &check).by(&city.staff(Role::Verifier)).send().await.ok(200);
    check["verdict"]["subject"].as_str().unwrap().to_owned()
}

fn row(n: u32, at: Timestamp, subject: &str) -> Value {
    json!({
        "id": format!("00000000-0000-4000-8000-{n:012}"), "at": at.to_string(), "subject": subject,
        "outcome": "allow",
    })
}

async fn post(city: &City, venue: u32, rows: &[Value]) -> Answer {
    let body = json!({ "venueId": venue, "checkIns": rows });
    city.post("/v1/check-ins", &body).by(&city.staff(Role::Verifier)).send().await
}

/// Status and problem of every row.
#[track_caller]
fn said(answer: &Answer) -> Vec<String> {
    let items = answer.ok(200)["items"].as_array().unwrap().clone();
    items
        .iter()
        .map(|row| {
            let problem = row["problem"].as_str().map(|problem| format!(" {problem}")).unwrap_or_default();
            format!("{}{problem}", row["status"].as_str().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_batch_sent_twice_is_recorded_once() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let subject = subject(&city, &resident).await;
    let now = city.clock.now();
    let rows = [row(1, now, &subject), row(2, now, &subject)];
    assert_eq!(said(&post(&city, MARKET.0, &rows).await), ["recorded", "recorded"]);
    assert_eq!(said(&post(&city, MARKET.0, &rows).await), ["duplicate", "duplicate"]);
    assert_eq!(city.check_ins(MARKET).await, 2);
}

#[tokio::test]
async fn each_bad_row_says_why_and_the_good_ones_are_recorded() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let subject = subject(&city, &resident).await;
    let now = city.clock.now();
    let with = |n, field: &str, value: &str| {
        let mut row = row(n, now, &subject);
        row[field] = value.into();
        row
    };
    let ahead = (now + SignedDuration::from_mins(6)).to_string();
    let rows = [
        row(1, now, &subject),
        with(2, "id", "1"),
        with(3, "at", "now"),
        with(4, "at", &ahead),
        with(5, "at", "-009999-01-02T02:00:00Z"),
        with(6, "at", "9999-12-30T22:00:00Z"),
        with(7, "subject", ""),
        with(8, "subject", "AAAAAAAAAAAAAAAAAAAAAA"),
        with(9, "subject", &format!("{subject}AAAA")),
        with(10, "subject", "!!!!"),
        row(11, now - SignedDuration::from_hours(30), &subject),
    ];
    let said = said(&post(&city, MARKET.0, &rows).await);
    assert_eq!(said[0], "recorded");
    assert_eq!(said[1], "rejected invalid-id");
    assert_eq!(said[2], "rejected invalid-time");
    assert_eq!(said[3], "rejected in-future");
    assert_eq!(said[5], "rejected in-future");
    assert_eq!(said[6], "rejected invalid-subject");
    assert!(["rejected unknown-person", "rejected invalid-subject"].contains(&said[7].as_str()), "made up");
    assert_eq!(said[8], "rejected invalid-subject");
    assert_eq!(said[9], "rejected invalid-subject");
    assert_eq!(said[10], "recorded", "a gate that was offline for a day");
    assert_eq!(city.check_ins(MARKET).await, 1);
}

#[tokio::test]
async fn who_registered_at_another_node_just_now_is_known_to_gates() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let seen_elsewhere = subject(&city, &resident).await;
    city.app.registry.forget();
    let rows = [row(1, city.clock.now(), &seen_elsewhere)];
    assert_eq!(said(&post(&city, MARKET.0, &rows).await), ["recorded"]);
    assert_eq!(city.check_ins(MARKET).await, 1);
}

#[tokio::test]
async fn an_unknown_venue_and_a_batch_of_the_wrong_size_are_refused_as_a_whole() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let subject = subject(&city, &resident).await;
    let now = city.clock.now();
    let answer = post(&city, 77, &[row(1, now, &subject)]).await;
    assert_eq!(answer.problem(), problem(422, "invalid-field", "venueId"));
    assert_eq!(post(&city, MARKET.0, &[]).await.problem(), problem(422, "invalid-field", "checkIns"));
    let many: Vec<Value> = (0..1_001).map(|n| row(n, now, &subject)).collect();
    assert_eq!(post(&city, MARKET.0, &many).await.problem(), problem(422, "invalid-field", "checkIns"));
    assert_eq!(said(&post(&city, MARKET.0, &many[..1_000]).await).len(), 1_000);
}

#[tokio::test]
async fn an_id_counts_once_a_day_at_a_venue_and_the_first_row_stays() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let subject = subject(&city, &resident).await;
    let now = city.clock.now();
    post(&city, MARKET.0, &[row(1, now, &subject)]).await.ok(200);
    let mut other = row(1, now, &subject);
    other["outcome"] = "refuse".into();
    assert_eq!(said(&post(&city, MARKET.0, &[other]).await), ["duplicate"]);
    let day = yimatong_model::clock::city_day(now);
    let kept = city.app.store.list_check_ins(MARKET, day, None, 10).await.unwrap().items;
    assert_eq!((kept.len(), kept[0].outcome), (1, yimatong_store::GateOutcome::Allow));
}

#[tokio::test]
async fn a_verifier_of_one_venue_cannot_record_for_another() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let subject = subject(&city, &resident).await;
    let verifier = city.app.staff.get(staff_id(Role::Verifier)).unwrap();
    city.app.staff.put(StaffMember { venue: Some(VenueId(MARKET.0 + 1)), ..(*verifier).clone() });
    let answer = post(&city, MARKET.0, &[row(1, city.clock.now(), &subject)]).await;
    assert_eq!(answer.problem(), problem(403, "not-allowed", "venueId"));
    assert_eq!(city.check_ins(MARKET).await, 0);
}
