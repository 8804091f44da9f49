//! Admission control in the server: who may wait for the store, who waits in the room, who is told to come back.
//!
//! The rules are the crate `yimatong-overload`; here are its clock, its tasks and its HTTP face. [`enter::run`] stands
//! between the guard and the handler of every route, before any body is read.
//!
//! Architecture Invariant: nothing per person who waits is kept here or in the store, except for requests that stand before
//! the gate for a moment, and refusals that are held for at most eight seconds.

pub(crate) mod body;
mod counts;
pub(crate) mod enter;
pub(crate) mod figures;
mod flight;
mod gate;
pub(crate) mod lag;
pub(crate) mod operations;
mod origin;
mod permit;
mod protection;
mod rates;
mod refusal;
pub(crate) mod room;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use ring::rand::SecureRandom;
use yimatong_overload::{Class, Seal, Settings};

use crate::metrics::Metrics;
use crate::random;
use counts::Counts;
use figures::History;
use flight::Flights;
use gate::Gate;
use lag::Lag;
use operations::Desk;
use rates::RateTables;
use refusal::Refusals;
use room::WaitingRoom;

pub use operations::{Notice, Switches};
pub(crate) use permit::{leave_store, never_needed_store, outside_store};
pub use protection::Protection;

/// Everything admission control keeps.
pub struct Overload {
    /// Whether and how the store is protected.
    pub protection: Protection,
    pub(crate) gate: Arc<Gate>,
    pub(crate) room: WaitingRoom,
    pub(crate) desk: Desk,
    pub(crate) lag: Lag,
    pub(crate) history: History,
    pub(crate) counts: [Counts; 5],
    rates: Mutex<RateTables>,
    seal: Seal,
    salt: u64,
    refusals: Refusals,
    flights: Flights,
    passes: AtomicU64,
    first_pass: u64,
}

impl std::fmt::Debug for Overload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Overload").field("protection", &self.protection).finish_non_exhaustive()
    }
}

impl Overload {
    /// Nothing has happened yet. `key` is the city's ticket key, the same on every node.
    pub(crate) fn new(
        protection: Protection,
        key: &[u8; 32],
        random: &dyn SecureRandom,
        metrics: &Metrics,
        started: Instant,
    ) -> Self {
        let settings = Settings::default();
        let draw = || u64::from_be_bytes(random::bytes(random));
        Self {
            protection,
            gate: Arc::new(Gate::new(settings.admission, draw(), started)),
            room: WaitingRoom::new(settings.room),
            desk: Desk::default(),
            lag: Lag::default(),
            history: History::default(),
            counts: Class::ALL.map(|class| Counts::new(metrics, class)),
            rates: Mutex::new(RateTables::new(draw())),
            seal: Seal::new(key),
            // Devices must have the same hash on every node, and outsiders must not be able to compute it.
            salt: origin::salt_of(key),
            refusals: Refusals::new(draw()),
            flights: Flights::default(),
            passes: AtomicU64::new(0),
            first_pass: draw(),
        }
    }

    pub(crate) fn counts(&self, class: Class) -> &Counts {
        &self.counts[class.index()]
    }

    /// Takes over what operators have set.
    pub(crate) fn change(&self, settings: Settings) {
        self.gate.change(settings.admission);
        self.room.change(settings.room);
    }
}
