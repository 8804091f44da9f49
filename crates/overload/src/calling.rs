//! Whom to call: when each place was called, how many of those called have come, and how many to call now.
//!
//! It looks ahead to the moment by which most of those called now will have come, and calls as many as are missing then
//! before the gate, after those who stand there, those who were called and will come ([`Arrivals`]), and those the gate lets
//! in meanwhile. What is expected may be wrong: a gate that stays empty proves that fewer come, so it raises doubt. To call too
//! many costs little (who finds the gate full comes again a second later); to call too few leaves the store idle. But where
//! nobody comes at all, the line to this node is cut or others get its people: then hardly anybody is called, and nothing learned.

use std::collections::VecDeque;

use crate::Now;
use crate::arrivals::{AGE_S, AGES, Arrivals};

/// With every tick of an empty gate so many times the reserve is kept, up to this many times; otherwise it goes back slowly.
const MORE_CAUTION: f64 = 1.15;
const LESS_CAUTION: f64 = 0.99;
const MOST_CAUTION: f64 = 4.0;
/// After so many ticks of an empty gate in a row, so many times fewer of those called are expected with each, up to this many
/// times. Sooner it would be chance, and what is called for it comes all at once.
const DOUBT_AFTER: u32 = 4;
const MORE_DOUBT: f64 = 1.3;
const LESS_DOUBT: f64 = 0.7;
const MOST_DOUBT: f64 = 16.0;
/// Fewest of those called that are believed to come, when it is reckoned how many are on their way.
const FEWEST_COME: f64 = 0.1;
/// It is quiet where nobody came for as long as the gate needs for so many flows, in seconds within these limits.
const QUIET_FLOWS: f64 = 20.0;
const QUIET_S: std::ops::RangeInclusive<f64> = 0.5..=2.0;

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
    /// How many had come when it was last looked.
    seen: u64,
    /// Its age when it was last looked.
    age: usize,
}

/// The calls of the last minutes and what was learned from them.
#[derive(Debug)]
pub(crate) struct Calling {
    calls: VecDeque<Call>,
    /// When called people come.
    arrivals: Arrivals,
    /// How many times the reserve is kept, learned from a gate before which nobody stood.
    caution: f64,
    /// How many times fewer of those called are expected than is known of earlier ones.
    doubt: f64,
    /// Ticks in a row at which the gate was empty.
    empty: u32,
    /// When somebody came to this node, called or not.
    heard: Now,
    /// Nobody came for so long that something is wrong.
    is_quiet: bool,
}

impl Calling {
    /// Whoever was called before counts as called now.
    pub(crate) fn new(until: u64, now: Now) -> Self {
        let mut calling = Self {
            calls: VecDeque::new(),
            arrivals: Arrivals::default(),
            caution: 1.0,
            doubt: 1.0,
            empty: 0,
            heard: now,
            is_quiet: false,
        };
        calling.called(until, 0, now);
        calling
    }

    /// Somebody came to this node.
    pub(crate) fn heard(&mut self, now: Now) {
        self.heard = now;
    }

    /// Nobody waits any more: what was feared of the line is over with it.
    pub(crate) fn rest(&mut self) {
        (self.caution, self.doubt, self.empty) = (1.0, 1.0, 0);
    }

    /// All places below `until` are called from now on; `called` of them by this node.
    pub(crate) fn called(&mut self, until: u64, called: u64, now: Now) {
        self.calls.push_back(Call { at: now, until, called, came: 0, seen: 0, age: 0 });
    }

    /// When a place was called; the earliest moment that is remembered for those called before it.
    pub(crate) fn called_at(&self, seq: u64) -> Option<Now> {
        let call = self.calls.partition_point(|call| call.until <= seq);
        self.calls.get(call).map(|call| call.at)
    }

    /// A called person came, or (`came` = false) has to come again.
    pub(crate) fn came(&mut self, seq: u64, came: bool) {
        let place = self.calls.partition_point(|call| call.until <= seq);
        let Some(call) = self.calls.get_mut(place) else { return };
        call.came = if came { (call.came + 1).min(call.called) } else { call.came.saturating_sub(1) };
    }

    /// The share of those called that comes at all.
    pub(crate) fn share(&self) -> f64 {
        self.arrivals.share(0, AGES)
    }

    /// How many to call now, when the gate lets in `flows_per_s` and `reserve` are to stand before it.
    pub(crate) fn next_call(&mut self, flows_per_s: f64, reserve: f64, before_gate: usize) -> u64 {
        if self.is_quiet {
            // About one reserve a second, so that a line whose first people are all absent still moves.
            return (reserve * AGE_S).ceil() as u64;
        }
        let before_gate = before_gate as f64;
        let is_empty = before_gate < 1.0;
        self.empty = if is_empty { self.empty + 1 } else { 0 };
        let caution = if is_empty { MORE_CAUTION } else { LESS_CAUTION };
        let doubt = if self.empty >= DOUBT_AFTER { MORE_DOUBT } else { LESS_DOUBT };
        self.caution = (self.caution * caution).clamp(1.0, MOST_CAUTION);
        self.doubt = (self.doubt * doubt).clamp(1.0, MOST_DOUBT);
        let horizon = self.arrivals.horizon();
        let young = || self.calls.iter().filter(|call| call.age < AGES);
        let away = |call: &Call| (call.called - call.came) as f64;
        let coming: f64 = young().map(|call| away(call) * self.arrivals.share(call.age, horizon)).sum();
        let let_in = flows_per_s * horizon as f64 * AGE_S;
        // How many come of those called is drawn by chance: one standard deviation more stands before the gate.
        let by_chance = (let_in * (1.0 - self.share())).max(0.0).sqrt();
        let missing = reserve * self.caution + by_chance + let_in - before_gate - coming / self.doubt;
        let called = missing / self.arrivals.share(0, horizon).max(0.02);
        // Those on their way are never more than could be let in while they come, if only one in ten comes.
        let most = flows_per_s.max(1.0) * AGES as f64 * AGE_S / self.share().max(FEWEST_COME);
        called.min(most - young().map(away).sum::<f64>()).max(0.0) as u64
    }

    /// Learns from each call how many of those who could come have come, and drops what is not needed any more.
    pub(crate) fn grow_older(&mut self, flows_per_s: f64, claim: Now, now: Now) {
        let quiet_s = (QUIET_FLOWS / flows_per_s).clamp(*QUIET_S.start(), *QUIET_S.end());
        self.is_quiet = now.saturating_sub(self.heard).as_secs_f64() > quiet_s;
        if !self.is_quiet {
            self.arrivals.fade();
        }
        for call in &mut self.calls {
            let age = (now.saturating_sub(call.at).as_secs_f64() / AGE_S) as usize;
            if call.age < age && call.age < AGES {
                let could = call.called.saturating_sub(call.seen);
                if !self.is_quiet {
                    self.arrivals.saw(call.age, call.came.saturating_sub(call.seen), could);
                }
                (call.age, call.seen) = (age, call.came);
            }
        }
        // The oldest one that is kept stands for all before it, so it must have expired itself.
        while self.calls.len() > 1 && now.saturating_sub(self.calls[1].at) > claim {
            self.calls.pop_front();
        }
    }
}
