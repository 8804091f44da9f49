//! What a simulated surge is made of, and what was seen of it.

use yimatong_overload::Ticket;

/// Requests one flow needs.
pub(crate) const STEPS: f64 = 2.0;

/// A city and its surge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surge {
    pub(crate) seed: u64,
    /// Connections of the store.
    pub(crate) connections: usize,
    /// Time of one request on one connection.
    pub(crate) store_us: u64,
    /// Load before and after, as a multiple of the capacity.
    pub(crate) base: f64,
    /// Load in the surge, likewise.
    pub(crate) peak: f64,
    pub(crate) peak_s: (u64, u64),
    pub(crate) end_s: u64,
    /// Share of people who take a ticket and never come back.
    pub(crate) absent: f64,
    /// Share of people who throw their ticket away and try again at once; every second of them shows it once first.
    pub(crate) hostile: f64,
    /// The server is killed and started again at this second.
    pub(crate) restart_s: Option<u64>,
    /// The store stands still in these seconds, for the room's row, too.
    pub(crate) stall_s: (u64, u64),
    /// Nobody reaches the server in these seconds.
    pub(crate) cut_s: (u64, u64),
}

impl Surge {
    /// Flows per second the store can finish.
    pub(crate) fn flows_per_s(&self) -> f64 {
        self.connections as f64 * 1e6 / self.store_us as f64 / STEPS
    }
}

/// Somebody who wants a code.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub(crate) hostile: bool,
    /// A hostile one that shows a first ticket before it throws the place away.
    pub(crate) shows: bool,
    pub(crate) absent: bool,
    pub(crate) ticket: Option<Ticket>,
    pub(crate) step: u32,
    pub(crate) place: Option<u64>,
    /// When they came first, in microseconds.
    pub(crate) came_us: u64,
    /// First place, when it was told and the wait foretold, in seconds.
    pub(crate) foretold: Option<(u64, f64)>,
    pub(crate) waited_s: Option<f64>,
    pub(crate) finished: bool,
    pub(crate) let_in: bool,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Requests the store finished, by second.
    pub(crate) goodput: Vec<u32>,
    pub(crate) over_limit: u32,
    pub(crate) longest_wait_us: u64,
    pub(crate) place_rose: u32,
    /// People let in, and how many of them before somebody with an earlier place who stood at the gate, too.
    pub(crate) let_in: u32,
    pub(crate) inversions: u32,
    /// How many of them before somebody there who had come earlier by more than a place takes.
    pub(crate) overtaken: u32,
    /// Places called while nobody could reach the server, and people in line then.
    pub(crate) called_in_cut: u64,
    /// People in line at the end.
    pub(crate) waiting: u64,
    /// Waits of admitted requests before their permit, in microseconds.
    pub(crate) waits_us: Vec<u64>,
}
