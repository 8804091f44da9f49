//! The machine under the drill: which processor is whose, and what goes first.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::{env, fs};

use rustix::process::{Pid, setpriority_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use yimatong_drill::report::Machine;

/// The first two processors this process may use: one for the server, one for the drill. None when there is only one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Processors {
    pub(super) server: usize,
    pub(super) drill: usize,
}

impl Processors {
    pub(super) fn find() -> Option<Self> {
        let may = sched_getaffinity(None).ok()?;
        let mut usable = (0..CpuSet::MAX_CPU).filter(|cpu| may.is_set(*cpu));
        Some(Self { server: usable.next()?, drill: usable.next()? })
    }
}

/// Binds a thread, and what it starts from now on, to one processor; `None` is the calling thread.
pub(super) fn pin(thread: Option<u32>, cpu: usize) -> anyhow::Result<()> {
    let mut set = CpuSet::new();
    set.set(cpu);
    sched_setaffinity(thread.and_then(pid), &set)?;
    Ok(())
}

pub(super) fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}

/// Goes before whatever else runs on this machine, where that is allowed; children inherit it.
pub(super) fn raise_priority() {
    // Without the right to it the drill runs as everything does, and its lateness is measured in any case.
    let _ = setpriority_process(None, -15);
}

/// Starts this command again in real time, where that is allowed: it must send on time, whatever else runs here. What it
/// starts itself, its server above all, runs as everything does.
pub(super) fn take_real_time() {
    const TAKEN: &str = "YIMATONG_DRILL_REAL_TIME";
    const CHRT: [&str; 3] = ["--reset-on-fork", "--rr", "10"];
    let Ok(itself) = env::current_exe() else { return };
    let quiet = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_allowed =
        || quiet(Command::new("chrt").args(CHRT).arg("true")).is_ok_and(|status| status.success());
    if env::var_os(TAKEN).is_none() && is_allowed() {
        // It comes back only with an error, and then everything goes on as it is.
        let _ =
            Command::new("chrt").args(CHRT).arg(itself).args(env::args_os().skip(1)).env(TAKEN, "1").exec();
    }
}

/// What the report says of the machine.
pub(super) fn machine(processors: Option<Processors>) -> Machine {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split(':').nth(1)).unwrap_or("").trim().to_owned()
    };
    let memory_kib: u64 = after(&read("/proc/meminfo"), "MemTotal")
        .split(' ')
        .next()
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0);
    Machine {
        processor: after(&read("/proc/cpuinfo"), "model name"),
        processors: read("/proc/cpuinfo").lines().filter(|line| line.starts_with("processor")).count() as u64,
        memory_mib: memory_kib / 1_024,
        kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        pinned: processors.is_some(),
    }
}
