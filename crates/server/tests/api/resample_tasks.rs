//! Who needs a single sample after a pooled positive, and the case files that a positive single test opens.

use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_model::test_result::Outcome;

use crate::city::City;
use crate::client::problem;
use crate::resident::register;
use crate::sampling::{sample, send, tell_result, tube, with};

async fn tasks(city: &City, asked: &str) -> Value {
    let path = format!("/v1/resample-tasks{asked}");
    city.get(path).by(&city.staff(Role::Sampler)).send().await.ok(200)["items"].clone()
}

#[tokio::test]
async fn from_the_pooled_positive_over_the_single_tube_to_the_case_file() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    let rows = [sample(&city, 1, 1, &first, 60), sample(&city, 2, 1, &second, 59)];
    send(&city, &rows).await.ok(200);
    tell_result(&city, 1, 1, Outcome::Positive).await;
    city.clock.advance_s(600);
    let open = tasks(&city, "").await;
    assert_eq!((open.as_array().unwrap().len(), &open[0]["ageS"]), (2, &json!(600)));
    assert_eq!((&open[0]["tube"], &open[0]["campaign"]), (&json!(tube(1)), &json!(7)));
    assert_eq!(open[0]["person"]["communityId"], 1);
    assert_eq!(tasks(&city, "?district=610113").await, open);
    assert_eq!(tasks(&city, "?community=1").await, open);
    assert_eq!(tasks(&city, "?community=2").await, json!([]));
    assert_eq!(tasks(&city, "?district=610104").await, json!([]));
    let both = city.get("/v1/resample-tasks?district=1&community=1").by(&city.staff(Role::Sampler));
    assert_eq!(both.send().await.problem(), problem(400, "invalid-parameter", "community"));

    let single = |n, barcode, resident| with(sample(&city, n, barcode, resident, 0), "size", 1);
    let rows = [single(3, 3, &first), single(4, 4, &second)];
    assert_eq!(crate::sampling::said(&send(&city, &rows).await), ["recorded", "recorded"], "asked for");
    assert_eq!(tasks(&city, "").await, json!([]));
    tell_result(&city, 2, 3, Outcome::Positive).await;
    tell_result(&city, 3, 4, Outcome::Negative).await;
    assert_eq!(first.code(&city).await["colour"], "red");
    assert_eq!(second.code(&city).await["colour"], "green");
    let cases = city.get("/v1/case-files").by(&city.staff(Role::Tracer)).send().await.ok(200);
    let cases = cases["items"].as_array().unwrap();
    assert_eq!((cases.len(), &cases[0]["state"], &cases[0]["tube"]), (1, &json!("open"), &json!(tube(3))));
    assert_eq!(cases[0]["person"]["personId"], first.person_id);
}
