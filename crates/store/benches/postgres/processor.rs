//! Processor time of this process and of the database it started, from `/proc` (proc(5)).

use std::collections::HashMap;

/// The unit of `/proc/<pid>/stat` on every Linux that shows it (proc(5), `USER_HZ`).
const TICKS_PER_S: f64 = 100.0;

/// One process: its parent and the time it and its ended children have used, in ticks.
struct Process {
    parent: u32,
    ticks: f64,
}

/// Seconds that this process and all it started have used so far. A backend that ended is in its parent's time.
pub(crate) fn busy_s() -> f64 {
    let entries = std::fs::read_dir("/proc").expect("Linux shows its processes");
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let stat = |pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let processes: HashMap<u32, Process> = pids.filter_map(|pid| Some((pid, parse(&stat(pid)?)?))).collect();
    let own = std::process::id();
    let is_ours = |pid: &u32| {
        let line = std::iter::successors(Some(*pid), |pid| processes.get(pid).map(|process| process.parent));
        line.take(processes.len()).any(|pid| pid == own)
    };
    let ours = processes.keys().filter(|pid| is_ours(pid)).filter_map(|pid| processes.get(pid));
    ours.map(|process| process.ticks).sum::<f64>() / TICKS_PER_S
}

/// Fields 4 and 14 to 17 of a line, of which the second holds a name.
fn parse(stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let parent = fields.get(1)?.parse().ok()?;
    let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<f64>().unwrap_or(0.0)).sum();
    Some(Process { parent, ticks })
}
