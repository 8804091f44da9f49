//! What a drill leaves behind when it is interrupted: nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};

use super::machine;

/// The folders and the server that are there now.
static BEHIND: Mutex<Behind> = Mutex::new(Behind { folders: Vec::new(), server: None });

#[derive(Debug)]
struct Behind {
    folders: Vec<PathBuf>,
    server: Option<u32>,
}

fn behind() -> MutexGuard<'static, Behind> {
    BEHIND.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a folder, and remembers it until it is [`forgotten`].
pub(super) fn folder<T>(make: impl FnOnce() -> anyhow::Result<(T, PathBuf)>) -> anyhow::Result<T> {
    let mut behind = behind();
    let (made, path) = make()?;
    behind.folders.push(path);
    Ok(made)
}

pub(super) fn forgotten(path: &Path) {
    behind().folders.retain(|folder| folder != path);
}

/// The process of the server that runs now; none when it has ended.
pub(super) fn server(pid: Option<u32>) {
    behind().server = pid;
}

/// From now on SIGINT, SIGTERM and SIGHUP end the server, also a stopped one, and remove all folders.
pub(super) fn clear_when_interrupted() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let (mut interrupt, mut terminate, mut hang_up) = {
        let _guard = runtime.enter();
        let heard = |kind| signal(kind);
        (heard(SignalKind::interrupt())?, heard(SignalKind::terminate())?, heard(SignalKind::hangup())?)
    };
    std::thread::Builder::new().name("drill-interrupted".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => (),
                _ = terminate.recv() => (),
                _ = hang_up.recv() => (),
            }
        });
        let behind = behind();
        if let Some(pid) = behind.server.and_then(machine::pid) {
            // An error means that it is gone already.
            let _ = kill_process(pid, Signal::KILL);
        }
        for path in &behind.folders {
            // The kernel may still be ending what writes there.
            if fs::remove_dir_all(path).or_else(|_| fs::remove_dir_all(path)).is_err() && path.exists() {
                eprintln!("drill: {} could not be removed", path.display());
            }
        }
        eprintln!("drill: interrupted; there is no report · 演练已中断，没有报告");
        std::process::exit(130);
    })?;
    Ok(())
}
