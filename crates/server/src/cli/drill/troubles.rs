//! The drill's faults, done to its own server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::Signal;
use yimatong_drill::faults::{Doing, Faults};
use yimatong_drill::measured::ProcessSample;

use super::child::{Recipe, Running, pause};
use super::process;
use crate::clock::monotonic;

/// One turn of stopping and going on, short against any time-out.
const TURN: Duration = Duration::from_millis(100);

/// The server and how to start it again.
#[derive(Debug)]
pub(super) struct OwnServer {
    recipe: Recipe,
    running: Mutex<Running>,
}

impl OwnServer {
    pub(super) fn start(recipe: Recipe) -> anyhow::Result<Arc<Self>> {
        let running = Mutex::new(recipe.start()?);
        Ok(Arc::new(Self { recipe, running }))
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it as an operator would.
    pub(super) fn stop(&self) -> anyhow::Result<()> {
        self.running().stop()
    }

    /// Ends it at once; what it is paying for a surge is of no interest any more.
    pub(super) fn kill(&self) -> anyhow::Result<()> {
        self.running().kill()
    }
}

/// Own servers shared with the drill.
#[derive(Debug, Clone)]
pub(super) struct Troubles(pub(super) Arc<OwnServer>);

impl Troubles {
    /// Does something that waits for another process, on a thread for it.
    fn aside<T: Send + 'static>(
        &self,
        doing: impl FnOnce(&OwnServer) -> anyhow::Result<T> + Send + 'static,
    ) -> Doing<'_, T> {
        let server = Arc::clone(&self.0);
        Box::pin(
            async move { tokio::task::spawn_blocking(move || doing(&server)).await.context("it failed")? },
        )
    }
}

impl Faults for Troubles {
    fn stall_store(&self, lasting: Duration) -> Doing<'_, ()> {
        self.aside(move |server| {
            server.running().command(&format!("stall-store {}", lasting.as_millis())).map(drop)
        })
    }

    fn cut_cpu(&self, share: f64, lasting: Duration) -> Doing<'_, ()> {
        self.aside(move |server| {
            let begun = monotonic();
            while begun.elapsed() < lasting {
                server.running().signal(Signal::STOP)?;
                pause(TURN.mul_f64(1.0 - share));
                server.running().signal(Signal::CONT)?;
                pause(TURN.mul_f64(share));
            }
            Ok(())
        })
    }

    fn drop_registry(&self) -> Doing<'_, ()> {
        self.aside(|server| server.running().command("drop-registry").map(drop))
    }

    fn kill_and_restart(&self) -> Doing<'_, ()> {
        self.aside(|server| {
            server.running().kill()?;
            let again = server.recipe.start()?;
            *server.running() = again;
            Ok(())
        })
    }

    fn process(&self) -> Doing<'_, ProcessSample> {
        let seen = self.0.running.try_lock().ok().map(|running| running.pid());
        Box::pin(async move { process::sample(seen.context("the server is being started")?) })
    }
}
