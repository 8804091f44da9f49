//! What is odd about samples and tubes: on a list until somebody has found out.

use serde_json::{Value, json};
use yimatong_model::role::Role;

use crate::city::City;
use crate::client::{problem, refusal};
use crate::resident::register;
use crate::sampling::{sample, send, send_from, tube};

async fn list(city: &City, asked: &str) -> Value {
    let path = format!("/v1/sample-problems{asked}");
    city.get(path).by(&city.staff(Role::CommunityWorker)).send().await.ok(200)
}

#[tokio::test]
async fn a_problem_is_listed_until_it_is_resolved_and_resolved_once() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    send(&city, &[sample(&city, 1, 1, &first, 9), sample(&city, 2, 2, &first, 8)]).await.ok(200);
    send_from(&city, 2, &[sample(&city, 3, 1, &second, 7)]).await.ok(200);
    let open = list(&city, "").await;
    let kinds: Vec<&Value> = open["items"].as_array().unwrap().iter().map(|row| &row["kind"]).collect();
    assert_eq!(kinds, ["already-sampled", "barcode-used"]);
    assert_eq!(open["items"][0]["person"]["name"], "王*国");
    assert_eq!((&open["items"][1]["tube"], &open["items"][1]["staffId"]), (&json!(tube(1)), &json!(2)));
    let page = list(&city, "?limit=1").await;
    let next = list(&city, &format!("?cursor={}", page["nextCursor"].as_str().unwrap())).await;
    assert_eq!(next["items"], json!([open["items"][1]]));

    let resolve = async |id: u64, role, remark: &str| {
        let path = format!("/v1/sample-problems/{id}/resolve");
        city.post(path, &json!({ "remark": remark })).by(&city.staff(role)).send().await
    };
    assert_eq!(resolve(2, Role::Lab, "").await.problem(), problem(422, "invalid-field", "remark"));
    let resolved = resolve(2, Role::Lab, "a second roll of labels").await.ok(200);
    assert_eq!(resolved["resolvedBy"]["name"], "lab");
    assert_eq!(resolved["remark"], "a second roll of labels");
    assert_eq!(resolve(2, Role::Lab, "a second roll of labels").await.ok(200), resolved);
    let other = resolve(2, Role::Headquarters, "else").await;
    assert_eq!(other.refused(), refusal(409, "already-resolved"));
    assert_eq!(resolve(9, Role::Lab, "x").await.refused(), refusal(404, "not-found"));
    assert_eq!(list(&city, "").await["items"], json!([open["items"][0]]));
    assert_eq!(list(&city, "?open=false").await["items"].as_array().unwrap().len(), 2);
}
