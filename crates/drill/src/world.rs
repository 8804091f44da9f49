//! What all people of a run share.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use rand::Rng as _;
use rand::rngs::SmallRng;

use crate::client::Client;
use crate::clock::monotonic_ns;
use crate::people::People;
use crate::recorder::Recorder;
use crate::timer::Timers;

/// Somebody who registered.
#[derive(Debug, Clone)]
pub(crate) struct Resident {
    /// Bearer token.
    pub(crate) session: String,
    /// The phone got a signed code, which it can show for a day.
    pub(crate) holds_code: bool,
}

/// What does not change from run to run against one server.
pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) people: People,
    pub(crate) timers: Rc<Timers>,
    /// Everybody whose registration was acknowledged.
    pub(crate) residents: RefCell<Vec<Rc<Resident>>>,
}

/// One run.
pub(crate) struct World {
    pub(crate) server: Rc<Server>,
    recorder: RefCell<Recorder>,
    /// Nobody begins anything any more.
    pub(crate) closed: Cell<bool>,
    /// People who wait to be let in.
    waiting: Cell<u64>,
    /// People who were let in and have not finished.
    under_way: Cell<u64>,
}

impl World {
    pub(crate) fn new(server: Rc<Server>, recorder: Recorder) -> Rc<Self> {
        Rc::new(Self {
            server,
            recorder: RefCell::new(recorder),
            closed: Cell::new(false),
            waiting: Cell::new(0),
            under_way: Cell::new(0),
        })
    }

    pub(crate) fn recorder(&self) -> RefMut<'_, Recorder> {
        self.recorder.borrow_mut()
    }

    /// Waits until the moment.
    pub(crate) async fn until(&self, at_ns: u64) {
        self.server.timers.sleep_until(at_ns).await;
    }

    /// Somebody who can show a code.
    pub(crate) fn resident(&self, rng: &mut SmallRng) -> Option<Rc<Resident>> {
        let residents = self.server.residents.borrow();
        if residents.is_empty() {
            return None;
        }
        residents.get(rng.random_range(0..residents.len())).map(Rc::clone)
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.waiting.get()
    }

    pub(crate) fn under_way(&self) -> u64 {
        self.under_way.get()
    }

    /// Counts somebody as waiting for as long as the value lives.
    pub(crate) fn waits(self: &Rc<Self>) -> Counted {
        Counted::new(Rc::clone(self), |world| &world.waiting)
    }

    /// Counts somebody as let in for as long as the value lives.
    pub(crate) fn goes(self: &Rc<Self>) -> Counted {
        Counted::new(Rc::clone(self), |world| &world.under_way)
    }

    /// All that was recorded; the run is over.
    pub(crate) fn take(&self) -> Recorder {
        self.recorder.replace(Recorder::new(monotonic_ns(), Vec::new()))
    }
}

/// A count that is one larger while this lives.
pub(crate) struct Counted {
    world: Rc<World>,
    which: fn(&World) -> &Cell<u64>,
}

impl Counted {
    fn new(world: Rc<World>, which: fn(&World) -> &Cell<u64>) -> Self {
        which(&world).set(which(&world).get() + 1);
        Self { world, which }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let count = (self.which)(&self.world);
        count.set(count.get() - 1);
    }
}
