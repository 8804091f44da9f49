//! The city in numbers.

use serde_json::{Value, json};
use yimatong_model::role::Role;

use crate::city::City;
use crate::resident::{Device, adult, registration, resident};
use crate::results::{post, row};

async fn statistics(city: &City) -> Value {
    city.get("/v1/statistics").by(&city.staff(Role::Headquarters)).send().await.ok(200)
}

/// Registers the n-th adult in a community, or in none.
async fn register_in(city: &City, n: u32, community: Option<u32>) -> crate::resident::Resident {
    let device = Device::new();
    let mut body = registration(city, n, &device).await;
    match community {
        Some(community) => body["communityId"] = community.into(),
        None => drop(body.as_object_mut().unwrap().remove("communityId")),
    }
    let phone = body["phone"].as_str().unwrap().to_owned();
    let answer = city.post("/v1/people", &body).send().await;
    resident(&answer, device, phone, adult(n))
}

#[tokio::test]
async fn the_city_is_counted_by_colour_test_and_district() {
    let city = City::new().await;
    let nobody = statistics(&city).await;
    assert_eq!((&nobody["people"], &nobody["districts"][0]["people"]), (&json!(0), &json!(0)));
    let first = register_in(&city, 1, Some(1)).await;
    let second = register_in(&city, 2, Some(2)).await;
    register_in(&city, 3, None).await;
    let now = city.app.now();
    let rows = [
        row(now, 1, &first.document, 1, "positive", "pooled"),
        row(now, 2, &second.document, 30, "negative", "pooled"),
    ];
    post(&city, &rows).await.ok(200);
    assert_eq!(statistics(&city).await, nobody, "counted at most once in ten seconds");
    city.clock.advance_s(10);
    let counted = statistics(&city).await;
    let yellow = json!({ "green": 2, "yellow": 1, "red": 0 });
    assert_eq!((&counted["people"], &counted["colours"]), (&json!(3), &yellow));
    assert_eq!(counted["tested"], json!({ "h24": 1, "h48": 2, "h72": 2 }));
    let district = json!({
        "code": 610_113, "nameZh": "雁塔区", "people": 2, "green": 1, "yellow": 1, "red": 0, "h48": 2,
    });
    assert_eq!(counted["districts"], json!([district]));
    let as_of: jiff::Timestamp = counted["asOf"].as_str().unwrap().parse().unwrap();
    assert_eq!(as_of, city.app.now());
}

#[tokio::test]
async fn many_who_ask_at_once_get_the_numbers_of_one_counting() {
    let city = City::new().await;
    let before = city.store_calls();
    let asking: Vec<_> = (0..50)
        .map(|_| {
            let app = std::sync::Arc::clone(&city.app);
            tokio::spawn(async move { app.statistics().await.unwrap() })
        })
        .collect();
    let mut all = Vec::new();
    for one in asking {
        all.push(one.await.unwrap());
    }
    assert!(all.iter().all(|one| std::sync::Arc::ptr_eq(one, &all[0])));
    assert_eq!(city.store_calls() - before, 1, "one page of communities, read once");
}

#[tokio::test]
async fn whoever_goes_away_leaves_the_counting_to_the_next() {
    let city = City::new().await;
    {
        let mut asking = Box::pin(city.app.statistics());
        let once =
            std::future::poll_fn(|context| std::task::Poll::Ready(asking.as_mut().poll(context).is_ready()));
        assert!(!once.await, "it waits for the store");
    }
    assert_eq!(statistics(&city).await["people"], 0);
}
