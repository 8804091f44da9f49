//! The waiting room: everyone gets a place, places are called as the store can take people, and nothing is kept per
//! person who waits.
//!
//! A place (`seq`) is a number on a line, not an identifier. All nodes share one row {issued, serving}; each numbers its
//! tickets upward from what the row said last, so two nodes may give the same place within a quarter of a second, which
//! harms nobody. `serving` moves only after the store has it: no place ever rises, also over kill -9. While the store
//! stands still, tickets go on being issued and calling pauses.
//!
//! Calling is an order-up-to rule: the people who were called and are still expected, and those who stand before the gate,
//! are together kept at what the gate lets in until a newly called person can be there. Whoever has not come by then counts as
//! absent; they may still come for five minutes, and never hold up the line.

use std::collections::VecDeque;
use std::time::Duration;

use crate::Now;
use crate::admission::AdmissionState;
use crate::class::{Class, Device};
use crate::flows::Flows;
use crate::settings::RoomSettings;
use crate::ticket::Ticket;

/// Called people are expected for this long; later ones come unexpected.
const EXPECTED: Duration = Duration::from_secs(10);
/// People before the gate are kept for this long ahead, in seconds.
const RESERVE_S: f64 = 1.0;
/// Fewest people kept before the gate.
const SMALLEST_RESERVE: f64 = 32.0;
/// Polls one person makes who asks again after half of what is left to wait.
const POLLS_EACH: f64 = 8.0;
/// Time over which rates are smoothed, in seconds.
const SMOOTHED_S: f64 = 10.0;

/// What all nodes share.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RoomRow {
    /// The next place to be given out.
    pub issued: u64,
    /// Places below this one have been called.
    pub serving: u64,
    /// What the store could do when the row was written, in requests per second; 0 if that is not known.
    pub capacity_per_s: f64,
}

/// What one node adds to the row: `issued += issued_by`, then `serving = min(serving + called_by, issued)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoomStep {
    /// Places given out.
    pub issued_by: u64,
    /// Places called.
    pub called_by: u64,
    /// What this node's store can do, in requests per second; 0 if that is not known.
    pub capacity_per_s: f64,
}

/// What somebody who wants to begin a flow is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Nobody waits: straight to the gate.
    Straight(Ticket),
    /// This ticket has been called: to the gate, in the order of places.
    Called(Ticket),
    /// Not yet.
    Wait {
        /// The place.
        ticket: Ticket,
        /// The ticket shown was called too long ago, and this is a new one.
        expired: bool,
    },
}

/// The figures everybody gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoomFigures {
    /// Places below this one have been called.
    pub serving: u64,
    /// The next place to be given out.
    pub issued: u64,
    /// Places called per second.
    pub rate_per_s: f64,
    /// Shortest time between two polls in seconds. Somebody who has longer to wait asks again after half of it, so everybody
    /// asks about eight times, however long the line is, and hears in time of a line that became faster.
    pub poll_s: f64,
}

impl RoomFigures {
    /// People who wait, absent ones included.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.issued.saturating_sub(self.serving)
    }
}

/// Some places that were called together.
#[derive(Debug, Clone, Copy)]
struct Call {
    at: Now,
    /// The first place not called by then.
    until: u64,
    /// How many of them this node called.
    called: u64,
    /// How many of them came to this node.
    came: u64,
}

/// One node's view of the room.
#[derive(Debug)]
pub struct Room {
    settings: RoomSettings,
    row: RoomRow,
    issued_here: u64,
    under_way: Option<RoomStep>,
    calls: VecDeque<Call>,
    flows: Flows,
    /// Share of called people who come in time.
    coming: f64,
    /// Time from the call to the gate, in seconds.
    delay_s: f64,
    /// Correction of the number called, learned from too many or nobody before the gate.
    correction: f64,
    granted: u64,
    grants_per_s: f64,
    /// Requests of operations and waiting readers that were done, and their rate.
    others: u64,
    others_per_s: f64,
    /// Flows let in, as a share of what the capacity should allow.
    trust: f64,
    flows_per_s: f64,
    ticked: Now,
}

impl Room {
    /// The room as its row says. Whoever was called before counts as called now.
    #[must_use]
    pub fn new(settings: RoomSettings, row: RoomRow, now: Now) -> Self {
        // Place 0 stands for "straight in", so the line begins at 1.
        let serving = row.serving.max(1);
        let row = RoomRow { serving, issued: row.issued.max(serving), ..row };
        Self {
            settings,
            row,
            issued_here: 0,
            under_way: None,
            calls: VecDeque::from([Call { at: now, until: row.serving, called: 0, came: 0 }]),
            flows: Flows::default(),
            coming: 1.0,
            delay_s: 2.0,
            correction: 1.0,
            granted: 0,
            grants_per_s: 0.0,
            others: 0,
            others_per_s: 0.0,
            trust: 1.0,
            flows_per_s: 1.0,
            ticked: now,
        }
    }

    /// New settings from an operator.
    pub fn change(&mut self, settings: RoomSettings) {
        self.settings = settings;
    }

    /// Flows that are under way.
    pub fn flows(&mut self) -> &mut Flows {
        &mut self.flows
    }

    /// Somebody wants to begin a flow. `shown` is the ticket they have, `before_gate` how many new flows are held there.
    pub fn enter(
        &mut self,
        device: Device,
        shown: Option<Ticket>,
        before_gate: usize,
        now: Now,
        unix_ms: u64,
    ) -> Entry {
        let shown = shown.filter(|ticket| ticket.device == device && ticket.class == Class::B3);
        let mut expired = false;
        if let Some(ticket) = shown {
            // Places beyond the line come from a row that was put back from a backup.
            let ticket = Ticket { seq: ticket.seq.min(self.next_place().saturating_sub(1)), ..ticket };
            match self.called_at(ticket.seq) {
                None => return Entry::Wait { ticket, expired },
                Some(at) if now.saturating_sub(at) <= self.settings.claim() => {
                    self.came(ticket.seq, now);
                    return Entry::Called(ticket);
                }
                Some(_) => expired = true,
            }
        }
        let place = |seq| Ticket { seq, issued_ms: unix_ms, device, class: Class::B3 };
        if self.figures().waiting() == 0 && (before_gate as f64) < 2.0 * self.reserve() {
            return Entry::Straight(place(self.row.serving - 1));
        }
        let seq = self.next_place();
        self.issued_here += 1;
        Entry::Wait { ticket: place(seq), expired }
    }

    fn next_place(&self) -> u64 {
        self.row.issued + self.issued_here
    }

    fn reserve(&self) -> f64 {
        (self.flows_per_s * RESERVE_S).max(SMALLEST_RESERVE)
    }

    /// When a place was called; the earliest moment that is remembered for those called before it.
    fn called_at(&self, seq: u64) -> Option<Now> {
        let call = self.calls.partition_point(|call| call.until <= seq);
        self.calls.get(call).map(|call| call.at)
    }

    fn came(&mut self, seq: u64, now: Now) {
        let place = self.calls.partition_point(|call| call.until <= seq);
        let Some(call) = self.calls.get_mut(place).filter(|call| call.came < call.called) else { return };
        call.came += 1;
        let delay_s = now.saturating_sub(call.at).as_secs_f64();
        if delay_s <= EXPECTED.as_secs_f64() {
            self.delay_s += 0.02 * (delay_s - self.delay_s);
        }
    }

    /// A new flow was let in.
    pub fn granted(&mut self) {
        self.granted += 1;
    }

    /// Every quarter of a second: what to add to the row, or nothing. A step is answered by [`Room::synced`] or
    /// [`Room::failed`] before the next one is made.
    pub fn tick(&mut self, state: &AdmissionState, now: Now) -> Option<RoomStep> {
        let passed_s = now.saturating_sub(self.ticked).as_secs_f64().max(0.001);
        self.ticked = now;
        let part = 1.0 - (-passed_s / SMOOTHED_S).exp();
        self.learn_flows(state, part, passed_s);
        self.forget(now);
        self.flows.prune(now);
        if self.under_way.is_some() {
            return None;
        }
        let before_gate = state.queued[Class::B3.index()];
        let called_by = self.calls_now(before_gate, now);
        if self.issued_here == 0 && called_by == 0 {
            return None;
        }
        let capacity_per_s = state.capacity_per_s.unwrap_or(0.0);
        let step = RoomStep { issued_by: self.issued_here, called_by, capacity_per_s };
        self.under_way = Some(step);
        Some(step)
    }

    /// How many flows can be let in per second: what the capacity leaves beside other classes, corrected by what is seen
    /// while people stand before the gate.
    fn learn_flows(&mut self, state: &AdmissionState, part: f64, passed_s: f64) {
        let granted_per_s = std::mem::take(&mut self.granted) as f64 / passed_s;
        self.grants_per_s += part * (granted_per_s - self.grants_per_s);
        let others = state.counters[Class::B0.index()].goodput + state.counters[Class::B4.index()].goodput;
        let others_per_s = others.saturating_sub(self.others) as f64 / passed_s;
        self.others = others;
        self.others_per_s += part * (others_per_s - self.others_per_s);
        let Some(capacity_per_s) = state.capacity_per_s else {
            self.flows_per_s = self.grants_per_s.max(1.0);
            return;
        };
        let able_per_s = ((capacity_per_s - self.others_per_s) / self.flows.steps()).max(1.0);
        // A gate before which nobody stands tells nothing of how many it could let in.
        if state.queued[Class::B3.index()] > 0 {
            self.trust =
                (self.trust + 0.25 * part * (granted_per_s / able_per_s - self.trust)).clamp(0.3, 1.2);
        }
        self.flows_per_s = able_per_s * self.trust;
    }

    fn calls_now(&mut self, before_gate: usize, now: Now) -> u64 {
        let waiting = self.next_place() - self.row.serving;
        if waiting == 0 {
            return 0;
        }
        let (rate_per_s, before_gate) = (self.flows_per_s, before_gate as f64);
        if before_gate < 1.0 {
            self.correction = (self.correction * 1.15).min(6.0);
        } else if before_gate > 2.0 * self.reserve() {
            self.correction = (self.correction * 0.93).max(0.3);
        }
        let expected = self.calls.iter().filter(|call| now.saturating_sub(call.at) < EXPECTED);
        let expected: u64 = expected.map(|call| call.called - call.came).sum();
        let delay_s = self.delay_s.max(self.settings.shortest_poll_s);
        let wanted = rate_per_s * (delay_s + RESERVE_S) * self.correction;
        let missing = wanted.max(SMALLEST_RESERVE) - before_gate - expected as f64 * self.coming;
        ((missing / self.coming).max(0.0) as u64).min(waiting)
    }

    /// Drops calls of which nothing is expected any more, after learning how many came.
    fn forget(&mut self, now: Now) {
        for call in &mut self.calls {
            if now.saturating_sub(call.at) >= EXPECTED && call.called > 0 {
                let weight = (call.called as f64 / 100.0).min(0.2);
                let share = call.came as f64 / call.called as f64;
                self.coming = (self.coming + weight * (share - self.coming)).clamp(0.05, 1.0);
                call.called = 0;
            }
        }
        // The oldest one is kept a while longer: it says when everything before it was called.
        let claim = self.settings.claim() + self.settings.claim();
        while self.calls.len() > 1 && now.saturating_sub(self.calls[0].at) > claim {
            self.calls.pop_front();
        }
    }

    /// The store took the step (or another node's) and says what the row is now.
    pub fn synced(&mut self, row: RoomRow, now: Now) {
        let step = self.under_way.take();
        self.issued_here -= step.map_or(0, |step| step.issued_by);
        let before = self.row.serving;
        self.row.capacity_per_s = row.capacity_per_s;
        self.row.issued = row.issued.max(self.row.issued);
        self.row.serving = row.serving.max(before);
        let advanced = self.row.serving - before;
        if advanced > 0 {
            let called = step.map_or(0, |step| step.called_by).min(advanced);
            self.calls.push_back(Call { at: now, until: self.row.serving, called, came: 0 });
        }
    }

    /// The store did not take the step; its tickets are told again with the next one.
    pub fn failed(&mut self) {
        self.under_way = None;
    }

    /// What everybody gets to see.
    #[must_use]
    pub fn figures(&self) -> RoomFigures {
        let issued = self.next_place();
        let rate_per_s = self.flows_per_s / self.coming;
        let stretch = (rate_per_s * POLLS_EACH / self.settings.polls_per_s).max(1.0);
        RoomFigures {
            serving: self.row.serving,
            issued,
            rate_per_s,
            poll_s: self.settings.shortest_poll_s * stretch,
        }
    }
}
