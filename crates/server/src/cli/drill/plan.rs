//! The order of a drill: for each scenario and protection a fresh server, its C, the run, the verdict.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use yimatong_drill::drill::Drill;
use yimatong_drill::faults::Faults;
use yimatong_drill::judge;
use yimatong_drill::measured::{Capacity, Check, Measured, Run};
use yimatong_drill::report::Report;
use yimatong_drill::scenario::{Criteria, Protection, Provision, Scenario};

use super::child::{self, Recipe};
use super::folder::Folder;
use super::machine::Processors;
use super::screen::Screen;
use super::troubles::{OwnServer, Troubles};

/// Seconds over which C is measured in a full drill, and in a quick one of our server and of the others.
const WINDOWS: [u32; 3] = [8, 3, 2];
/// The other protections are given this long after the last arrival, in seconds.
const OTHERS_DRAIN_S: f64 = 1.5;
/// C may be so many times its arithmetic bound: windows of a second catch what was begun in the one before.
const ABOVE_BOUND: f64 = 1.05;
/// Kinds of answers whose cost a drill measures: four are served, two refused.
const KINDS: f64 = 6.0;
/// C of our server is at least this share of what its store can do, or something else uses the machine.
const BELOW_BOUND: f64 = 0.75;
/// A server that was there already is given this long.
const READY: Duration = Duration::from_secs(5);

/// How to go about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) processors: Option<Processors>,
    pub(super) seed: Option<u64>,
    pub(super) quick: bool,
    pub(super) first_person: u64,
}

/// Where nothing keeps people who were let in from the others, most never finish, and there is nobody to wait for.
fn drained(scenario: &Scenario, protection: Protection) -> Scenario {
    let longest_s = if protection == Protection::Ours { f64::INFINITY } else { OTHERS_DRAIN_S };
    Scenario { drain_s: scenario.drain_s.min(longest_s), ..scenario.clone() }
}

/// Of a server that is not the drill's own the process can't be seen.
fn without_process(scenario: &Scenario) -> Scenario {
    let criteria = Criteria { rss_mib: None, descriptors: None, ..scenario.criteria };
    Scenario { criteria, ..scenario.clone() }
}

/// A run that could not be carried out: nothing of it was measured, so nothing has passed.
fn broken(name: &str, title: &[String; 2], protection: Protection, error: &anyhow::Error) -> Run {
    let what = [format!("未能进行：{error:#}"), format!("could not be carried out: {error:#}")];
    let check = Check::new(what.each_ref().map(String::as_str), None, 0.0, true, "");
    bare(name, title, protection, check)
}

/// A run of which only one thing is known.
fn bare(name: &str, title: &[String; 2], protection: Protection, check: Check) -> Run {
    Run {
        protection: protection.as_str().to_owned(),
        title: title.clone(),
        measured: Measured { scenario: name.to_owned(), ..Measured::default() },
        checks: vec![check],
    }
}

impl Plan {
    /// Drills servers of its own.
    pub(super) fn own(&self, scenarios: &[Scenario], report: &mut Report) -> anyhow::Result<()> {
        let Some(first) = scenarios.first() else { return Ok(()) };
        report.provision = Some(first.server);
        let screen = Screen::new();
        screen.say("making the demo city · 生成演示城市");
        let template = self.template(first.server)?;
        let mut peak: Option<(Provision, f64)> = None;
        for scenario in scenarios {
            for &protection in &scenario.protections {
                // The peak of another store says nothing of this one.
                let same = peak.filter(|(provision, _)| *provision == scenario.server);
                let peak_per_s = same.map(|(_, peak_per_s)| peak_per_s);
                // What goes wrong in one run is that run's failure, and the others go on.
                let run = self
                    .fresh(&template, &screen, scenario, protection, peak_per_s, report)
                    .unwrap_or_else(|error| broken(&scenario.name, &scenario.title, protection, &error));
                screen.done(&run);
                if scenario.name == "sweep" && protection == Protection::Ours {
                    peak = judge::peak_per_s(&run.measured).map(|peak_per_s| (scenario.server, peak_per_s));
                }
                report.runs.push(run);
            }
        }
        if scenarios.iter().any(|scenario| scenario.protections.contains(&Protection::Ours)) {
            let title = ["每次应答的开销".to_owned(), "what an answer costs".to_owned()];
            let measured = self.costs(&template, first.server, &screen, report);
            report.runs.push(match measured {
                Err(error) => broken("cost", &title, Protection::Ours, &error),
                // Answers that are held for seconds are too few in a short drill to be told from the others.
                Ok(()) if self.quick => return Ok(()),
                Ok(()) => {
                    let name = ["测得开销的应答种类", "kinds of answers whose cost was measured"];
                    let kinds = report.costs.len() as f64;
                    bare("cost", &title, Protection::Ours, Check::new(name, Some(kinds), KINDS, true, ""))
                }
            });
        }
        Ok(())
    }

    /// One run on a server of its own.
    fn fresh(
        &self,
        template: &Folder,
        screen: &Screen,
        scenario: &Scenario,
        protection: Protection,
        peak_per_s: Option<f64>,
        report: &mut Report,
    ) -> anyhow::Result<Run> {
        let (server, _folder) = self.start(template, scenario.server, protection)?;
        let faults: Arc<dyn Faults> = Arc::new(Troubles(Arc::clone(&server.0)));
        let drill = Drill::new(server.1, self.first_person, Some(faults))?;
        let capacity = self.capacity(&drill, screen, scenario.server, protection, report)?;
        let drained = drained(scenario, protection);
        let run = self.run(&drill, screen, &drained, protection, &capacity, peak_per_s)?;
        server.0.kill()?;
        Ok(run)
    }

    /// Drills a server that is running.
    pub(super) fn against(
        &self,
        address: SocketAddr,
        scenarios: &[Scenario],
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let screen = Screen::new();
        let drill = Drill::new(address, self.first_person, None)?;
        drill.wait_ready(READY)?;
        anyhow::ensure!(
            drill.is_demo()?,
            "the server at {address} is no demo: a drill registers people and asks for text messages; start one with `yimatong serve --demo`"
        );
        let mut capacity = drill.capacity(self.windows(Protection::Ours))?;
        Protection::Ours.as_str().clone_into(&mut capacity.protection);
        screen.capacity(&capacity);
        report.capacities.push(capacity.clone());
        for scenario in scenarios {
            if !scenario.fault.is_empty() {
                let [zh, en] = &scenario.title;
                let left_out = [
                    format!("{zh}：不是演练自己的服务器，不能破坏"),
                    format!("{en}: not the drill's own server"),
                ];
                screen.say(&format!("left out · 略过: {}", left_out[1]));
                report.left_out.push(left_out);
                continue;
            }
            let scenario = without_process(scenario);
            let run = self
                .run(&drill, &screen, &scenario, Protection::Ours, &capacity, None)
                .unwrap_or_else(|error| broken(&scenario.name, &scenario.title, Protection::Ours, &error));
            screen.done(&run);
            report.runs.push(run);
        }
        Ok(())
    }

    fn windows(&self, protection: Protection) -> u32 {
        match (self.quick, protection) {
            (false, _) => WINDOWS[0],
            (true, Protection::Ours) => WINDOWS[1],
            (true, _) => WINDOWS[2],
        }
    }

    /// A folder with a demo city, stopped in good order.
    fn template(&self, provision: Provision) -> anyhow::Result<Folder> {
        let folder = Folder::make()?;
        let recipe = Recipe {
            data: folder.path().to_path_buf(),
            address: child::free_address()?,
            provision: Provision { store_time_ms: 1, ..provision },
            protection: Protection::Ours,
            processors: None,
        };
        OwnServer::start(recipe)?.stop()?;
        Ok(folder)
    }

    fn start(
        &self,
        template: &Folder,
        provision: Provision,
        protection: Protection,
    ) -> anyhow::Result<((Arc<OwnServer>, SocketAddr), Folder)> {
        let folder = template.copy()?;
        let address = child::free_address()?;
        let data = folder.path().to_path_buf();
        let recipe = Recipe { data, address, provision, protection, processors: self.processors };
        Ok(((OwnServer::start(recipe)?, address), folder))
    }

    fn capacity(
        &self,
        drill: &Drill,
        screen: &Screen,
        provision: Provision,
        protection: Protection,
        report: &mut Report,
    ) -> anyhow::Result<Capacity> {
        let mut capacity = drill.capacity(self.windows(protection))?;
        protection.as_str().clone_into(&mut capacity.protection);
        capacity.bound_per_s = Some(provision.bound_per_s());
        capacity.connections = Some(provision.store_connections);
        let share = capacity.flows_per_s / provision.bound_per_s();
        let least = if protection == Protection::Ours { BELOW_BOUND } else { 0.0 };
        anyhow::ensure!(
            (least..=ABOVE_BOUND).contains(&share),
            "C = {:.1} flows/s is {share:.2} of what a store of {} connections can do ({:.1}): at least {least} and at most {ABOVE_BOUND} are credible; is the machine busy?",
            capacity.flows_per_s,
            provision.store_connections,
            provision.bound_per_s()
        );
        // What was begun in the second before is no capacity.
        capacity.flows_per_s = capacity.flows_per_s.min(provision.bound_per_s());
        screen.capacity(&capacity);
        report.capacities.push(capacity.clone());
        Ok(capacity)
    }

    fn run(
        &self,
        drill: &Drill,
        screen: &Screen,
        scenario: &Scenario,
        protection: Protection,
        capacity: &Capacity,
        peak_per_s: Option<f64>,
    ) -> anyhow::Result<Run> {
        let seed = self.seed.unwrap_or(scenario.seed);
        let tell = screen.run(scenario, protection);
        let measured = drill.run(scenario, capacity.flows_per_s, seed, tell)?;
        let sweep = if scenario.name == "sweep" { judge::peak_per_s(&measured) } else { None };
        let knows_peak = sweep.or(peak_per_s).is_some();
        let peak_per_s = sweep.or(peak_per_s).unwrap_or(capacity.flows_per_s);
        let mut checks = judge::judge(&measured, &scenario.criteria, protection, peak_per_s);
        if !knows_peak {
            checks
                .iter_mut()
                .filter(|check| check.unit == "of peak")
                .for_each(|check| check.unit = "of C".into());
        }
        checks.push(judge::lateness(&measured));
        let run = Run {
            protection: protection.as_str().to_owned(),
            title: scenario.title.clone(),
            measured,
            checks,
        };
        Ok(run)
    }

    fn costs(
        &self,
        template: &Folder,
        provision: Provision,
        screen: &Screen,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        screen.say("what an answer costs · 每次应答的开销");
        let (server, folder) = self.start(template, provision, Protection::Ours)?;
        let faults: Arc<dyn Faults> = Arc::new(Troubles(Arc::clone(&server.0)));
        let drill = Drill::new(server.1, self.first_person, Some(faults))?;
        drill.capacity(1)?;
        report.costs = drill.costs(self.quick)?;
        server.0.kill()?;
        drop(folder);
        for cost in &report.costs {
            let (kind, class, us, drill) = (&cost.kind, &cost.class, cost.cpu_us, cost.drill_us);
            screen.say(&format!(
                "  {class} {kind:<7} {us:8.1} us (drill {drill:.1} us, {} answers)",
                cost.count
            ));
        }
        Ok(())
    }
}
