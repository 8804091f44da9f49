//! Admission control: who may wait for the store now, who waits in the room, and who is told to come back.
//!
//! Pure: no I/O, no clock, no randomness. Time is a [`Now`] (monotonic, since the server's start) or `unix_ms`; the salt
//! of hashes and the key of tickets are parameters. The server drives it, the simulation in `tests/` drives it the same way.
//!
//! Architecture Invariant: nothing here knows of HTTP, of the store or of threads.

mod admission;
mod alarm;
mod arrivals;
mod calling;
mod capacity;
mod class;
mod flows;
mod pass;
mod permits;
mod queue;
mod rates;
mod retry_budget;
mod room;
mod seal;
mod settings;
mod ticket;

pub use admission::{
    Admission, AdmissionState, ClassCounters, Offer, Offered, Outcome, Permit, Refusal, Verdict, Waiting,
};
pub use alarm::{AlarmEvent, AlarmFigures, AlarmRule, Alarms, ClassTotals, Firing};
pub use capacity::Capacity;
pub use class::{Class, Device};
pub use flows::Flows;
pub use pass::{Pass, PassError};
pub use rates::Rates;
pub use retry_budget::RetryBudget;
pub use room::{Entry, Room, RoomFigures, RoomRow, RoomStep};
pub use seal::Seal;
pub use settings::{AdmissionSettings, RateLimit, RateSettings, RoomSettings, Settings, SettingsError};
pub use ticket::Ticket;

/// Monotonic time since the server's start.
pub type Now = std::time::Duration;
