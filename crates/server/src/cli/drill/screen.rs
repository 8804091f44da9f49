//! What a drill shows while it runs: a bar on a terminal, plain lines elsewhere.

use std::path::Path;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use yimatong_drill::measured::{Capacity, Check, Run};
use yimatong_drill::report::{Report, Verdict};
use yimatong_drill::run::{Progress, Tell};
use yimatong_drill::scenario::{Protection, Scenario};

/// Without a terminal a run says how it is going so often, in seconds.
const EVERY_S: f64 = 10.0;

pub(super) struct Screen {
    bar: ProgressBar,
}

impl Screen {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} s  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar }
    }

    pub(super) fn say(&self, line: &str) {
        if self.bar.is_hidden() {
            eprintln!("{line}");
        } else {
            self.bar.println(line);
        }
    }

    pub(super) fn capacity(&self, capacity: &Capacity) {
        let Capacity { protection, flows_per_s, requests_per_s, workers, .. } = capacity;
        let bound =
            capacity.bound_per_s.map_or(String::new(), |bound| format!(", at most {bound:.1} by arithmetic"));
        self.say(&format!(
            "{protection}: C = {flows_per_s:.1} flows/s ({requests_per_s:.0} requests/s, {workers} workers{bound})"
        ));
    }

    /// What to call while a run goes on.
    pub(super) fn run(&self, scenario: &Scenario, protection: Protection) -> Tell {
        let name = format!("{} [{}]", scenario.name, protection.as_str());
        self.bar.set_length(scenario.lasts_s().ceil() as u64);
        self.bar.set_prefix(name.clone());
        let bar = self.bar.clone();
        Arc::new(move |progress: Progress| {
            let Progress { at_s, of_s, load, goodput_per_s, waiting } = progress;
            let message =
                format!("{load:.1}x, {:.0} flows/s, {waiting} waiting", goodput_per_s.max(0.0) + 0.0);
            bar.set_position(at_s.min(of_s) as u64);
            if bar.is_hidden() {
                if (at_s + 0.5) % EVERY_S < 1.0 {
                    eprintln!("{name} {at_s:4.0}/{of_s:.0} s  {message}");
                }
            } else {
                bar.set_message(message);
            }
        })
    }

    pub(super) fn done(&self, run: &Run) {
        let requests: u64 = run.measured.windows.iter().map(|w| w.offered + w.polls + w.shows).sum();
        let busy = run.measured.drill_busy * 100.0;
        self.say(&format!("  {requests} requests sent; the drill used {busy:.0} % of its processor"));
        for check in &run.checks {
            self.say(&format!("  {}", line(check)));
        }
    }
}

fn line(check: &Check) -> String {
    let Check { name, name_zh, measured, limit, at_least, unit, .. } = check;
    let measured = measured.map_or("not measured".to_owned(), |value| format!("{value:.3}"));
    let verdict = if check.is_passed() { "ok    " } else { "FAILED" };
    let sign = if *at_least { ">=" } else { "<=" };
    format!("{verdict} {measured:>12} {sign} {limit} {unit}  {name} · {name_zh}")
}

/// The last lines.
pub(super) fn conclusion(report: &Report, verdict: Verdict, out: &Path) {
    println!();
    for (run, check) in report.checks().filter(|(_, check)| !check.is_passed()) {
        println!("{} [{}]: {}", run.measured.scenario, run.protection, line(check));
    }
    for [zh, en] in &report.left_out {
        println!("left out · 略过: {en} · {zh}");
    }
    if let Some(why) = &report.invalid {
        println!("invalid · 无效: {why}");
    }
    let passed = report.checks().filter(|(_, check)| check.is_passed()).count();
    let word = match verdict {
        Verdict::Passed => "passed · 通过",
        Verdict::Failed => "FAILED · 未通过",
        Verdict::Incomplete => "INCOMPLETE · 不完整 (no protected server or no control was judged)",
        Verdict::Invalid => "INVALID · 无效",
    };
    println!("drill {word}: {passed} of {} checks, {:.0} s", report.checks().count(), report.took_s);
    println!("{}", out.join("report.html").display());
}
