//! Tubes with people in them, as the tables in the street leave them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yimatong_model::ids::SamplingPointId;
use yimatong_model::role::Role;
use yimatong_model::sampling::{SampleSource, TubeSize};
use yimatong_server::clock::Clock as _;
use yimatong_store::{NewSample, SampleBatch, SampledPerson};

use crate::city::{City, staff_id};
use crate::client::Answer;
use crate::resident::Resident;

/// A sample of a person in a tube.
pub(crate) async fn sampled(city: &City, tube: &str, size: TubeSize, people: &[&Resident], hours_ago: i64) {
    let sampled = ago(city, hours_ago);
    let rows = people.iter().map(|resident| NewSample {
        id: id_of(tube, &resident.person_id),
        barcode: tube.parse().unwrap(),
        size,
        household: false,
        campaign: None,
        person: SampledPerson::Known(resident.person_id.parse().unwrap()),
        sampled,
        source: SampleSource::Code,
        undone: None,
    });
    let batch = SampleBatch {
        device: [7; 16],
        point: SamplingPointId(1),
        staff: staff_id(Role::Sampler),
        rows: rows.collect(),
    };
    let recorded = city.app.store.record_samples(batch, city.clock.now()).await.unwrap();
    assert_eq!(recorded.rows.len(), people.len());
    city.app.follow_registry().await.unwrap();
}

fn id_of(tube: &str, person: &str) -> [u8; 16] {
    let mut id = [0; 16];
    for (place, byte) in tube.bytes().chain(person.bytes()).enumerate() {
        id[place % 16] ^= byte.rotate_left(u32::try_from(place / 16).unwrap());
    }
    id
}

/// So many hours before now.
pub(crate) fn ago(city: &City, hours: i64) -> Timestamp {
    city.clock.now() - SignedDuration::from_hours(hours)
}

/// The n-th result that a lab tells of a tube: received so many hours ago and reported just now.
pub(crate) fn told(city: &City, n: u32, tube: &str, outcome: &str, hours_ago: i64) -> Value {
    json!({
        "id": format!("00000000-0000-4000-8000-{n:012}"), "tube": tube, "outcome": outcome, "method": "naat",
        "received": ago(city, hours_ago).to_string(), "reported": city.clock.now().to_string(),
        "institution": "西安第一核酸检测实验室",
    })
}

/// Posts results of tubes as the lab.
pub(crate) async fn post(city: &City, rows: &[Value]) -> Answer {
    city.post("/v1/tube-results", &json!({ "results": rows })).by(&city.staff(Role::Lab)).send().await
}

/// (status, problem) of each row.
#[track_caller]
pub(crate) fn outcomes(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = answer.ok(200);
    let rows = rows["items"].as_array().unwrap();
    rows.iter().map(|row| (text(&row["status"]), text(&row["problem"]))).collect()
}
