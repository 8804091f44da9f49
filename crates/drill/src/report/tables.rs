//! The tables of the report.

use std::fmt::Write as _;

use super::Report;
use super::chart::{escape, number};
use super::charts::protection;
use crate::measured::{Check, Run};

/// Value, sign and limit of a check.
fn values(check: &Check) -> (String, String) {
    let percent = matches!(check.unit.as_str(), "share" | "of peak" | "of C" | "of the wait");
    let text = |value: f64| {
        if percent { format!("{} %", number((value * 1e4).round() / 100.0)) } else { number(value) }
    };
    let unit = match check.unit.as_str() {
        "ms" | "s" | "MiB" => format!(" {}", check.unit),
        "x before" => " ×".to_owned(),
        _ => String::new(),
    };
    let measured = check.measured.map_or("未测得 · not measured".to_owned(), |value| text(value) + &unit);
    let sign = if check.at_least { "≥" } else { "≤" };
    (measured, format!("{sign} {}{unit}", text(check.limit)))
}

/// Every check of every run.
pub(super) fn checks(report: &Report) -> String {
    let mut rows = String::new();
    for run in &report.runs {
        if run.checks.is_empty() {
            continue;
        }
        let [zh, en] = &run.title;
        let _ = write!(
            rows,
            r#"<tr class="run"><th colspan="4">{} <span>{}</span> · {}</th></tr>"#,
            escape(zh),
            escape(en),
            protection(&run.protection).0
        );
        for check in &run.checks {
            let (measured, limit) = values(check);
            let (class, word) =
                if check.is_passed() { ("ok", "✔ 通过") } else { ("bad", "✘ 未通过") };
            let _ = write!(
                rows,
                r#"<tr><td>{} <span>{}</span></td><td class="n">{measured}</td><td class="n">{limit}</td><td class="{class}">{word}</td></tr>"#,
                escape(&check.name_zh),
                escape(&check.name)
            );
        }
    }
    format!(
        r#"<table><thead><tr><th>标准 <span>criterion</span></th><th class="n">测得 <span>measured</span></th><th class="n">限值 <span>limit</span></th><th>结果 <span>verdict</span></th></tr></thead>{rows}</table>"#
    )
}

/// What happened to people in the runs of one scenario.
pub(super) fn people(runs: &[&Run]) -> String {
    let mut rows = String::new();
    let share = |part: u64, whole: u64| {
        if whole == 0 { "–".to_owned() } else { format!("{:.2} %", 100.0 * part as f64 / whole as f64) }
    };
    for run in runs {
        let m = &run.measured;
        let p99 = m.steps.iter().find(|step| step.step == "admitted").map_or(0.0, |step| step.p99_ms);
        let stayed = m.flows_admitted.saturating_sub(m.flows_left);
        let _ = write!(
            rows,
            r#"<tr><td>{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{} ms</td></tr>"#,
            protection(&run.protection).0,
            m.flows_offered,
            m.flows_admitted,
            share(m.flows_finished, stayed),
            m.places,
            share(m.shows_done, m.shows),
            share(m.shows_shown, m.shows),
            number(p99.round())
        );
    }
    format!(
        r#"<table><thead><tr><th>保护 <span>protection</span></th><th class="n">来办的人 <span>came</span></th><th class="n">放行 <span>let in</span></th><th class="n">其中办完 <span>finished</span></th><th class="n">取号 <span>tickets</span></th><th class="n">亮码·服务器 <span>shown by server</span></th><th class="n">亮码·含手机 <span>incl. phone</span></th><th class="n">放行 p99 <span>let-in p99</span></th></tr></thead>{rows}</table>"#
    )
}

/// All percentiles of a run.
pub(super) fn steps(run: &Run) -> String {
    let mut rows = String::new();
    for step in &run.measured.steps {
        let _ = write!(rows, r#"<tr><td>{}</td><td class="n">{}</td>"#, escape(&step.step), step.count);
        for ms in [step.p50_ms, step.p90_ms, step.p99_ms, step.p999_ms, step.max_ms] {
            let _ = write!(rows, r#"<td class="n">{}</td>"#, number(ms));
        }
        rows.push_str("</tr>");
    }
    format!(
        r#"<table><thead><tr><th>毫秒 <span>ms</span></th><th class="n">次数 <span>count</span></th><th class="n">p50</th><th class="n">p90</th><th class="n">p99</th><th class="n">p99.9</th><th class="n">最长 <span>max</span></th></tr></thead>{rows}</table>"#
    )
}

/// C of every server.
pub(super) fn capacities(report: &Report) -> String {
    let mut rows = String::new();
    for capacity in &report.capacities {
        let windows = capacity.windows.iter().map(|flows| number((flows * 10.0).round() / 10.0));
        let bound = capacity.bound_per_s.map_or("–".to_owned(), number);
        let _ = write!(
            rows,
            r#"<tr><td>{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{bound}</td><td>{}</td></tr>"#,
            match capacity.connections {
                Some(connections) => {
                    format!(
                        "{} · {connections} 个连接 <span>connections</span>",
                        protection(&capacity.protection).0
                    )
                }
                None => protection(&capacity.protection).0.to_owned(),
            },
            number(capacity.flows_per_s),
            number(capacity.requests_per_s),
            windows.collect::<Vec<_>>().join(", ")
        );
    }
    format!(
        r#"<table><thead><tr><th>服务器 <span>server</span></th><th class="n">C，件/秒 <span>flows/s</span></th><th class="n">请求/秒 <span>requests/s</span></th><th class="n">算术上限 <span>at most</span></th><th>逐秒 <span>second by second</span></th></tr></thead>{rows}</table>"#
    )
}
