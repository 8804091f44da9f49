//! `yimatong drill`: breaks a server of its own on purpose, and reports whether the city would have noticed.

mod behind;
mod child;
mod folder;
mod machine;
mod plan;
mod process;
mod screen;
mod troubles;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use yimatong_drill::report::{Report, Verdict};
use yimatong_drill::scenario::{self, Protection, Scenario};
use yimatong_drill::target;

use crate::clock::{Clock as _, SystemClock, monotonic};
use crate::connections::descriptors;

const EXIT_CODES: &str = "Exit codes: 0 passed, 1 failed, 2 wrong usage or unreadable input, 3 the drill itself was too late to count.";

/// Overload, break and restart a server on this machine, and write report.json and report.html.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Drill {
    /// The short drill: steps to 10x and 40x, protected and not, within 90 s.
    #[arg(long, conflicts_with = "scenario")]
    quick: bool,
    /// Only the scenario in this file (TOML; see testdata/drill).
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Folder for the two files.
    #[arg(long, value_name = "DIR", default_value = "drill-report")]
    out: PathBuf,
    /// Drill a demo server that is running on this machine instead of an own one; it can't be broken then.
    #[arg(long, value_name = "URL", conflicts_with = "protection")]
    target: Option<String>,
    /// Only under this protection.
    #[arg(long, value_name = "HOW", value_parser = protection)]
    protection: Option<Protection>,
    /// Seed of all arrivals, in place of the scenarios' own.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

fn protection(text: &str) -> Result<Protection, String> {
    let known = [Protection::Ours, Protection::Shed, Protection::Off];
    known.into_iter().find(|known| known.as_str() == text).ok_or_else(|| "ours, shed or off".to_owned())
}

impl Drill {
    /// Exit codes: 0 passed, 1 failed, 2 usage, 3 the drill itself was too late.
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let begun = monotonic();
        let started_at = SystemClock.now();
        let target = self.target.as_deref().map(target::parse).transpose()?;
        let scenarios = self.scenarios()?;
        machine::take_real_time();
        descriptors::raise_limit();
        machine::raise_priority();
        behind::clear_when_interrupted()?;
        let processors = machine::Processors::find();
        if let Some(processors) = processors {
            machine::pin(None, processors.drill)?;
        }
        let mut report = Report {
            started_at: started_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            quick: self.quick,
            part: self.scenario.is_some() || self.protection.is_some() || self.target.is_some(),
            machine: machine::machine(processors),
            ..Report::default()
        };
        // A server that was drilled before must not meet the same people again.
        let first_person = started_at.as_second().unsigned_abs() % 10_000 * 20_000;
        let plan = plan::Plan { processors, seed: self.seed, quick: self.quick, first_person };
        match target {
            Some(address) => plan.against(address, &scenarios, &mut report)?,
            None => plan.own(&scenarios, &mut report)?,
        }
        report.took_s = begun.elapsed().as_secs_f64();
        let verdict = report.conclude();
        report.write(&self.out)?;
        screen::conclusion(&report, verdict, &self.out);
        Ok(match verdict {
            Verdict::Passed => ExitCode::SUCCESS,
            Verdict::Failed | Verdict::Incomplete => ExitCode::FAILURE,
            Verdict::Invalid => ExitCode::from(3),
        })
    }

    fn scenarios(&self) -> anyhow::Result<Vec<Scenario>> {
        let mut scenarios = match (&self.scenario, self.quick) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| anyhow::anyhow!("cannot read {}: {error}", path.display()))?;
                let scenario = Scenario::parse(&text);
                vec![scenario.map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?]
            }
            (None, true) => vec![scenario::quick()?],
            (None, false) => scenario::shipped()?,
        };
        if let Some(only) = self.protection {
            scenarios.iter_mut().for_each(|scenario| scenario.protections = vec![only]);
        }
        Ok(scenarios)
    }
}
