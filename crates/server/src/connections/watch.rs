//! What a connection is doing, in a few atomics: a request costs some stores, and the connection's one timer finds out
//! from them whether the client is too slow.

use std::sync::atomic::{
    AtomicU32, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Connections;
use super::metrics::Timeout;

/// No time.
const NEVER: u64 = u64::MAX;
/// The time of a phase that was not taken yet.
const UNTIMED: u64 = NEVER >> 1;

/// What the server waits for while no request is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The headers of the connection's first request, or of a later one of which a byte has come.
    Headers = 0,
    /// A request.
    Idle = 1,
}

/// How long a connection keeps its buffers when it has nothing to do, in milliseconds. The next
/// request of the same page comes within this.
const REST_AFTER_MS: u64 = 250;

/// What the timer finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing is due before this time, in milliseconds.
    Wait(u64),
    /// There is nothing to do for more than a moment.
    Rest,
    /// The client took too long for this.
    Close(Timeout),
}

/// Number of a request, and when its answer last got on.
type Answers = Box<Mutex<Vec<(u64, u64)>>>;

/// One connection, as its timer sees it. Times are milliseconds since the server was made.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) connections: Arc<Connections>,
    /// The [`Phase`] in the lowest bit, above it its beginning or [`UNTIMED`].
    phase: AtomicU64,
    /// Since when bytes wait to be written.
    stalled_since_ms: AtomicU64,
    /// Requests between their headers and the end of their answer.
    under_way: AtomicU32,
    /// Requests begun so far; it numbers them.
    begun: AtomicU64,
    /// Of an HTTP/2 connection: answers that are being sent, by number, and when each last got on. HTTP/2 has a
    /// window per stream, so an answer can stand still while the connection moves.
    answers: OnceLock<Answers>,
}

impl Watch {
    /// A connection that has just been opened.
    pub(super) fn new(connections: Arc<Connections>) -> Self {
        let watch = Self {
            phase: AtomicU64::new(0),
            stalled_since_ms: AtomicU64::new(NEVER),
            under_way: AtomicU32::new(0),
            begun: AtomicU64::new(0),
            answers: OnceLock::new(),
            connections,
        };
        watch.enter(Phase::Headers);
        // Its time counts from here.
        let _ = watch.phase();
        watch
    }

    /// Begins a phase. Its time is taken by the timer when it first looks, so that a request reads no clock.
    fn enter(&self, phase: Phase) {
        self.phase.store(UNTIMED << 1 | phase as u64, Relaxed);
    }

    /// None while a request is under way: then the server waits for nothing but itself.
    fn phase(&self) -> Option<(Phase, u64)> {
        if self.under_way.load(Acquire) > 0 {
            return None;
        }
        let mut value = self.phase.load(Relaxed);
        if value >> 1 == UNTIMED {
            let timed = self.connections.now_ms() << 1 | value & 1;
            // Another phase may have begun meanwhile; its time is taken at the next look.
            let _ = self.phase.compare_exchange(value, timed, Relaxed, Relaxed);
            value = timed;
        }
        let phase = if value & 1 == Phase::Idle as u64 { Phase::Idle } else { Phase::Headers };
        Some((phase, value >> 1))
    }

    fn is_http2(&self) -> bool {
        self.answers.get().is_some()
    }

    /// Bytes came. On an idle HTTP/1 connection they begin a request; on HTTP/2 they may be a ping.
    pub(super) fn arrived(&self) {
        if self.phase.load(Relaxed) & 1 == Phase::Idle as u64 && !self.is_http2() {
            self.enter(Phase::Headers);
        }
    }

    /// Bytes could not be written.
    pub(super) fn stalled(&self) {
        if self.stalled_since_ms.load(Relaxed) == NEVER {
            self.stalled_since_ms.store(self.connections.now_ms(), Relaxed);
        }
    }

    /// Bytes were written.
    pub(super) fn moved(&self) {
        if self.stalled_since_ms.load(Relaxed) != NEVER {
            self.stalled_since_ms.store(NEVER, Relaxed);
        }
    }

    /// A part of the next request is there already.
    pub(super) fn headers_begun(&self) {
        self.enter(Phase::Headers);
    }

    /// The headers of a request are complete.
    pub(super) fn begin(self: &Arc<Self>, is_http2: bool) -> UnderWay {
        if is_http2 {
            self.answers.get_or_init(Box::default);
        }
        self.hold()
    }

    /// Keeps the connection from being idle.
    pub(super) fn hold(self: &Arc<Self>) -> UnderWay {
        self.under_way.fetch_add(1, Relaxed);
        UnderWay { watch: Arc::clone(self), number: self.begun.fetch_add(1, Relaxed) }
    }

    /// When the next thing is due, in milliseconds.
    pub(super) fn due_ms(&self) -> u64 {
        let limits = &self.connections.limits;
        // After a quick request the connection is idle; since when, the timer's next look may find out.
        let is_just_idle = self.phase.load(Relaxed) == UNTIMED << 1 | Phase::Idle as u64;
        let phase = if is_just_idle { None } else { self.phase() };
        let by_phase = match phase {
            Some((Phase::Headers, since_ms)) => since_ms + limits.header_ms,
            Some((Phase::Idle, since_ms)) => since_ms + limits.idle_ms,
            None => NEVER,
        };
        by_phase.min(self.standing_still_since_ms().saturating_add(limits.write_ms))
    }

    /// Is the client too slow, or, while hyper holds the connection, has it nothing to do?
    pub(super) fn verdict(&self, now_ms: u64, is_held: bool) -> Verdict {
        let limits = &self.connections.limits;
        if self.standing_still_since_ms().saturating_add(limits.write_ms) <= now_ms {
            return Verdict::Close(Timeout::Write);
        }
        let is_over = |since_ms: u64, limit_ms: u64| since_ms + limit_ms <= now_ms;
        match self.phase() {
            Some((Phase::Headers, since_ms)) if is_over(since_ms, limits.header_ms) => {
                Verdict::Close(Timeout::Header)
            }
            Some((Phase::Idle, since_ms))
                if is_over(since_ms, limits.idle_ms)
                    || is_over(since_ms, limits.idle_full_ms) && self.connections.is_nearly_full() =>
            {
                Verdict::Close(Timeout::Idle)
            }
            Some((Phase::Idle, since_ms))
                if is_held && is_over(since_ms, REST_AFTER_MS) && self.may_rest() =>
            {
                Verdict::Rest
            }
            _ => Verdict::Wait(self.look_ms(now_ms, is_held)),
        }
    }

    /// When to look next, in milliseconds: the server may become nearly full at any time, and a connection idle.
    pub(super) fn look_ms(&self, now_ms: u64, is_held: bool) -> u64 {
        let most_ms = self.connections.limits.idle_full_ms;
        let look_ms = if is_held { most_ms.min(REST_AFTER_MS) } else { most_ms };
        self.due_ms().min(now_ms + look_ms)
    }

    /// HTTP/2 has a state beyond its buffers; unsent bytes are lost with theirs.
    fn may_rest(&self) -> bool {
        !self.is_http2() && self.stalled_since_ms.load(Relaxed) == NEVER
    }

    fn standing_still_since_ms(&self) -> u64 {
        let stalled_ms = self.stalled_since_ms.load(Relaxed);
        let Some(answers) = self.answers.get() else { return stalled_ms };
        let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.iter().map(|(_, moved_ms)| *moved_ms).fold(stalled_ms, u64::min)
    }

    /// An answer on an HTTP/2 stream got on, or began; with `None` it ended.
    fn answer(&self, number: u64, moved_ms: Option<u64>) {
        let Some(answers) = self.answers.get() else { return };
        let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        match (answers.iter().position(|(known, _)| *known == number), moved_ms) {
            (Some(place), Some(moved_ms)) => answers[place].1 = moved_ms,
            (None, Some(moved_ms)) => answers.push((number, moved_ms)),
            (Some(place), None) => {
                answers.swap_remove(place);
            }
            (None, None) => {}
        }
    }
}

/// A request under way; dropped when its answer is sent or given up.
#[derive(Debug)]
pub(super) struct UnderWay {
    watch: Arc<Watch>,
    number: u64,
}

impl UnderWay {
    /// The answer got on. Only HTTP/2 needs to know.
    pub(super) fn answer_moved(&self) {
        if self.watch.is_http2() {
            self.watch.answer(self.number, Some(self.watch.connections.now_ms()));
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if self.watch.is_http2() {
            self.watch.answer(self.number, None);
        }
        // First the phase, then the count: nobody may see the phase of before without a request under way.
        self.watch.enter(Phase::Idle);
        self.watch.under_way.fetch_sub(1, Release);
    }
}
