//! One run of a scenario: people come, faults happen, the rest is counted.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::arrivals::arrive;
use crate::clock::{monotonic_ns, ns, own_cpu_s};
use crate::faults::Faults;
use crate::field::Crew;
use crate::measured::Measured;
use crate::recorder::{Recorder, WINDOW_S};
use crate::scenario::{Fault, FaultKind, Scenario};
use crate::schedule::{Schedule, stages};
use crate::world::{Server, World};

/// Time to get ready before the first arrival, in seconds.
const LEAD_S: f64 = 0.1;

/// How a run is going.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Progress {
    /// Seconds since the begin.
    pub at_s: f64,
    /// Seconds in all.
    pub of_s: f64,
    /// Flows offered now, as a multiple of C.
    pub load: f64,
    /// Goodput of the last second in flows.
    pub goodput_per_s: f64,
    /// People who wait to be let in.
    pub waiting: u64,
}

/// Called about once a second.
pub type Tell = Arc<dyn Fn(Progress) + Send + Sync>;

/// Everything a run needs beside its scenario.
pub(crate) struct Setting {
    pub(crate) server: Rc<Server>,
    pub(crate) faults: Option<Arc<dyn Faults>>,
    pub(crate) capacity_per_s: f64,
    pub(crate) seed: u64,
    pub(crate) tell: Tell,
}

/// Runs a scenario from its first arrival until let-in people are done.
pub(crate) async fn run(scenario: &Scenario, setting: Setting) -> anyhow::Result<Measured> {
    let Setting { server, faults, capacity_per_s, seed, tell } = setting;
    let crew = match scenario.field {
        Some(field) => Some(Crew::sign_in(&server, field).await?),
        None => None,
    };
    let begin_ns = monotonic_ns() + ns(LEAD_S);
    let stages = stages(scenario);
    let world = World::new(server, Recorder::new(begin_ns, stages.clone()));
    let schedule = Schedule::new(&stages, scenario.mix, capacity_per_s, seed);
    let mut troubles = tokio::task::JoinSet::new();
    for fault in &scenario.fault {
        let faults = faults.clone().ok_or_else(|| anyhow::anyhow!("this server is not the drill's own"))?;
        troubles.spawn_local(cause(Rc::clone(&world), faults, *fault, begin_ns));
    }
    let of_s = scenario.lasts_s();
    let watched = tokio::task::spawn_local(watch(Rc::clone(&world), faults, of_s, begin_ns, tell));
    let arriving = tokio::task::spawn_local(arrive(Rc::clone(&world), schedule, begin_ns));
    let at_work = crew.as_ref().map(|crew| crew.begin(&world, begin_ns, seed));
    let cpu_s = own_cpu_s();
    world.until(begin_ns + ns(of_s)).await;
    arriving.await?;
    let drill_busy = (own_cpu_s() - cpu_s) / of_s;
    world.closed.set(true);
    drain(&world, scenario.drain_s).await;
    if let Some(mut at_work) = at_work {
        // What is under way is finished; each ends with its next batch.
        while let Some(done) = at_work.join_next().await {
            done?;
        }
    }
    if let Some(crew) = &crew {
        let lost = crew.lost(&world.server).await?;
        world.recorder().measured.field.lost = Some(lost);
    }
    while let Some(trouble) = troubles.join_next().await {
        trouble??;
    }
    watched.abort();
    let mut measured = world.take().finish();
    measured.scenario.clone_from(&scenario.name);
    (measured.seed, measured.capacity_per_s, measured.drill_busy) = (seed, capacity_per_s, drill_busy);
    Ok(measured)
}

/// Waits until everybody who was let in is done.
async fn drain(world: &World, longest_s: f64) {
    let end_ns = monotonic_ns() + ns(longest_s);
    while world.under_way() > 0 && monotonic_ns() < end_ns {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn cause(world: Rc<World>, faults: Arc<dyn Faults>, fault: Fault, begin_ns: u64) -> anyhow::Result<()> {
    world.until(begin_ns + ns(fault.at_s)).await;
    let lasting = Duration::from_secs_f64(fault.for_s);
    let from_ns = monotonic_ns();
    match fault.kind {
        FaultKind::StoreStall => faults.stall_store(lasting).await?,
        FaultKind::CpuCut => faults.cut_cpu(fault.share, lasting).await?,
        FaultKind::RegistryDrop => faults.drop_registry().await?,
        FaultKind::Kill => faults.kill_and_restart().await?,
    }
    let until_ns = monotonic_ns().max(from_ns + ns(fault.for_s));
    world.recorder().trigger(fault.kind.as_str(), from_ns, until_ns);
    Ok(())
}

/// Every window: who waits. Every second: the process, and how it is going.
async fn watch(world: Rc<World>, faults: Option<Arc<dyn Faults>>, of_s: f64, begin_ns: u64, tell: Tell) {
    let per_second = (1.0 / WINDOW_S).round() as u64;
    for n in 0_u64.. {
        world.until(begin_ns + ns(n as f64 * WINDOW_S)).await;
        let now_ns = monotonic_ns();
        let waiting = world.waiting();
        world.recorder().window(now_ns).waiting = waiting;
        if n % per_second != 0 {
            continue;
        }
        if let Some(faults) = &faults
            && let Ok(sample) = faults.process().await
        {
            world.recorder().process(sample, now_ns);
        }
        tell(progress(&world, of_s));
    }
}

fn progress(world: &World, of_s: f64) -> Progress {
    let recorder = world.recorder();
    let windows = &recorder.measured.windows;
    let Some(last) = windows.last() else { return Progress::default() };
    let second = windows.iter().rev().skip(1).take((1.0 / WINDOW_S).round() as usize);
    Progress {
        at_s: last.at_s,
        of_s,
        load: last.load,
        goodput_per_s: second.map(|window| window.goodput_flows).sum(),
        waiting: last.waiting,
    }
}
