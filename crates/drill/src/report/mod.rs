//! The report of a drill: `report.json` for machines, `report.html` for people.

mod chart;
mod charts;
mod html;
mod page;
mod tables;

use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::judge;
use crate::measured::{Capacity, Check, Cost, Run};
use crate::scenario::Provision;

/// Everything a drill found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Version of this format.
    pub version: u32,
    /// Begin of the drill (RFC 3339).
    pub started_at: String,
    /// It was `--quick`.
    pub quick: bool,
    /// Time it took in seconds.
    pub took_s: f64,
    /// Where it ran.
    pub machine: Machine,
    /// The store of the drill's own server; none for a server that was there already.
    pub provision: Option<Provision>,
    /// C of each server.
    pub capacities: Vec<Capacity>,
    /// Processor time by kind of answer.
    pub costs: Vec<Cost>,
    /// All runs, with their checks.
    pub runs: Vec<Run>,
    /// Only a part of the drill was asked for: one scenario, one protection or a foreign server.
    pub part: bool,
    /// What was left out and why, Chinese and English.
    pub left_out: Vec<[String; 2]>,
    /// Why nothing of it counts; none when it does.
    pub invalid: Option<String>,
    /// Every check passed.
    pub passed: bool,
}

/// The machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// Name of the processor.
    pub processor: String,
    /// Processors.
    pub processors: u64,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Release of the kernel.
    pub kernel: String,
    /// Server and drill have a processor of their own each.
    pub pinned: bool,
}

/// What a drill came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every check passed.
    Passed,
    /// A check failed or was not measured.
    Failed,
    /// What ran has passed, but a protected server, or in a whole drill the collapsing one beside it, was not seen.
    Incomplete,
    /// The drill itself was too late: nothing of it counts.
    Invalid,
}

impl Report {
    /// Draws the conclusion from all runs.
    pub fn conclude(&mut self) -> Verdict {
        self.version = 1;
        let late = self.runs.iter().find(|run| !judge::lateness(&run.measured).is_passed());
        self.invalid = late.map(|run| {
            format!(
                "{} ({}): the drill itself sent late, p99 {:.2} ms; at most {} ms count",
                run.measured.scenario,
                run.protection,
                run.measured.lateness_p99_ms,
                judge::LATEST_MS
            )
        });
        let checks = || self.checks().map(|(_, check)| check);
        let all_passed = checks().all(Check::is_passed);
        // Beside its lateness a run has checks only under our protection, or as the negative control.
        let judged = |protection: &str| {
            self.runs.iter().any(|run| run.protection == protection && run.checks.len() > 1)
        };
        let is_whole = judged("ours") && (self.part || (judged("off") && self.left_out.is_empty()));
        let verdict = match &self.invalid {
            Some(_) => Verdict::Invalid,
            None if !all_passed => Verdict::Failed,
            None if !is_whole => Verdict::Incomplete,
            None => Verdict::Passed,
        };
        self.passed = verdict == Verdict::Passed;
        verdict
    }

    /// All checks with their runs.
    pub fn checks(&self) -> impl Iterator<Item = (&Run, &Check)> {
        self.runs.iter().flat_map(|run| run.checks.iter().map(move |check| (run, check)))
    }

    /// The run of a scenario under a protection.
    #[must_use]
    pub fn run(&self, scenario: &str, protection: &str) -> Option<&Run> {
        self.runs.iter().find(|run| run.measured.scenario == scenario && run.protection == protection)
    }

    /// Cost of refusing as a share of the cost of serving, by class.
    #[must_use]
    pub fn refuse_by_serve(&self) -> Vec<(&str, f64)> {
        let us = |kind: &str, class: &str| {
            let cost = self.costs.iter().find(|cost| cost.kind == kind && cost.class == class);
            cost.map(|cost| cost.cpu_us)
        };
        let ratio = |class: &'static str| Some((class, us("refuse", class)? / us("serve", class)?));
        ["b3", "b4"].into_iter().filter_map(ratio).collect()
    }

    /// Writes both files into a folder.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
        };
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        write("report.json", &serde_json::to_string_pretty(self)?)?;
        write("report.html", &html::html(self))
    }
}
