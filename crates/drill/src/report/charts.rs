//! Which charts the report has, and what is drawn in them.

use super::Report;
use super::chart::{Chart, Line, Span, bars};
use crate::judge::goodput_per_s;
use crate::measured::{Measured, Run, Window};
use crate::recorder::WINDOW_S;

/// Colours that can be told apart without red and green.
pub(super) const OURS: &str = "#0b6e4f";
pub(super) const SHED: &str = "#d98e04";
pub(super) const OFF: &str = "#a4243b";
const GREY: &str = "#8a8f98";
const BLUE: &str = "#2b6cb0";
const SURGE: &str = "#fdf1dc";
const TROUBLE: &str = "#f6d5da";

/// Name and colour of a protection.
pub(super) fn protection(name: &str) -> (&'static str, &'static str) {
    match name {
        "ours" => ("一码通 · ours", OURS),
        "shed" => ("普通限流 · load shedding", SHED),
        _ => ("无保护 · none", OFF),
    }
}

/// Mean over a second at every half second.
fn smooth(windows: &[Window], value: impl Fn(&Window) -> f64) -> Vec<(f64, f64)> {
    let per_second = (1.0 / WINDOW_S).round() as usize;
    let spans = windows.windows(per_second.min(windows.len().max(1))).step_by(per_second / 2);
    let point = |span: &[Window]| {
        let sum: f64 = span.iter().map(&value).sum();
        (span[0].at_s + 0.5, sum / (span.len() as f64 * WINDOW_S))
    };
    spans.map(point).collect()
}

fn name_of_fault(name: &str) -> &'static str {
    match name {
        "store-stall" => "数据库停顿",
        "cpu-cut" => "CPU −80 %",
        "registry-drop" => "登记库丢失",
        _ => "kill -9",
    }
}

/// Overloads and faults as shaded spans.
fn spans(measured: &Measured) -> Vec<Span> {
    let overloads = measured.stages.iter().filter(|stage| stage.from.max(stage.to) > 1.0);
    let mut spans: Vec<Span> = overloads
        .map(|stage| {
            let label = if (stage.from - stage.to).abs() < 1e-9 {
                format!("{}×", stage.from)
            } else {
                format!("{}→{}×", stage.from, stage.to)
            };
            Span { from: stage.from_s, until: stage.until_s, label, colour: SURGE }
        })
        .collect();
    spans.extend(measured.triggers.iter().map(|trigger| Span {
        from: trigger.from_s,
        until: trigger.until_s,
        label: name_of_fault(&trigger.name).to_owned(),
        colour: TROUBLE,
    }));
    spans
}

fn limit(name: String, at: f64, over: &[(f64, f64)]) -> Line {
    let ends = over.first().zip(over.last()).map_or(Vec::new(), |(a, b)| vec![(a.0, at), (b.0, at)]);
    Line { name, colour: GREY, dashed: true, points: ends, ..Line::default() }
}

/// Goodput over time of one scenario, all protections together.
pub(super) fn goodput_over_time(runs: &[&Run]) -> String {
    let Some(first) = runs.first() else { return String::new() };
    let mut lines: Vec<Line> = runs
        .iter()
        .map(|run| {
            let (name, colour) = protection(&run.protection);
            let points = smooth(&run.measured.windows, |window| window.goodput_flows);
            Line { name: name.to_owned(), colour, points, ..Line::default() }
        })
        .collect();
    let capacity = limit("能力 C".to_owned(), first.measured.capacity_per_s, &lines[0].points);
    lines.push(capacity);
    Chart {
        x_label: "秒 s".into(),
        y_label: "每秒办成 · flows finished per second".into(),
        lines,
        spans: spans(&first.measured),
        wide: true,
        ..Chart::default()
    }
    .svg()
}

/// What arrives, on a logarithmic scale, beside what is done.
pub(super) fn offered_over_time(run: &Run) -> String {
    let windows = &run.measured.windows;
    let line = |name: &str, colour, value: fn(&Window) -> f64| Line {
        name: name.to_owned(),
        colour,
        points: smooth(windows, value),
        ..Line::default()
    };
    let lines = vec![
        line("到达 offered", BLUE, |window| window.offered as f64),
        line("办成 done", OURS, |window| window.goodput as f64),
        line("取号 ticket", GREY, |window| window.ticketed as f64),
        line("拒绝 refused", OFF, |window| (window.refused + window.failed) as f64),
    ];
    let (x_label, y_label) = ("秒 s".into(), "每秒 · per second".into());
    Chart { x_label, y_label, lines, spans: spans(&run.measured), y_log: true, ..Chart::default() }.svg()
}

/// People who wait.
pub(super) fn waiting_over_time(run: &Run) -> String {
    let points = run.measured.windows.iter().map(|window| (window.at_s, window.waiting as f64)).collect();
    let lines = vec![Line { name: "排队人数 waiting".into(), colour: BLUE, points, ..Line::default() }];
    let (x_label, y_label) = ("秒 s".into(), "人 · people".into());
    Chart { x_label, y_label, lines, spans: spans(&run.measured), y_least: 10.0, ..Chart::default() }.svg()
}

/// Latency of let-in requests, second by second.
pub(super) fn latency_over_time(run: &Run) -> String {
    let seconds = || run.measured.latency.iter().filter(|second| second.count > 0);
    let p50 = seconds().map(|second| (second.at_s, second.p50_ms)).collect();
    let p99: Vec<_> = seconds().map(|second| (second.at_s, second.p99_ms)).collect();
    let bound = limit("250 ms".into(), 250.0, &p99);
    let lines = vec![
        Line { name: "p99".into(), colour: SHED, points: p99, ..Line::default() },
        Line { name: "一半的人 p50".into(), colour: OURS, points: p50, ..Line::default() },
        bound,
    ];
    let (x_label, y_label) = ("秒 s".into(), "毫秒 · ms".into());
    Chart { x_label, y_label, lines, spans: spans(&run.measured), y_least: 300.0, ..Chart::default() }.svg()
}

/// Points (load, value) of the flat stages of a run.
fn by_load(measured: &Measured, value: impl Fn(f64, f64) -> Option<f64>) -> Vec<(f64, f64)> {
    let flat =
        measured.stages.iter().filter(|stage| stage.from > 0.0 && (stage.from - stage.to).abs() < 1e-9);
    let mut points: Vec<(f64, f64)> = flat
        .filter_map(|stage| {
            Some((
                stage.from,
                value(stage.from_s + 2.0_f64.min((stage.until_s - stage.from_s) / 2.0), stage.until_s)?,
            ))
        })
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.dedup_by(|a, b| (a.0 - b.0).abs() < 1e-9);
    points
}

/// Goodput over load, as a share of C: one line per protection.
pub(super) fn goodput_over_load(report: &Report) -> String {
    let mut lines = Vec::new();
    for name in ["ours", "shed", "off"] {
        let best = report
            .runs
            .iter()
            .filter(|run| run.protection == name)
            .max_by_key(|run| run.measured.stages.len());
        let Some(run) = best else { continue };
        let measured = &run.measured;
        let share = |from, until| {
            Some(100.0 * goodput_per_s(&measured.windows, from, until)? / measured.capacity_per_s)
        };
        let (name, colour) = protection(name);
        lines.push(Line {
            name: name.to_owned(),
            colour,
            dots: true,
            points: by_load(measured, share),
            ..Line::default()
        });
    }
    Chart {
        x_label: "来人速度，为能力的几倍 · people arriving, times C".into(),
        y_label: "办成的，占能力 % · finished, % of C".into(),
        lines,
        x_log: true,
        y_least: 100.0,
        ..Chart::default()
    }
    .svg()
}

/// Requests offered, ticketed and refused over load, of our protection.
pub(super) fn offered_over_load(report: &Report) -> String {
    let best =
        report.runs.iter().filter(|run| run.protection == "ours").max_by_key(|run| run.measured.stages.len());
    let Some(run) = best else { return String::new() };
    let measured = &run.measured;
    let line = |name: &str, colour, value: fn(&Window) -> u64| {
        let per_s = |from: f64, until: f64| {
            let span = crate::judge::within(&measured.windows, from, until);
            let seconds = span.len() as f64 * WINDOW_S;
            (seconds > 0.0).then(|| span.iter().map(value).sum::<u64>() as f64 / seconds)
        };
        let points = by_load(measured, per_s).into_iter().filter(|point| point.1 > 0.0).collect();
        Line { name: name.to_owned(), colour, dots: true, points, ..Line::default() }
    };
    let lines = vec![
        line("到达 offered", BLUE, |window| window.offered),
        line("办成 done", OURS, |window| window.goodput),
        line("取号 ticket", GREY, |window| window.ticketed),
        line("拒绝 refused", OFF, |window| window.refused + window.failed),
    ];
    Chart {
        x_label: "来人速度，为能力的几倍 · people arriving, times C".into(),
        y_label: "每秒 · per second".into(),
        lines,
        x_log: true,
        y_log: true,
        ..Chart::default()
    }
    .svg()
}

/// How far foretold waits were off, over all protected runs.
pub(super) fn eta_errors(report: &Report) -> Option<String> {
    let errors: Vec<f64> = report
        .runs
        .iter()
        .filter(|run| run.protection == "ours")
        .flat_map(|run| run.measured.eta_errors.iter().copied())
        .collect();
    if errors.is_empty() {
        return None;
    }
    let edges = [0.0, 0.05, 0.10, 0.15, 0.20, 0.30, 0.40, f64::INFINITY];
    let bar = |pair: &[f64]| {
        let count = errors.iter().filter(|error| (pair[0]..pair[1]).contains(error)).count();
        let label = if pair[1].is_finite() {
            format!("{:.0}–{:.0} %", pair[0] * 100.0, pair[1] * 100.0)
        } else {
            "40 % 以上 · more".to_owned()
        };
        let colour = if pair[0] < 0.15 {
            OURS
        } else if pair[0] < 0.4 {
            SHED
        } else {
            OFF
        };
        (format!("误差 {label}"), 100.0 * count as f64 / errors.len() as f64, colour)
    };
    Some(bars(&edges.windows(2).map(bar).collect::<Vec<_>>(), "%", false))
}

/// Processor time per answer.
pub(super) fn costs(report: &Report) -> String {
    let bar = |cost: &crate::measured::Cost| {
        let (label, colour) = match (cost.kind.as_str(), cost.class.as_str()) {
            ("serve", "b3") => ("办理一步 · serve a new flow", BLUE),
            ("serve", _) => ("查询 · serve a read", BLUE),
            ("refuse", "b3") => ("发号 · give a ticket", OURS),
            ("refuse", _) => ("请稍后 · refuse a read", OURS),
            ("poll", _) => ("看进度 · poll the room", OURS),
            _ => ("亮码 · show a code", SHED),
        };
        (label.to_owned(), cost.cpu_us, colour)
    };
    bars(&report.costs.iter().map(bar).collect::<Vec<_>>(), "µs", false)
}

/// Latency by step, the 99th percentile.
pub(super) fn latency_bars(run: &Run) -> String {
    let bar = |step: &crate::measured::StepLatency| {
        let label = match step.step.as_str() {
            "admitted" => "已放行 · all let in",
            "one-time-password" => "验证码 · one-time code",
            "register" => "登记 · register",
            "show" => "亮码 · show a code",
            "poll" => "看进度 · poll",
            "ticket" => "取号 · ticket",
            "refusal" => "被拒 · refusal",
            other => other,
        };
        (label.to_owned(), step.p99_ms, if step.step == "admitted" { OURS } else { BLUE })
    };
    bars(&run.measured.steps.iter().map(bar).collect::<Vec<_>>(), "ms", true)
}

/// Memory and descriptors of the server.
pub(super) fn process(run: &Run) -> String {
    let process = &run.measured.process;
    let rss =
        process.iter().map(|sample| (sample.at_s, sample.rss_bytes as f64 / f64::from(1 << 20))).collect();
    let descriptors = process.iter().map(|sample| (sample.at_s, sample.descriptors as f64)).collect();
    let lines = vec![
        Line { name: "内存 memory, MiB".into(), colour: BLUE, points: rss, ..Line::default() },
        Line { name: "描述符 descriptors".into(), colour: SHED, points: descriptors, ..Line::default() },
    ];
    Chart { x_label: "秒 s".into(), lines, spans: spans(&run.measured), ..Chart::default() }.svg()
}
