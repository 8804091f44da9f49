//! A whole small run against a server that follows a script.

#![cfg(test)]

mod fake;

use std::sync::Arc;

use fake::{Fake, Flaws};
use yimatong_drill::drill::Drill;
use yimatong_drill::judge;
use yimatong_drill::measured::{Measured, Run, Window};
use yimatong_drill::report::{Report, Verdict};
use yimatong_drill::scenario::{Protection, Scenario};

const SCENARIO: &str = r#"
    name = "small"
    title = ["小", "small"]
    seed = 5
    drain_s = 3.0
    [[load]]
    for_s = 5.0
    from = 40.0
    [criteria]
    places_risen = 0
    shows_done = 0.999
    lost = 0
"#;

/// About 40 flows a second, of which the fake lets in 20.
fn run(flaws: Flaws) -> (Fake, Measured) {
    let fake = Fake::start(flaws);
    let drill = Drill::new(fake.address, 0, None).unwrap();
    drill.wait_ready(std::time::Duration::from_secs(10)).unwrap();
    // The measure of C would use up the places of the script, so one resident and C = 1 stand for it.
    drill.register(1).unwrap();
    let scenario = Scenario::parse(SCENARIO).unwrap();
    let measured = drill.run(&scenario, 1.0, scenario.seed, Arc::new(|_| {})).unwrap();
    (fake, measured)
}

fn check(measured: &Measured, name: &str) -> Option<bool> {
    let scenario = Scenario::parse(SCENARIO).unwrap();
    let checks = judge::judge(measured, &scenario.criteria, Protection::Ours, 1.0);
    checks.iter().find(|check| check.name.contains(name)).unwrap().passed
}

#[test]
fn people_are_let_in_ticketed_called_refused_and_all_of_it_is_counted() {
    let (fake, measured) = run(Flaws::default());
    let state = fake.state();
    let sum = |which: fn(&Window) -> u64| measured.windows.iter().map(which).sum::<u64>();
    let asked = |path: &str| state.asked.get(path).copied().unwrap_or(0);
    // One flow was the resident's.
    assert_eq!(sum(|w| w.offered), asked("/v1/one-time-passwords") + asked("/v1/people") - 2);
    assert_eq!((sum(|w| w.ticketed), sum(|w| w.refused)), (state.ticketed, state.refused));
    assert_eq!(sum(|w| w.polls), asked("/v1/room/now.json"));
    assert!(state.ticketed > 20 && state.refused > 0, "{state:?}");
    assert!(measured.tickets_called > 0 && measured.flows_offered > 100, "{}", measured.flows_offered);
    assert_eq!(measured.flows_finished, measured.acknowledged);
    assert_eq!(measured.acknowledged, asked("/v1/people") - 1);
    assert_eq!(state.without_pass, 0, "the pass goes with every later step");
    assert_eq!((measured.lost, measured.unexpected), (Some(0), 0));
    for name in ["places", "answered by the server", "lost"] {
        assert_eq!(check(&measured, name), Some(true), "{name}");
    }
}

#[test]
fn lost_registrations_and_rising_places_are_found() {
    let (_fake, measured) = run(Flaws { places_rise: true, forgets: true });
    assert!(measured.places_risen > 0);
    assert!(measured.lost.unwrap() > 0);
    assert_eq!((check(&measured, "places"), check(&measured, "lost")), (Some(false), Some(false)));
}

#[test]
fn a_report_carries_every_run_and_a_late_drill_makes_it_invalid() {
    let (_fake, measured) = run(Flaws::default());
    let measured = Measured { lateness_p99_ms: 0.5, ..measured };
    let scenario = Scenario::parse(SCENARIO).unwrap();
    let checks = judge::judge(&measured, &scenario.criteria, Protection::Ours, 1.0);
    let run = Run { protection: "ours".into(), title: scenario.title, measured, checks };
    let mut report = Report { runs: vec![run], ..Report::default() };
    assert_eq!(
        report.conclude(),
        Verdict::Incomplete,
        "without a control that collapses it is not the whole drill"
    );
    report.part = true;
    assert_eq!(report.conclude(), Verdict::Passed);
    let folder = tempfile::tempdir().unwrap();
    report.write(folder.path()).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let kept: Report = serde_json::from_str(&read("report.json")).unwrap();
    assert!(kept.passed && kept.runs[0].checks == report.runs[0].checks);
    assert_eq!(kept.runs[0].measured.windows.len(), report.runs[0].measured.windows.len());
    let html = read("report.html");
    assert!(html.contains("所选的部分通过") && html.contains("<svg") && html.contains("places that rose"));
    for outside in ["http://", "https://", "src=", "<script", "NaN", "inf"] {
        assert!(!html.contains(outside), "{outside}");
    }
    report.runs[0].measured.lateness_p99_ms = 1.2;
    assert_eq!(report.conclude(), Verdict::Invalid);
    report.write(folder.path()).unwrap();
    assert!(read("report.html").contains("本次演练无效"));
}
