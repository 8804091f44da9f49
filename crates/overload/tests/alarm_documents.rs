//! The table of alarms, the Prometheus rules, the runbook, the dashboard, the autoscaler and the list of metrics say the same.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use yimatong_overload::Alarms;

const RULES: &str = include_str!("../../../monitoring/yimatong.rules.yml");
const METRICS: &str = include_str!("../../../docs/metrics.md");
const RUNBOOK: &str = include_str!("../../../docs/ops.md");
const DASHBOARD: &str = include_str!("../../../deploy/grafana/yimatong.json");
const AUTOSCALER: &str = include_str!("../../../deploy/kubernetes/base/autoscaler.yaml");
const ADAPTER: &str = include_str!("../../../deploy/kubernetes/prometheus-adapter.yaml");

/// The Prometheus rules by name, each with its lines.
fn prometheus_rules() -> BTreeMap<&'static str, &'static str> {
    let rules = RULES.split("- alert: ").skip(1);
    rules.map(|rule| rule.split_once('\n').unwrap()).collect()
}

/// Every word of a text that names a metric of ours.
fn metrics(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_lowercase() || c == '_'))
        .filter(|word| word.starts_with("yimatong_"))
        .collect()
}

#[test]
fn prometheus_has_a_rule_for_every_alarm_and_no_other() {
    let rules = prometheus_rules();
    let alarms: BTreeSet<_> = Alarms::rules().iter().map(|rule| rule.name).collect();
    assert_eq!(rules.keys().copied().collect::<BTreeSet<_>>(), alarms);
    assert_eq!(RULES.matches("- alert: ").count(), alarms.len(), "a name stands there twice");
}

#[test]
fn every_rule_points_to_the_section_of_the_runbook_that_is_there() {
    let rules = prometheus_rules();
    for alarm in Alarms::rules() {
        let runbook = alarm.runbook();
        assert!(rules[alarm.name].contains(&format!("runbook: \"{runbook}\"")), "{runbook}");
        let heading = format!("\n### Alarm {}\n", alarm.name);
        assert!(RUNBOOK.contains(&heading), "docs/ops.md lacks {heading:?}");
    }
}

#[test]
fn every_metric_that_a_rule_asks_for_is_documented() {
    let (asked, documented) = (metrics(RULES), metrics(METRICS));
    assert!(asked.len() > 9, "the rules are read wrongly: {asked:?}");
    let missing: Vec<_> = asked.difference(&documented).collect();
    assert!(missing.is_empty(), "docs/metrics.md lacks {missing:?}");
}

#[test]
fn every_metric_that_the_dashboard_shows_is_documented() {
    // A histogram is asked for by its buckets.
    let shown: BTreeSet<_> =
        metrics(DASHBOARD).into_iter().map(|name| name.strip_suffix("_bucket").unwrap_or(name)).collect();
    assert!(shown.len() > 30, "the dashboard is read wrongly: {shown:?}");
    let documented = metrics(METRICS);
    let missing: Vec<_> = shown.difference(&documented).collect();
    assert!(missing.is_empty(), "docs/metrics.md lacks {missing:?}");
}

#[test]
fn the_autoscaler_grows_by_metrics_that_are_documented_and_served_by_the_adapter() {
    let asked = metrics(AUTOSCALER);
    assert!(asked.contains("yimatong_overload_saturated"), "{asked:?}");
    assert!(asked.is_subset(&metrics(METRICS)), "docs/metrics.md lacks some of {asked:?}");
    assert_eq!(metrics(ADAPTER), asked);
}
