//! Compares what was measured with what must hold. What was not measured has not passed.

use crate::measured::{Check, LatencySecond, Measured, Stage, Trigger, Window};
use crate::recorder::WINDOW_S;
use crate::scenario::{Criteria, Protection};

/// Goodput is judged over spans of this length, in seconds.
const SPAN_S: f64 = 5.0;
/// From this long after a step on, in seconds.
const SETTLED_S: f64 = 2.0;
/// Latency is judged this long after load and backlog fell below C, in seconds.
const RECOVERED_S: f64 = 5.0;
/// For this long, in seconds.
const WATCHED_S: f64 = 10.0;
/// Long after the trigger, in seconds: goodput that is still down stays down by itself.
const LONG_AFTER_S: f64 = 10.0;
/// Goodput below this share of what is asked for counts as down.
const DOWN: f64 = 0.8;
/// The drill's own sends may be so late, in milliseconds.
pub const LATEST_MS: f64 = 1.0;

/// Judges a run under `protection`; `peak_per_s` is the best goodput in flows per second that is known of the same provision.
#[must_use]
pub fn judge(
    measured: &Measured,
    criteria: &Criteria,
    protection: Protection,
    peak_per_s: f64,
) -> Vec<Check> {
    let mut checks = Vec::new();
    if protection == Protection::Off
        && let Some(limit) = criteria.control_collapses
    {
        let name = [
            "对照组（无保护）必须崩溃：过载末 5 秒的有效吞吐",
            "negative control collapses: goodput in the overload's last 5 s",
        ];
        checks.push(Check::new(name, last_share(measured), limit, false, "of C"));
    }
    if protection == Protection::Ours {
        checks.extend(of_flow(measured, criteria, peak_per_s));
        checks.extend(of_people(measured, criteria));
        checks.extend(of_field(measured, criteria));
        checks.extend(of_server(measured, criteria));
    }
    checks
}

fn of_flow(measured: &Measured, criteria: &Criteria, peak_per_s: f64) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(limit) = criteria.goodput_share {
        let name = ["过载时每 5 秒的有效吞吐（占能力的份额）", "goodput in every 5 s of the overload"];
        checks.push(Check::new(name, least_share(measured, peak_per_s), limit, true, "of peak"));
    }
    if let Some(limit) = criteria.admitted_p99_ms {
        let admitted = measured.steps.iter().find(|step| step.step == "admitted");
        let value = admitted.filter(|step| step.count > 0).map(|step| step.p99_ms);
        checks.push(Check::new(
            ["已放行请求的 p99 延迟", "p99 of let-in requests"],
            value,
            limit,
            false,
            "ms",
        ));
    }
    if let Some(limit) = criteria.recovered_latency {
        let name = ["积压清空 5 秒后的延迟（与平时相比）", "latency 5 s after the backlog is gone"];
        checks.push(Check::new(name, recovered(measured), limit, false, "x before"));
    }
    if let Some(limit) = criteria.metastable_s {
        let name = ["触发结束后仍瘫痪的秒数", "seconds still down long after the trigger"];
        checks.push(Check::new(name, metastable_s(measured), limit, false, "s"));
    }
    checks
}

fn of_people(measured: &Measured, criteria: &Criteria) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(limit) = criteria.finished_share {
        let name = ["放行后办完的人（自行离开的除外）", "let-in people who finish"];
        let stayed = measured.flows_admitted - measured.flows_left;
        checks.push(Check::new(name, share(measured.flows_finished, stayed), limit, true, "share"));
    }
    let unexpected = (measured.flows_offered > 0).then_some(measured.unexpected as f64);
    checks.push(Check::new(
        ["约定之外的应答", "answers outside of the contract"],
        unexpected,
        0.0,
        false,
        "",
    ));
    if let Some(limit) = criteria.places_risen {
        let value = (measured.places > 0).then_some(measured.places_risen as f64);
        checks.push(Check::new(
            ["排队位次后退或丢失的次数", "places that rose or were lost"],
            value,
            limit as f64,
            false,
            "times",
        ));
    }
    let errors = sorted(&measured.eta_errors);
    if let Some(limit) = criteria.eta_median {
        let name = ["预计等待的误差（中位数）", "error of the wait foretold, median"];
        checks.push(Check::new(name, quantile(&errors, 0.5), limit, false, "of the wait"));
    }
    if let Some(limit) = criteria.eta_p90 {
        let name = ["预计等待的误差（90 %）", "error of the wait foretold, 90th percentile"];
        checks.push(Check::new(name, quantile(&errors, 0.9), limit, false, "of the wait"));
    }
    if let Some(limit) = criteria.shows_done {
        let name = ["亮码成功（服务器应答）", "codes shown, answered by the server"];
        checks.push(Check::new(name, share(measured.shows_done, measured.shows), limit, true, "share"));
    }
    if let Some(limit) = criteria.shows_done_outside {
        let name =
            ["故障之外亮码成功（服务器应答）", "codes shown outside of the fault, answered by the server"];
        checks.push(Check::new(name, shows_outside(measured), limit, true, "share"));
    }
    if let Some(limit) = criteria.shows_shown {
        let name = ["亮码成功（含手机自存的码）", "codes shown, the phone's own included"];
        checks.push(Check::new(name, share(measured.shows_shown, measured.shows), limit, true, "share"));
    }
    checks
}

fn of_field(measured: &Measured, criteria: &Criteria) -> Vec<Check> {
    let mut checks = Vec::new();
    let is_seen = measured.field.batches > 0;
    if let Some(limit) = criteria.field_refused {
        let refused = is_seen.then_some((measured.field.refused + measured.field.rows_refused) as f64);
        let name = ["采样和检测机构被拒的提交", "batches or rows of samplers and labs refused"];
        checks.push(Check::new(name, refused, limit as f64, false, ""));
    }
    if let Some(limit) = criteria.field_lost {
        let lost = measured.field.lost.filter(|_| measured.field.rows > 0).map(|lost| lost as f64);
        let name = ["已确认却丢失的样本和结果", "acknowledged samples and results lost"];
        checks.push(Check::new(name, lost, limit as f64, false, ""));
    }
    if let Some(limit) = criteria.sync_p99_ms {
        let sync = measured.steps.iter().find(|step| step.step == "sync").filter(|step| step.count > 0);
        let name = ["采样同步的 p99 延迟", "p99 of samplers' syncs"];
        checks.push(Check::new(name, sync.map(|step| step.p99_ms), limit, false, "ms"));
    }
    checks
}

fn of_server(measured: &Measured, criteria: &Criteria) -> Vec<Check> {
    let mut checks = Vec::new();
    let most = |value: fn(&crate::measured::ProcessSample) -> u64| {
        measured.process.iter().map(value).max().map(|most| most as f64)
    };
    if let Some(limit) = criteria.rss_mib {
        let mib = most(|sample| sample.rss_bytes).map(|bytes| bytes / f64::from(1 << 20));
        checks.push(Check::new(["内存最多", "memory at most"], mib, limit, false, "MiB"));
    }
    if let Some(limit) = criteria.descriptors {
        let descriptors = most(|sample| sample.descriptors);
        checks.push(Check::new(
            ["文件描述符最多", "descriptors at most"],
            descriptors,
            limit as f64,
            false,
            "",
        ));
    }
    if let Some(limit) = criteria.lost {
        let value = measured.lost.filter(|_| measured.acknowledged > 0).map(|lost| lost as f64);
        let name = ["已确认却丢失的登记", "acknowledged registrations lost"];
        checks.push(Check::new(name, value, limit as f64, false, ""));
    }
    checks
}

/// Share of codes that the server showed outside of each fault and the time after it.
fn shows_outside(measured: &Measured) -> Option<f64> {
    // A window in which a fault begins is one of the fault.
    let disturbed = |at_s: f64| {
        let after = |fault: &Trigger| at_s + WINDOW_S > fault.from_s;
        measured.triggers.iter().any(|fault| after(fault) && at_s < fault.until_s + RECOVERED_S)
    };
    let outside = measured.windows.iter().filter(|window| !disturbed(window.at_s));
    let (shows, done) = outside.fold((0, 0), |(shows, done), w| (shows + w.shows, done + w.shows_done));
    share(done, shows)
}

/// The check that a run is valid at all.
#[must_use]
pub fn lateness(measured: &Measured) -> Check {
    let name = ["演练自身发送延误 p99", "lateness of the drill's own sends, p99"];
    Check::new(name, Some(measured.lateness_p99_ms), LATEST_MS, false, "ms")
}

/// Best mean goodput of a stage, in flows per second.
#[must_use]
pub fn peak_per_s(measured: &Measured) -> Option<f64> {
    let mean = |stage: &Stage| goodput_per_s(&measured.windows, stage.from_s + SETTLED_S, stage.until_s);
    measured.stages.iter().filter_map(mean).max_by(f64::total_cmp)
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// A quantile of sorted values; nothing of none.
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    sorted.get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1))).copied()
}

/// Windows that begin within a span.
pub(crate) fn within(windows: &[Window], from_s: f64, until_s: f64) -> &[Window] {
    let place = |at_s: f64| windows.partition_point(|window| window.at_s < at_s - WINDOW_S / 2.0);
    windows.get(place(from_s)..place(until_s)).unwrap_or_default()
}

/// Mean goodput of a span in flows per second; nothing if the windows do not cover it.
pub(crate) fn goodput_per_s(windows: &[Window], from_s: f64, until_s: f64) -> Option<f64> {
    let span = within(windows, from_s, until_s);
    let covered = span.len() as f64 * WINDOW_S;
    (until_s > from_s && covered >= 0.9 * (until_s - from_s))
        .then(|| span.iter().map(|window| window.goodput_flows).sum::<f64>() / covered)
}

fn is_overload(stage: &Stage) -> bool {
    stage.from.min(stage.to) > 1.0
}

/// The part of a stage in which the load is above C, in seconds.
fn above(stage: &Stage) -> Option<(f64, f64)> {
    if stage.from.max(stage.to) <= 1.0 {
        return None;
    }
    let at_c_s = stage.from_s + (stage.until_s - stage.from_s) * (1.0 - stage.from) / (stage.to - stage.from);
    let from_s = if stage.from > 1.0 { stage.from_s } else { at_c_s };
    let until_s = if stage.to > 1.0 { stage.until_s } else { at_c_s };
    Some((from_s, until_s))
}

/// Times without a break above C, and the moments at which the load steps up there, the begin of each among them.
fn overloads(stages: &[Stage]) -> (Vec<(f64, f64)>, Vec<f64>) {
    let (mut times, mut steps): (Vec<(f64, f64)>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut before = 0.0;
    for stage in stages {
        if let Some((from_s, until_s)) = above(stage) {
            match times.last_mut().filter(|(_, end_s)| (from_s - *end_s).abs() < 1e-9) {
                Some((_, end_s)) => *end_s = until_s,
                None => {
                    times.push((from_s, until_s));
                    steps.push(from_s);
                }
            }
            if stage.from > before + 1e-9 {
                steps.push(stage.from_s);
            }
        }
        before = stage.to;
    }
    (times, steps)
}

/// Least goodput of every 5 s above C that do not touch the first 2 s after a step up, as a share of the peak.
fn least_share(measured: &Measured, peak_per_s: f64) -> Option<f64> {
    let mut least: Option<f64> = None;
    let (times, steps) = overloads(&measured.stages);
    for (begin_s, end_s) in times {
        let mut from_s = begin_s + SETTLED_S;
        while from_s + SPAN_S <= end_s + 1e-9 {
            let settles =
                |step_s: &f64| from_s + 1e-9 < step_s + SETTLED_S && from_s + SPAN_S > *step_s + 1e-9;
            if !steps.iter().any(settles) {
                // A span that was not recorded is one without goodput.
                let goodput = goodput_per_s(&measured.windows, from_s, from_s + SPAN_S).unwrap_or(0.0);
                let share = goodput / peak_per_s;
                least = Some(least.map_or(share, |before| before.min(share)));
            }
            from_s += 0.5;
        }
    }
    least
}

/// Goodput in the last 5 s of the last overload, as a share of C.
fn last_share(measured: &Measured) -> Option<f64> {
    let end_s = measured.stages.iter().rfind(|stage| is_overload(stage))?.until_s;
    let goodput = goodput_per_s(&measured.windows, end_s - SPAN_S, end_s)?;
    Some(goodput / measured.capacity_per_s)
}

/// Latency from 5 s after load and backlog fell below C for good, by that before the first overload: the 90th percentile of each
/// step, and the worse of them. One over all would jump between the short step and the long one as their mix goes.
fn recovered(measured: &Measured) -> Option<f64> {
    let overload_s = measured.stages.iter().filter(|stage| stage.from.max(stage.to) > 1.0).map(|s| s.from_s);
    let fault_s = measured.triggers.iter().map(|fault| fault.from_s);
    let overload_s = overload_s.chain(fault_s).min_by(f64::total_cmp)?;
    let is_over = |window: &&Window| window.load >= 1.0 || window.waiting as f64 > measured.capacity_per_s;
    let over_s = measured.windows.iter().filter(is_over).map(|window| window.at_s);
    let fault_s = measured.triggers.iter().map(|fault| fault.until_s);
    let over_s = over_s.chain(fault_s).max_by(f64::total_cmp)?;
    // The ten seconds that follow, not the whole rest: slowness that fades later is slowness.
    let (from_s, until_s) = (over_s + RECOVERED_S, over_s + RECOVERED_S + WATCHED_S);
    let ratios = measured.step_latency.iter().map(|step| {
        let before = usual_ms(&step.seconds, 1.0, overload_s, 1)?;
        Some(usual_ms(&step.seconds, from_s, until_s, WATCHED_S as usize - 2)? / before)
    });
    // A step that nobody took then was not judged, so nothing is.
    ratios.collect::<Option<Vec<f64>>>()?.into_iter().max_by(f64::total_cmp)
}

/// The median of the 90th percentiles of at least so many seconds.
fn usual_ms(seconds: &[LatencySecond], from_s: f64, until_s: f64, fewest: usize) -> Option<f64> {
    let within = |second: &&LatencySecond| second.at_s >= from_s && second.at_s + 1.0 <= until_s;
    let seconds = seconds.iter().filter(|second| second.count > 0).filter(within);
    let slow = sorted(&seconds.map(|second| second.p90_ms).collect::<Vec<_>>());
    (slow.len() >= fewest).then(|| slow[slow.len() / 2])
}

/// Seconds with goodput below four fifths of what is asked for, from 10 s after the last overload or fault on.
fn metastable_s(measured: &Measured) -> Option<f64> {
    let overload = measured.stages.iter().filter(|stage| stage.from.max(stage.to) > 1.0);
    let fault = measured.triggers.iter().map(|trigger| trigger.until_s);
    let trigger_s = overload.map(|stage| stage.until_s).chain(fault).fold(0.0, f64::max);
    let end_s = measured.stages.last()?.until_s;
    let mut from_s = trigger_s + LONG_AFTER_S;
    let mut down_s = None;
    while from_s + SPAN_S <= end_s + 1e-9 {
        let span = within(&measured.windows, from_s, from_s + SPAN_S);
        let first = span.first()?;
        let capacity = measured.capacity_per_s;
        let asked = (first.load * capacity + first.waiting as f64 / SPAN_S).min(capacity);
        let goodput = goodput_per_s(&measured.windows, from_s, from_s + SPAN_S).unwrap_or(0.0);
        let down = if goodput < DOWN * asked { SPAN_S } else { 0.0 };
        down_s = Some(down_s.unwrap_or(0.0) + down);
        from_s += SPAN_S;
    }
    down_s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measured::StepSeconds;
    use crate::schedule::load_at;

    /// 5 s of half load, 10 s of tenfold load, then half load to 60 s; C = 10 flows/s.
    fn series(goodput_per_s: impl Fn(f64) -> f64, waiting: impl Fn(f64) -> u64) -> Measured {
        let stage = |from_s, until_s, load| Stage { from_s, until_s, from: load, to: load };
        let stages = vec![stage(0.0, 5.0, 0.5), stage(5.0, 15.0, 10.0), stage(15.0, 60.0, 0.5)];
        let window = |n: u32| {
            let at_s = f64::from(n) * WINDOW_S;
            Window {
                at_s,
                load: load_at(&stages, at_s),
                goodput_flows: goodput_per_s(at_s) * WINDOW_S,
                waiting: waiting(at_s),
                ..Window::default()
            }
        };
        let windows = (0..600).map(window).collect();
        Measured { capacity_per_s: 10.0, windows, stages, ..Measured::default() }
    }

    fn holds(at_s: f64) -> f64 {
        if at_s < 5.0 {
            5.0
        } else if at_s < 40.0 {
            10.0
        } else {
            5.0
        }
    }

    fn collapses(at_s: f64) -> f64 {
        if at_s < 5.0 { 5.0 } else { 0.5 }
    }

    fn criteria() -> Criteria {
        Criteria {
            goodput_share: Some(0.95),
            metastable_s: Some(0.0),
            recovered_latency: Some(1.2),
            control_collapses: Some(0.5),
            ..Criteria::default()
        }
    }

    fn checked(measured: &Measured, name: &str) -> Check {
        let checks = judge(measured, &criteria(), Protection::Ours, 10.0);
        checks.into_iter().find(|check| check.name.contains(name)).unwrap()
    }

    #[test]
    fn a_server_that_holds_its_goodput_passes() {
        let measured = series(holds, |at_s| if (5.0..40.0).contains(&at_s) { 500 } else { 0 });
        let goodput = checked(&measured, "goodput");
        assert!(goodput.is_passed() && (goodput.measured.unwrap() - 1.0).abs() < 1e-9, "{goodput:?}");
        assert_eq!(checked(&measured, "still down").measured, Some(0.0));
    }

    #[test]
    fn a_collapse_is_seen_in_goodput_in_the_watch_and_by_the_control() {
        let measured = series(collapses, |_| 500);
        assert_eq!(checked(&measured, "goodput").passed, Some(false));
        assert_eq!(checked(&measured, "still down").measured, Some(35.0));
        let control = judge(&measured, &criteria(), Protection::Off, 10.0);
        assert!(control[0].is_passed() && control.len() == 1, "{control:?}");
        let holds = judge(&series(holds, |_| 500), &criteria(), Protection::Off, 10.0);
        assert_eq!(holds[0].passed, Some(false), "a control that holds proves nothing");
    }

    #[test]
    fn a_short_dip_within_the_overload_is_not_averaged_away() {
        let dip = |at_s: f64| if (9.0..11.0).contains(&at_s) { 2.0 } else { holds(at_s) };
        let goodput = checked(&series(dip, |_| 0), "goodput");
        assert_eq!(goodput.passed, Some(false));
        assert!((goodput.measured.unwrap() - 0.68).abs() < 0.02, "{goodput:?}");
    }

    #[test]
    fn latency_is_compared_after_the_backlog_is_gone() {
        let mut measured = series(holds, |at_s| if (5.0..40.0).contains(&at_s) { 500 } else { 0 });
        let second = |at_s: u32| {
            let at_s = f64::from(at_s);
            let p50_ms = if (5.0..44.0).contains(&at_s) { 80.0 } else { 20.0 };
            LatencySecond { at_s, count: 10, p50_ms, p90_ms: p50_ms, p99_ms: p50_ms }
        };
        let quick: Vec<LatencySecond> = (0..60).map(second).collect();
        let slow = quick.iter().map(|s| LatencySecond { p90_ms: 2.0 * s.p90_ms, ..*s }).collect();
        let step = |step: &str, seconds| StepSeconds { step: step.to_owned(), seconds };
        measured.step_latency = vec![step("one-time-password", quick), step("register", slow)];
        assert_eq!(checked(&measured, "backlog").measured, Some(1.0));
        // Without an end of the backlog there is nothing to compare.
        let endless = Measured { step_latency: measured.step_latency.clone(), ..series(holds, |_| 500) };
        assert_eq!(checked(&endless, "backlog").passed, None);
        // One step that stays slow is not hidden by the other.
        measured.step_latency[0].seconds[45..].iter_mut().for_each(|second| second.p90_ms *= 1.5);
        assert_eq!(checked(&measured, "backlog").measured, Some(1.5));
    }

    #[test]
    fn what_was_not_measured_has_not_passed() {
        let all = Criteria {
            admitted_p99_ms: Some(250.0),
            finished_share: Some(0.99),
            places_risen: Some(0),
            eta_median: Some(0.15),
            eta_p90: Some(0.4),
            shows_done: Some(0.999),
            shows_shown: Some(0.999),
            rss_mib: Some(1.0),
            descriptors: Some(1),
            lost: Some(0),
            ..criteria()
        };
        let checks = judge(&Measured::default(), &all, Protection::Ours, 0.0);
        assert_eq!(checks.len(), 14);
        assert!(checks.iter().all(|check| check.passed.is_none() && !check.is_passed()), "{checks:?}");
    }

    #[test]
    fn codes_are_missed_in_a_fault_from_the_window_in_which_it_begins() {
        let trigger = Trigger { name: "kill".to_owned(), from_s: 15.000_03, until_s: 15.2 };
        let mut measured = Measured { triggers: vec![trigger], ..series(holds, |_| 0) };
        measured.windows.iter_mut().for_each(|window| (window.shows, window.shows_done) = (10, 10));
        measured.windows[150].shows_done = 0;
        assert_eq!(shows_outside(&measured), Some(1.0));
        measured.windows[149].shows_done = 0;
        assert!(shows_outside(&measured).is_some_and(|share| share < 1.0));
    }

    #[test]
    fn a_late_drill_is_invalid() {
        assert!(lateness(&Measured { lateness_p99_ms: 0.9, ..Measured::default() }).is_passed());
        assert!(!lateness(&Measured { lateness_p99_ms: 1.1, ..Measured::default() }).is_passed());
    }
}
