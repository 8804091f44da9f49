//! Alarms, second by second.

use super::*;

/// A city in the morning: 80 requests per second, a tenth of the connections in use.
fn quiet(second: u64) -> AlarmFigures {
    let mut figures = AlarmFigures {
        queue_delay_ms: [0.2, 0.2, 0.0, 1.0, 2.0],
        store_time_ms: 12.0,
        connections_open: 5_000,
        connections_limit: 50_000,
        lag_ms: 0.4,
        status_list_age_s: (second % 300) as f64,
        ready: true,
        parked_limit: 20_000,
        ..AlarmFigures::default()
    };
    for class in &mut figures.classes {
        class.offered = 16 * second;
    }
    figures
}

struct Watch {
    alarms: Alarms,
    second: u64,
    events: Vec<(u64, bool, &'static str)>,
}

impl Watch {
    fn new() -> Self {
        Self { alarms: Alarms::default(), second: 0, events: Vec::new() }
    }

    /// So many seconds of figures; what happened in them, by second.
    fn run(&mut self, seconds: u64, change: impl Fn(u64, &mut AlarmFigures)) -> &mut Self {
        for _ in 0..seconds {
            let mut figures = quiet(self.second);
            change(self.second, &mut figures);
            for event in self.alarms.tick(&figures, Duration::from_secs(self.second)) {
                let (fired, firing) = match event {
                    AlarmEvent::Fired(firing) => (true, firing),
                    AlarmEvent::Resolved(firing) => (false, firing),
                };
                self.events.push((self.second, fired, firing.rule.name));
            }
            self.second += 1;
        }
        self
    }
}

#[test]
fn a_quiet_morning_fires_nothing() {
    let mut watch = Watch::new();
    // The totals are large already when the watch begins, and a gate syncs in bursts that fill the permits for a moment.
    watch.run(4 * 3_600, |second, figures| {
        figures.classes[3].ticketed = 90_000;
        figures.classes[0].refused = 7;
        figures.saturated = second % 7 < 2;
        figures.room_waiting = u64::from(second % 60 == 0);
    });
    assert_eq!(watch.events, []);
    assert_eq!(watch.alarms.firing().count(), 0);
}

#[test]
fn an_overload_is_told_within_five_seconds_of_its_start() {
    let ticketed = |second: u64, figures: &mut AlarmFigures| {
        figures.classes[3].ticketed = second.saturating_sub(99) * 400;
    };
    let refused = |second: u64, figures: &mut AlarmFigures| {
        figures.classes[4].refused = second.saturating_sub(99) * 3;
    };
    let saturated = |_: u64, figures: &mut AlarmFigures| {
        figures.saturated = true;
    };
    let waiting = |_: u64, figures: &mut AlarmFigures| figures.room_waiting = 12;
    type Change = fn(u64, &mut AlarmFigures);
    for overload in [ticketed as Change, refused, saturated, waiting] {
        let mut watch = Watch::new();
        watch.run(100, |_, _| {}).run(10, overload);
        let [(second, true, "overload")] = watch.events[..] else { panic!("{:?}", watch.events) };
        assert!((100..105).contains(&second), "{second}");
        assert_eq!(watch.alarms.firing().next().unwrap().since, Duration::from_secs(100));
    }
}

#[test]
fn an_overload_is_over_half_a_minute_after_the_last_sign_of_it() {
    let mut watch = Watch::new();
    watch.run(10, |_, _| {}).run(60, |second, figures| figures.classes[3].ticketed = second * 400);
    let total = |figures: &mut AlarmFigures| figures.classes[3].ticketed = 69 * 400;
    watch
        .run(20, |_, figures| {
            total(figures);
            figures.room_waiting = 900;
        })
        .run(60, |_, figures| total(figures));
    let told: Vec<_> = watch.events.iter().map(|(second, fired, _)| (*second, *fired)).collect();
    assert_eq!(told, [(11, true), (120, false)]);
}

#[test]
fn a_surge_that_comes_and_goes_is_one_overload() {
    let mut watch = Watch::new();
    watch.run(600, |second, figures| {
        // A pulse of 5 s every 20 s.
        let pulses = second / 20;
        figures.classes[3].ticketed = (pulses * 5 + (second % 20).min(5)) * 100;
    });
    assert_eq!(watch.events.len(), 1, "{:?}", watch.events);
}

#[test]
fn a_value_that_moves_about_its_limit_does_not_flap() {
    let mut watch = Watch::new();
    watch.run(600, |second, figures| {
        let about = if second % 10 < 6 { 1.05 } else { 0.95 };
        figures.queue_delay_ms[1] = 100.0 * about;
        figures.lag_ms = 100.0 * about;
        figures.store_time_ms = if second % 40 < 20 { 310.0 } else { 290.0 };
        figures.connections_open = (40_000.0 * about) as u64;
        figures.status_list_age_s = 330.0 * about;
    });
    let mut names: Vec<_> = watch.events.iter().map(|(_, fired, name)| (*name, *fired)).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            ("connections-near-limit", true),
            ("event-loop-lag", true),
            ("queue-delay", true),
            ("status-list-stale", true),
            ("store-slow", true)
        ]
    );
}

#[test]
fn every_other_alarm_fires_for_what_it_is_about_and_ends() {
    type Change = fn(u64, &mut AlarmFigures);
    let cases: [(&str, Change); 11] = [
        ("gates-refused", |second, figures| figures.classes[0].refused = second.min(69)),
        ("queue-delay", |_, figures| figures.queue_delay_ms[0] = 180.0),
        ("store-failing", |second, figures| figures.classes[1].failed = second),
        ("store-slow", |_, figures| figures.store_time_ms = 900.0),
        ("room-paused", |_, figures| figures.room_paused = true),
        ("connections-near-limit", |_, figures| figures.connections_open = 49_000),
        ("connections-near-limit", |_, figures| figures.parked = 19_000),
        ("event-loop-lag", |_, figures| figures.lag_ms = 400.0),
        ("status-list-stale", |_, figures| figures.status_list_age_s = 900.0),
        ("clock-off", |_, figures| figures.clock_offset_s = 300.0),
        ("not-ready", |_, figures| figures.ready = false),
    ];
    let mut seen = std::collections::BTreeSet::from(["overload"]);
    for (name, change) in cases {
        let mut watch = Watch::new();
        watch.run(50, |_, _| {}).run(20, change).run(100, |_, figures| {
            (figures.classes[0].refused, figures.classes[1].failed) = (69, 69);
        });
        let mine: Vec<_> = watch.events.iter().filter(|event| event.2 == name).map(|event| event.1).collect();
        assert_eq!(mine, [true, false], "{name}");
        seen.insert(name);
    }
    let all = Alarms::rules().iter().map(|rule| rule.name).collect();
    assert_eq!(seen, all, "an alarm without a test");
}

#[test]
fn figures_that_are_no_numbers_and_clocks_that_stand_harm_nothing() {
    let mut alarms = Alarms::default();
    let mut figures = quiet(0);
    (figures.store_time_ms, figures.lag_ms) = (f64::NAN, f64::INFINITY);
    (figures.connections_limit, figures.parked_limit) = (0, 0);
    for second in [0, 0, 1, 1, 2, 3, 4, 5] {
        let events = alarms.tick(&figures, Duration::from_secs(second));
        let names = events.iter().map(|event| match event {
            AlarmEvent::Fired(firing) | AlarmEvent::Resolved(firing) => firing.rule.name,
        });
        assert!(names.into_iter().all(|name| name == "event-loop-lag"));
    }
    // Totals that begin anew are no negative rate.
    figures.classes[3].ticketed = 1_000;
    alarms.tick(&figures, Duration::from_secs(6));
    figures.classes[3].ticketed = 0;
    alarms.tick(&figures, Duration::from_secs(7));
    assert!(alarms.firing().all(|firing| firing.value.is_sign_positive()));
}

#[test]
fn what_people_are_told_is_there_in_both_languages() {
    for rule in Alarms::rules() {
        assert!(rule.zh.chars().count() > 15 && rule.en.split(' ').count() > 8, "{}", rule.name);
        assert!(rule.runbook().ends_with(rule.name));
    }
}
