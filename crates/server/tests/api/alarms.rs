//! Alarms where operators and Prometheus see them.

use std::collections::BTreeSet;
use std::time::Duration;

use yimatong_model::role::Role;
use yimatong_overload::AlarmFigures;

use crate::city::City;

const DOCUMENTED: &str = include_str!("../../../../docs/metrics.md");

#[tokio::test]
async fn an_alarm_that_fires_stands_in_the_figures_and_in_the_metrics() {
    let city = City::new().await;
    let alarms = async || {
        let figures = city.get("/v1/overload").by(&city.staff(Role::Operator)).send().await.ok(200);
        let metrics = city.get("/metrics").send().await.text();
        (figures["alarms"].clone(), metrics.contains("yimatong_alarm{name=\"room-paused\"} 1"))
    };
    assert_eq!(alarms().await, (serde_json::json!([]), false));
    let paused = AlarmFigures { room_paused: true, ready: true, ..AlarmFigures::default() };
    for second in 0..4 {
        city.app.alarms.tick(&paused, Duration::from_secs(second), city.app.now());
        city.clock.advance_s(1);
    }
    let (shown, in_metrics) = alarms().await;
    assert!(in_metrics);
    assert_eq!(shown[0]["name"], "room-paused");
    assert_eq!(shown[0]["since"], "2026-11-23T02:00:00Z");
    assert!(shown[0]["zh"].as_str().unwrap().contains("叫号"));
}

#[tokio::test]
async fn every_metric_that_is_served_is_documented() {
    let city = City::new().await;
    city.get("/v1/overload").by(&city.staff(Role::Operator)).send().await.ok(200);
    let text = city.get("/metrics").send().await.text();
    let served: BTreeSet<_> =
        text.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next()).collect();
    assert!(served.len() > 20, "{served:?}");
    let missing: Vec<_> = served
        .iter()
        .filter(|name| !["`", "{", "_total"].iter().any(|end| DOCUMENTED.contains(&format!("`{name}{end}"))))
        .collect();
    assert!(missing.is_empty(), "docs/metrics.md lacks {missing:?}");
}

#[tokio::test]
async fn what_the_gate_did_not_refuse_is_no_alarm() {
    let city = City::new().await;
    let off = serde_json::json!({ "vaccineBadge": true, "statistics": false, "history": false });
    city.post("/v1/overload/switches", &off).by(&city.staff(Role::Operator)).send().await.ok(200);
    for _ in 0..5 {
        assert_eq!(city.get("/v1/statistics").by(&city.staff(Role::Operator)).send().await.status, 503);
    }
    let figures = city.get("/v1/overload").by(&city.staff(Role::Operator)).send().await.ok(200);
    assert_eq!(figures["classes"][4]["refused"], 5, "operators see it in the figures");
    let at_the_gate: u64 = city.app.alarm_figures().classes.iter().map(|class| class.refused).sum();
    assert_eq!(at_the_gate, 0);
}
