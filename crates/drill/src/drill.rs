//! A drill against one server, from the measure of C to the last look.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use crate::client::{Ask, Client};
use crate::clock::{monotonic_ns, ns};
use crate::cost;
use crate::faults::Faults;
use crate::measured::{Capacity, Cost, Measured};
use crate::people::People;
use crate::run::{self, Setting, Tell};
use crate::scenario::Scenario;
use crate::timer::Timers;
use crate::world::Server;
use crate::{capacity, verify};

/// Events of the network are looked for after so few tasks: a task waits behind few others.
const EVENT_INTERVAL: u32 = 5;

/// A drill. All of it happens on the thread that calls.
pub struct Drill {
    runtime: Runtime,
    server: Rc<Server>,
    faults: Option<Arc<dyn Faults>>,
}

impl Drill {
    /// A drill against `target`, with people from number `first_person` on; a server that has been drilled before needs
    /// other people. Without `faults` it can cause none and knows nothing of the server's process.
    ///
    /// # Errors
    /// When the machine gives no timer or no randomness.
    pub fn new(
        target: SocketAddr,
        first_person: u64,
        faults: Option<Arc<dyn Faults>>,
    ) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().event_interval(EVENT_INTERVAL).build()?;
        let timers = {
            let _guard = runtime.enter();
            Timers::new()?
        };
        let server = Server {
            client: Client::new(target),
            people: People::new(first_person)?,
            timers,
            residents: Vec::new().into(),
        };
        Ok(Self { runtime, server: Rc::new(server), faults })
    }

    /// Runs something with timers; what it has begun ends with it.
    fn block_on<T>(&self, doing: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        let timers = Rc::clone(&self.server.timers);
        LocalSet::new().block_on(&self.runtime, async move {
            let driving = tokio::task::spawn_local(async move { timers.drive().await });
            let done = doing.await;
            driving.abort();
            done
        })
    }

    /// Waits until `/readyz` says yes.
    ///
    /// # Errors
    /// After `longest`.
    pub fn wait_ready(&self, longest: Duration) -> anyhow::Result<()> {
        let server = Rc::clone(&self.server);
        self.block_on(async move {
            let end_ns = monotonic_ns() + ns(longest.as_secs_f64());
            loop {
                let mut ask = Ask::get("/readyz");
                ask.afresh = true;
                if server.client.send(&ask, |_| {}).await.is_ok_and(|answer| answer.status == 200) {
                    return Ok(());
                }
                anyhow::ensure!(monotonic_ns() < end_ns, "the server was not ready in {longest:?}");
                server.timers.sleep_until(monotonic_ns() + ns(0.05)).await;
            }
        })
    }

    /// Is it a demo, which sends no text messages and knows no real people?
    ///
    /// # Errors
    /// When it does not say what it is.
    pub fn is_demo(&self) -> anyhow::Result<bool> {
        let server = Rc::clone(&self.server);
        self.block_on(async move {
            let answer = server.client.send(&Ask::get("/v1/server"), |_| {}).await;
            let answer = answer.map_err(|_| anyhow::anyhow!("GET /v1/server was not answered"))?;
            let told: serde_json::Value = serde_json::from_slice(&answer.body)?;
            Ok(told["demo"] == serde_json::Value::Bool(true))
        })
    }

    /// Measures C for so many seconds after a warm-up; the people registered by it are those who show codes later.
    ///
    /// # Errors
    /// When the server finishes no flow, or answers in an unknown way.
    pub fn capacity(&self, windows: u32) -> anyhow::Result<Capacity> {
        self.block_on(capacity::measure(Rc::clone(&self.server), windows))
    }

    /// Registers so many people, one after the other, who show codes later; [`Drill::capacity`] does it, too.
    ///
    /// # Errors
    /// As [`Drill::capacity`].
    pub fn register(&self, people: u32) -> anyhow::Result<()> {
        self.block_on(capacity::register(Rc::clone(&self.server), people))
    }

    /// Runs a scenario and looks afterwards whether everything acknowledged is there.
    ///
    /// # Errors
    /// When a fault could not be caused, or nobody has registered yet.
    pub fn run(
        &self,
        scenario: &Scenario,
        capacity_per_s: f64,
        seed: u64,
        tell: Tell,
    ) -> anyhow::Result<Measured> {
        anyhow::ensure!(
            !self.server.residents.borrow().is_empty(),
            "measure C first: nobody can show a code yet"
        );
        let before = self.server.residents.borrow().len();
        let (server, faults) = (Rc::clone(&self.server), self.faults.clone());
        let setting = Setting { server, faults, capacity_per_s, seed, tell };
        let mut measured = self.block_on(run::run(scenario, setting))?;
        let registered = self.server.residents.borrow()[before..].to_vec();
        measured.acknowledged = registered.len() as u64;
        measured.lost = Some(self.block_on(verify::lost(Rc::clone(&self.server), registered))?);
        Ok(measured)
    }

    /// What each kind of answer costs the server; nothing without its process. The waiting room is full of absent people
    /// afterwards.
    ///
    /// # Errors
    /// When the process can't be seen.
    pub fn costs(&self, is_quick: bool) -> anyhow::Result<Vec<Cost>> {
        let Some(faults) = self.faults.clone() else { return Ok(Vec::new()) };
        let counts = if is_quick {
            cost::Counts { memory: 6_000, store: 200, held: 300 }
        } else {
            cost::Counts { memory: 40_000, store: 1_000, held: 2_000 }
        };
        self.block_on(cost::measure(Rc::clone(&self.server), faults, counts))
    }

    /// Closes all kept connections.
    pub fn hang_up(&self) {
        self.server.client.forget();
    }
}

impl std::fmt::Debug for Drill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drill").finish_non_exhaustive()
    }
}
