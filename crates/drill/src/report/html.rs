//! `report.html`: one file, Chinese first, for somebody who has to decide and not to program.

use std::fmt::Write as _;

use super::chart::{escape, number};
use super::page::{STYLE, WORDS};
use super::{Report, charts, tables};
use crate::judge::{peak_per_s, quantile};
use crate::measured::Run;

/// The whole page.
pub(super) fn html(report: &Report) -> String {
    let mut page = String::new();
    let _ = write!(
        page,
        r#"<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>一码通 过载演练报告</title><style>{STYLE}</style></head><body><main>"#
    );
    page.push_str(&head(report));
    page.push_str(&load(report));
    for runs in by_scenario(report) {
        page.push_str(&scenario(&runs));
    }
    page.push_str(&costs_and_waits(report));
    let _ = write!(
        page,
        r#"<h2>全部标准 <span>All criteria</span></h2><div class="card">{}</div>"#,
        tables::checks(report)
    );
    page.push_str(&about(report));
    page.push_str(WORDS);
    page.push_str("</main></body></html>\n");
    page
}

fn by_scenario(report: &Report) -> Vec<Vec<&Run>> {
    let mut scenarios: Vec<Vec<&Run>> = Vec::new();
    // A run of which only one thing is known has its line among the checks, and nothing to draw.
    for run in report.runs.iter().filter(|run| !run.measured.windows.is_empty()) {
        match scenarios.iter_mut().find(|runs| runs[0].measured.scenario == run.measured.scenario) {
            Some(runs) => runs.push(run),
            None => scenarios.push(vec![run]),
        }
    }
    scenarios
}

/// The verdict in one sentence, and the figures that carry it.
fn head(report: &Report) -> String {
    let (class, zh, en) = if let Some(why) = &report.invalid {
        (
            "invalid",
            "本次演练无效：压测工具自身来不及发送，结果不能采信。".to_owned(),
            format!("Invalid: {why}."),
        )
    } else if report.passed && report.part {
        (
            "passed",
            "所选的部分通过。这不是完整的演练。".to_owned(),
            "What was asked for passed. This was not the whole drill.".to_owned(),
        )
    } else if report.passed {
        (
            "passed",
            "通过：人潮远超能力时，系统没有倒，办理速度没有掉，健康码一直能亮。".to_owned(),
            "Passed: far beyond its capacity the system stayed up, went on at full speed, and codes could be shown throughout.".to_owned(),
        )
    } else if report.checks().all(|(_, check)| check.is_passed()) {
        (
            "failed",
            "没有完整地检验：缺少受保护的服务器，或缺少必须崩溃的对照组。".to_owned(),
            "Incomplete: the protected server, or the control that has to collapse, was not seen.".to_owned(),
        )
    } else {
        let failed = report.checks().filter(|(_, check)| !check.is_passed()).count();
        let all = report.checks().count();
        (
            "failed",
            format!("未通过：{all} 项标准中有 {failed} 项没有达到。"),
            format!("Failed: {failed} of {all} criteria were not met."),
        )
    };
    let mut head = format!(
        r#"<p class="en">一码通 过载演练报告 · Overload drill report · {}{}</p><div class="verdict {class}"><h1>{zh}</h1><div class="en">{}</div></div><div class="figures">"#,
        escape(&report.started_at),
        if report.quick { " · 快速演练 quick" } else { "" },
        escape(&en)
    );
    for (value, zh, en) in figures(report) {
        let _ = write!(head, r#"<div class="figure"><b>{value}</b>{zh}<span class="en">{en}</span></div>"#);
    }
    head.push_str("</div>");
    head
}

fn figures(report: &Report) -> Vec<(String, &'static str, &'static str)> {
    let ours = || report.runs.iter().filter(|run| run.protection == "ours");
    let percent = |value: f64| format!("{} %", number((value * 1e3).round() / 10.0));
    let least = |name: &str| {
        let values = ours().flat_map(|run| &run.checks).filter(|check| check.name.starts_with(name));
        values.filter_map(|check| check.measured).min_by(f64::total_cmp)
    };
    let mut figures = Vec::new();
    let most =
        ours().flat_map(|run| &run.measured.stages).map(|stage| stage.from.max(stage.to)).fold(0.0, f64::max);
    if most > 0.0 {
        figures.push((
            format!("{} 倍", number(most)),
            "最大人潮（与能力相比）",
            "largest surge, times capacity",
        ));
    }
    if let Some(share) = least("goodput") {
        figures.push((
            percent(share),
            "人潮中办理速度（最差 5 秒）",
            "speed in the surge, worst 5 s, of the peak",
        ));
    }
    let worst = report.runs.iter().filter(|run| run.protection == "off").filter_map(|run| {
        let stage = run.measured.stages.iter().rfind(|stage| stage.from > 1.0)?;
        let end_s = stage.until_s;
        let goodput = crate::judge::goodput_per_s(&run.measured.windows, end_s - 5.0, end_s)?;
        Some(goodput / run.measured.capacity_per_s)
    });
    if let Some(share) = worst.min_by(f64::total_cmp) {
        figures.push((percent(share), "同样人潮，没有保护时", "the same without protection"));
    }
    let (shows, done) = ours()
        .fold((0, 0), |(shows, done), run| (shows + run.measured.shows, done + run.measured.shows_done));
    if shows > 0 {
        let share = done as f64 / shows as f64;
        figures.push((
            format!("{:.2} %", (share * 1e4).floor() / 100.0),
            "亮码成功（服务器应答）",
            "codes shown, answered by the server",
        ));
    }
    let lost: Option<u64> = ours().map(|run| run.measured.lost).sum();
    if let Some(lost) = lost.filter(|_| ours().count() > 0) {
        figures.push((lost.to_string(), "已确认却丢失的登记", "acknowledged registrations lost"));
    }
    figures
}

fn card(zh: &str, en: &str, svg: &str) -> String {
    format!(r#"<div class="card"><p>{zh} <span>{en}</span></p>{svg}</div>"#)
}

fn load(report: &Report) -> String {
    format!(
        r#"<h2>来的人越多，会怎样 <span>What happens as more people come</span></h2><div class="pair">{}{}</div>"#,
        card("办成的速度", "goodput over load", &charts::goodput_over_load(report)),
        card("请求的去向（一码通）", "where requests go, ours", &charts::offered_over_load(report))
    )
}

fn scenario(runs: &[&Run]) -> String {
    let Some(first) = runs.first() else { return String::new() };
    let [zh, en] = &first.title;
    let mut part = format!(
        r#"<h2>{} <span>{}</span></h2>{}<div class="card">{}</div>"#,
        escape(zh),
        escape(en),
        card(
            "办成的速度；阴影为人潮或故障",
            "goodput over time; shaded: surge or fault",
            &charts::goodput_over_time(runs)
        ),
        tables::people(runs)
    );
    if let Some(ours) = runs.iter().find(|run| run.protection == "ours") {
        let _ = write!(
            part,
            r#"<div class="pair">{}{}{}{}</div>"#,
            card("请求的去向", "where requests go", &charts::offered_over_time(ours)),
            card("正在等候的人", "people who wait", &charts::waiting_over_time(ours)),
            card("已放行请求的延迟", "latency of let-in requests", &charts::latency_over_time(ours)),
            card("服务器的内存和描述符", "memory and descriptors", &charts::process(ours)),
        );
        let _ = write!(
            part,
            r#"<div class="pair">{}<div class="card"><p>延迟分布 <span>latency percentiles</span></p>{}</div></div>"#,
            card("各步骤 99 % 的人快于", "99 % are quicker than this", &charts::latency_bars(ours)),
            tables::steps(ours)
        );
    }
    part
}

fn costs_and_waits(report: &Report) -> String {
    let mut part = String::from(
        r#"<h2>拒绝一个人要多少力气，预计等待准不准 <span>Cost of an answer, truth of the wait</span></h2><div class="pair">"#,
    );
    if report.costs.is_empty() {
        part.push_str(&card("每次应答的处理器时间", "not measured", ""));
    } else {
        let ratios = report.refuse_by_serve();
        let text: Vec<String> = ratios.iter().map(|(class, r)| format!("r({class}) = {r:.3}")).collect();
        let note = format!("processor time per answer; refuse / serve: {}", text.join(", "));
        part.push_str(&card("每次应答的处理器时间", &escape(&note), &charts::costs(report)));
    }
    let errors = charts::eta_errors(report);
    let all: Vec<f64> = {
        let ours = report.runs.iter().filter(|run| run.protection == "ours");
        let mut errors: Vec<f64> = ours.flat_map(|run| run.measured.eta_errors.iter().copied()).collect();
        errors.sort_by(f64::total_cmp);
        errors
    };
    let note = quantile(&all, 0.5).map_or("no ticket that waited 10 s was called".to_owned(), |median| {
        format!("error of the wait foretold, {} tickets, median {:.1} %", all.len(), median * 100.0)
    });
    part.push_str(&card("预计等待的误差", &note, &errors.unwrap_or_default()));
    part.push_str("</div>");
    part
}

fn about(report: &Report) -> String {
    let provision = report.provision.map_or("服务器不是演练自己启动的 · not the drill's own server".to_owned(), |provision| {
        format!(
            "数据库 {} 个连接，每次操作占用 {} 毫秒；办一件要 {} 次操作。 · store: {0} connections, {1} ms per verb, {2} verbs per flow",
            provision.store_connections,
            provision.store_time_ms,
            crate::flow::VERBS
        )
    });
    let peak = report.run("sweep", "ours").and_then(|run| peak_per_s(&run.measured));
    let peak = peak.map_or("峰值取自闭环压测 · peak: the closed loop".to_owned(), |peak| {
        format!("峰值取自负载阶梯 · peak: the sweep's best step, {} flows/s", number(peak))
    });
    let machine = &report.machine;
    let mut part = format!(
        r#"<h2>能力 C 是怎样测的 <span>What C is</span></h2><div class="card"><p>{}</p>{}<p>{}</p></div><h2>机器 <span>Machine</span></h2><div class="card"><p>{} × {}，{} MiB，Linux {}{}</p><p>演练用时 {:.0} 秒 <span>took {:.0} s</span></p></div>"#,
        escape(&provision),
        tables::capacities(report),
        peak,
        machine.processors,
        escape(&machine.processor),
        machine.memory_mib,
        escape(&machine.kernel),
        if machine.pinned {
            "；服务器与压测各占一个处理器 · server and drill pinned to one processor each"
        } else {
            ""
        },
        report.took_s,
        report.took_s
    );
    for [zh, en] in &report.left_out {
        let _ = write!(
            part,
            r#"<div class="card"><p>略过 <span>left out</span>: {} <span>{}</span></p></div>"#,
            escape(zh),
            escape(en)
        );
    }
    part
}
