//! The waiting room: everyone gets a place, places are called as the store can take people, and nothing is kept per
//! person who waits.
//!
//! A place (`seq`) is a number on a line, not an identifier. All nodes share one row {issued, serving}; each numbers its
//! tickets upward from what the row said last, so two nodes may give the same place within a quarter of a second, which
//! harms nobody. `serving` moves only after the store has it: no place ever rises, also over kill -9. While the store
//! stands still, tickets go on being issued and calling pauses.
//!
//! Only a few are kept before the gate, because whoever stands there is kept waiting by an open request. The absent may still
//! come for five minutes, and never hold up the line ([`Calling`]). A first ticket has no place, and showing it takes a moment
//! of patience, so there are few places of nobody in a line, and its waiting time can be foretold.

use crate::Now;
use crate::admission::AdmissionState;
use crate::arrivals::AGE_S;
use crate::calling::Calling;
use crate::class::{Class, Device};
use crate::flows::Flows;
use crate::settings::RoomSettings;
use crate::ticket::Ticket;

/// People before the gate are kept for this long ahead, in seconds.
const RESERVE_S: f64 = 0.12;
/// Fewest people kept before the gate.
const SMALLEST_RESERVE: f64 = 3.0;
/// Polls one person makes who asks again after half of what is left to wait.
const POLLS_EACH: f64 = 8.0;
/// Whoever has long to wait asks so seldom that all of them together use one in so many of the polls there are.
const POLLS_PER_FAR: f64 = 2.0;
/// Yet nobody is told to look again later than this, in seconds, or in half of the time in which called people must come.
const LONGEST_POLL_S: std::ops::RangeInclusive<f64> = 5.0..=300.0;
/// Time over which rates are smoothed, in seconds.
const SMOOTHED_S: f64 = 10.0;
/// Time over which the flows let in are smoothed, in seconds.
const GRANTS_S: f64 = 2.0;
/// A place beyond the line is not another node's news after this time, in milliseconds.
const LOST_AFTER_MS: u64 = 10_000;
/// No line lasts as long as this, in milliseconds: an older ticket is one of an earlier day.
const OLDEST_MS: u64 = 12 * 3_600_000;
/// A first ticket is shown within this time, in milliseconds.
const FIRST_LASTS_MS: u64 = 600_000;
/// Whoever has a long line before them, in seconds, gets a place after a moment of patience: what only throws tickets away has none.
const LONG_LINE_S: f64 = 20.0;
const PATIENCE_S: f64 = 2.0;
const SHORT_PATIENCE_S: f64 = 0.5;
/// A line may have become longer since somebody was told for how long to be patient.
const PATIENCE_LEFT: f64 = 0.7;
/// What a restarted server can do at first, as a share of what it could do before.
const RESTART_SHARE: f64 = 0.3;
/// A gate before which nobody stands is believed to let in so much more with every tick.
const PROBING: f64 = 1.06;

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
        /// The place, or a ticket that gets one when it is shown.
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
    /// A first ticket gets a place when it is shown after so many seconds.
    pub place_after_s: f64,
    /// Longest time between two polls in seconds: a short line is asked to look often, and misses nothing.
    pub longest_poll_s: f64,
}

impl RoomFigures {
    /// People who wait, absent ones included.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.issued.saturating_sub(self.serving)
    }
}

/// One node's view of the room.
#[derive(Debug)]
pub struct Room {
    settings: RoomSettings,
    row: RoomRow,
    opened_ms: u64,
    issued_here: u64,
    under_way: Option<RoomStep>,
    calling: Calling,
    flows: Flows,
    granted: u64,
    grants_per_s: f64,
    /// Requests of operations and waiting readers that were done, and their rate.
    others: u64,
    others_per_s: f64,
    /// Flows that can be let in per second.
    flows_per_s: f64,
    /// The same, smoothed for those who wait.
    told_per_s: f64,
    /// For how long there has been a line, in seconds.
    line_s: f64,
    ticked: Now,
}

impl Room {
    /// The room as its row says. Whoever was called before counts as called now.
    #[must_use]
    pub fn new(settings: RoomSettings, row: RoomRow, now: Now) -> Self {
        // Place 0 stands for "straight in", so the line begins at 1.
        let serving = row.serving.max(1);
        let row = RoomRow { serving, issued: row.issued.max(serving), ..row };
        // After a restart: the share of the capacity that a cold server begins with, for flows of two requests.
        let flows_per_s = (row.capacity_per_s * RESTART_SHARE / 2.0).max(1.0);
        Self {
            settings,
            row,
            opened_ms: 0,
            issued_here: 0,
            under_way: None,
            calling: Calling::new(serving, now),
            flows: Flows::default(),
            granted: 0,
            grants_per_s: flows_per_s,
            others: 0,
            others_per_s: 0.0,
            flows_per_s,
            told_per_s: flows_per_s,
            line_s: 0.0,
            ticked: now,
        }
    }

    /// When this room was opened: places beyond the line from before then were lost with the process before.
    #[must_use]
    pub fn opened(mut self, unix_ms: u64) -> Self {
        self.opened_ms = unix_ms;
        self
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
        self.calling.heard(now);
        let shown = shown.filter(|ticket| ticket.is_of(device));
        let mut expired = false;
        if let Some(ticket) = shown.filter(|ticket| ticket.place().is_some()) {
            let seq = self.standing(&ticket, unix_ms);
            let old = unix_ms.saturating_sub(ticket.issued_ms) > OLDEST_MS;
            match self.calling.called_at(seq) {
                None => return Entry::Wait { ticket, expired },
                Some(at) if now.saturating_sub(at) <= self.settings.claim() && !old => {
                    self.calling.came(seq, true);
                    return Entry::Called(ticket);
                }
                Some(_) => expired = true,
            }
        }
        if self.figures().waiting() == 0 && (before_gate as f64) < 2.0 * self.reserve() {
            let seq = self.row.serving - 1;
            return Entry::Straight(Ticket { seq, issued_ms: unix_ms, device, class: Class::B3 });
        }
        Entry::Wait { ticket: self.place(device, shown, unix_ms), expired }
    }

    /// Where a ticket stands in the line. A place beyond the line was given out by another node a moment ago, or it was lost with
    /// a process that was killed (or a row put back from a backup): then everybody who is in the line comes first.
    fn standing(&self, ticket: &Ticket, unix_ms: u64) -> u64 {
        let before_us = ticket.issued_ms < self.opened_ms;
        let late = unix_ms.saturating_sub(ticket.issued_ms) > LOST_AFTER_MS;
        let lost = ticket.seq >= self.next_place() && (before_us || late);
        if lost { self.next_place().saturating_sub(1) } else { ticket.seq }
    }

    /// A new place at the end of the line for whoever has shown a ticket of this device, else a ticket without a place. A first
    /// ticket of long ago is none.
    pub fn place(&mut self, device: Device, shown: Option<Ticket>, unix_ms: u64) -> Ticket {
        let shown = shown.filter(|ticket| ticket.is_of(device));
        let age_ms = |ticket: &Ticket| unix_ms.saturating_sub(ticket.issued_ms);
        let first = shown.filter(|ticket| ticket.place().is_none() && age_ms(ticket) <= FIRST_LASTS_MS);
        let patience_s = PATIENCE_LEFT * self.figures().place_after_s;
        if let Some(first) = first.filter(|first| (age_ms(first) as f64) < patience_s * 1_000.0) {
            return first;
        }
        let has_shown = first.is_some() || shown.is_some_and(|ticket| ticket.place().is_some());
        let seq = if has_shown { self.next_place() } else { Ticket::NO_PLACE };
        self.issued_here += u64::from(has_shown);
        Ticket { seq, issued_ms: unix_ms, device, class: Class::B3 }
    }

    fn next_place(&self) -> u64 {
        self.row.issued + self.issued_here
    }

    fn reserve(&self) -> f64 {
        (self.flows_per_s * RESERVE_S).max(SMALLEST_RESERVE)
    }

    /// A called person came, but the gate was full: they come again.
    pub fn bounced(&mut self, ticket: &Ticket, unix_ms: u64) {
        self.calling.came(self.standing(ticket, unix_ms), false);
    }

    /// A new flow was let in.
    pub fn granted(&mut self) {
        self.granted += 1;
    }

    /// Every quarter of a second: what to add to the row, or nothing. A step is answered by [`Room::synced`] or
    /// [`Room::failed`] before the next one is made.
    ///
    /// `may_step`: the store can be asked now. A step that was made has to be answered, so none is made when it can't.
    pub fn tick(&mut self, state: &AdmissionState, may_step: bool, now: Now) -> Option<RoomStep> {
        let passed_s = now.saturating_sub(self.ticked).as_secs_f64().max(0.001);
        self.ticked = now;
        self.learn_flows(state, passed_s);
        self.calling.grow_older(self.flows_per_s, self.settings.claim(), now);
        self.flows.prune(now);
        if self.under_way.is_some() || !may_step {
            return None;
        }
        let before_gate = state.queued[Class::B3.index()];
        let called_by = self.calls_now(before_gate);
        if self.issued_here == 0 && called_by == 0 {
            return None;
        }
        let capacity_per_s = state.estimate_per_s.unwrap_or(0.0);
        let step = RoomStep { issued_by: self.issued_here, called_by, capacity_per_s };
        self.under_way = Some(step);
        Some(step)
    }

    /// How many flows can be let in per second. While people stand before the gate that is what it lets in; while nobody does
    /// it is more than that, up to what the capacity leaves beside other classes, or twice what is let in.
    fn learn_flows(&mut self, state: &AdmissionState, passed_s: f64) {
        let part = |over_s: f64| 1.0 - (-passed_s / over_s).exp();
        if self.granted == 0 && state.saturated && state.completions_per_s == 0 {
            // A store that stands still says nothing of what it can do.
            return;
        }
        let granted_per_s = std::mem::take(&mut self.granted) as f64 / passed_s;
        self.grants_per_s += part(GRANTS_S) * (granted_per_s - self.grants_per_s);
        let others = state.counters[Class::B0.index()].goodput + state.counters[Class::B4.index()].goodput;
        let others_per_s = others.saturating_sub(self.others) as f64 / passed_s;
        self.others = others;
        self.others_per_s += part(SMOOTHED_S) * (others_per_s - self.others_per_s);
        if state.queued[Class::B3.index()] > 0 {
            self.flows_per_s += part(GRANTS_S) * (granted_per_s - self.flows_per_s);
        } else if self.next_place() > self.row.serving {
            self.flows_per_s *= PROBING.powf(passed_s / AGE_S);
        }
        let able_per_s = state
            .capacity_per_s
            .map(|capacity_per_s| (capacity_per_s - self.others_per_s).max(0.0) / self.flows.steps());
        // What is known of the store may be from a time when it hardly moved: more is let in than that, and then more is known.
        let more_per_s = 2.0 * self.grants_per_s;
        let most = able_per_s.map_or(more_per_s, |able_per_s| more_per_s.max(1.2 * able_per_s)).max(1.0);
        let nobody_waits = self.next_place() <= self.row.serving;
        if nobody_waits {
            // A line that begins now begins with what is known of the store, not with how few came before.
            self.line_s = 0.0;
            self.flows_per_s = self.flows_per_s.max(0.9 * able_per_s.unwrap_or(0.0));
        }
        self.flows_per_s = self.flows_per_s.max(self.grants_per_s).min(most);
        // What is told of a young line follows at once, that of an old one hardly moves.
        self.line_s += passed_s;
        let part = part((self.line_s / 3.0).clamp(0.25, SMOOTHED_S));
        self.told_per_s += if nobody_waits { 1.0 } else { part } * (self.flows_per_s - self.told_per_s);
    }

    fn calls_now(&mut self, before_gate: usize) -> u64 {
        let waiting = self.next_place() - self.row.serving;
        if waiting == 0 {
            self.calling.rest();
            return 0;
        }
        self.calling.next_call(self.flows_per_s, self.reserve(), before_gate).min(waiting)
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
            self.calling.called(self.row.serving, called, now);
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
        let waiting = issued.saturating_sub(self.row.serving);
        let rate_per_s = self.told_per_s / self.calling.share().max(0.05);
        let stretch = (rate_per_s * POLLS_EACH / self.settings.polls_per_s).max(1.0);
        RoomFigures {
            serving: self.row.serving,
            issued,
            rate_per_s,
            poll_s: self.settings.shortest_poll_s * stretch,
            place_after_s: if waiting as f64 > LONG_LINE_S * rate_per_s {
                PATIENCE_S
            } else {
                SHORT_PATIENCE_S
            },
            longest_poll_s: (POLLS_PER_FAR * waiting as f64 / self.settings.polls_per_s)
                .clamp(*LONGEST_POLL_S.start(), *LONGEST_POLL_S.end())
                .min(f64::from(self.settings.claim_s) / 2.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::Admission;
    use crate::settings::AdmissionSettings;
    use std::time::Duration;

    const DEVICE: Device = Device(7);

    fn state() -> AdmissionState {
        Admission::new(AdmissionSettings::default(), 1, Now::ZERO).state(Now::ZERO)
    }

    fn at(ms: u64) -> Now {
        Duration::from_millis(ms)
    }

    fn place(room: &mut Room, device: Device, unix_ms: u64) -> Ticket {
        let first = room.place(device, None, unix_ms);
        room.place(device, Some(first), unix_ms + 2_000)
    }

    /// The store takes a step.
    fn taken(row: &mut RoomRow, step: RoomStep) {
        row.issued = row.issued.max(1) + step.issued_by;
        row.serving = (row.serving.max(1) + step.called_by).min(row.issued);
    }

    #[test]
    fn a_place_is_told_to_the_store_also_when_the_store_was_busy_at_first() {
        let (mut room, mut row) =
            (Room::new(RoomSettings::default(), RoomRow::default(), Now::ZERO), RoomRow::default());
        let tickets: Vec<Ticket> = (0..5).map(|_| place(&mut room, DEVICE, 0)).collect();
        // A read of the row hangs: nothing can be sent, and what it answers takes nothing away.
        assert_eq!(room.tick(&state(), false, at(250)), None);
        room.synced(row, at(500));
        assert_eq!(room.figures().issued, 6);
        let step = room.tick(&state(), true, at(750)).unwrap();
        assert_eq!(step.issued_by, 5);
        taken(&mut row, step);
        room.synced(row, at(760));
        assert_eq!(room.figures().issued, 6);
        assert!(place(&mut room, DEVICE, 0).seq > tickets[4].seq, "no place is given out twice");
    }

    #[test]
    fn only_a_ticket_that_is_shown_with_patience_gets_a_place() {
        let mut room = Room::new(RoomSettings::default(), RoomRow::default(), Now::ZERO);
        let crowd = 1_000;
        let mut ask = |device, shown, unix_ms| match room.enter(device, shown, crowd, Now::ZERO, unix_ms) {
            Entry::Wait { ticket, expired: false } => ticket,
            other => panic!("{other:?}"),
        };
        let thrown_away: Vec<Ticket> = (0..100).map(|n| ask(Device(100 + n), None, 0)).collect();
        assert!(thrown_away.iter().all(|ticket| ticket.place().is_none()));
        let first = ask(DEVICE, None, 0);
        assert_eq!(ask(DEVICE, Some(first), 100), first, "at once is no patience");
        let placed = ask(DEVICE, Some(first), 500);
        assert_eq!(placed.place(), Some(1), "nobody else is in the line");
        assert_eq!(ask(DEVICE, Some(placed), 600), placed);
        assert_eq!(ask(Device(8), Some(first), 500).place(), None, "another device has to show its own");
        assert_eq!(ask(DEVICE, Some(first), 700_000).place(), None, "a first ticket of long ago is none");
    }

    #[test]
    fn a_step_that_failed_is_made_again() {
        let mut room = Room::new(RoomSettings::default(), RoomRow::default(), Now::ZERO);
        place(&mut room, DEVICE, 0);
        let first = room.tick(&state(), true, at(250)).unwrap();
        assert_eq!(room.tick(&state(), true, at(500)), None, "one at a time");
        room.failed();
        assert_eq!(room.tick(&state(), true, at(750)).unwrap().issued_by, first.issued_by);
    }

    #[test]
    fn a_ticket_of_yesterday_is_expired_however_long_nothing_happened() {
        let settings = RoomSettings::default();
        let (mut room, mut row) = (Room::new(settings, RoomRow::default(), Now::ZERO), RoomRow::default());
        let old = place(&mut room, DEVICE, 0);
        let mut call_all = |room: &mut Room, now| {
            while let Some(step) = room.tick(&state(), true, now) {
                taken(&mut row, step);
                room.synced(row, now);
            }
        };
        call_all(&mut room, at(250));
        assert!(matches!(room.enter(DEVICE, Some(old), 0, at(300), 300), Entry::Called(_)));
        let (morning, unix_ms) = (at(36_000_000), 36_000_000);
        // A new surge calls others; that must not make the old call look new.
        place(&mut room, Device(8), unix_ms);
        call_all(&mut room, morning);
        call_all(&mut room, morning + at(250));
        let again = room.enter(DEVICE, Some(old), 1_000, morning + at(500), unix_ms + 500);
        assert!(!matches!(again, Entry::Called(_)), "{again:?}");
    }

    #[test]
    fn a_place_that_was_lost_with_a_killed_process_comes_in_when_nobody_is_left() {
        // The row knows nothing of place 50.
        let row = RoomRow { issued: 10, serving: 10, capacity_per_s: 0.0 };
        let mut room = Room::new(RoomSettings::default(), row, Now::ZERO);
        let lost = Ticket { seq: 50, issued_ms: 0, device: DEVICE, class: Class::B3 };
        assert!(matches!(room.enter(DEVICE, Some(lost), 0, at(20_000), 20_000), Entry::Called(_)));
        // A fresh one is another node's, which this one has not heard of: it keeps its place.
        let fresh = Ticket { issued_ms: 19_900, ..lost };
        assert_eq!(
            room.enter(DEVICE, Some(fresh), 0, at(20_000), 20_000),
            Entry::Wait { ticket: fresh, expired: false }
        );
    }
}
