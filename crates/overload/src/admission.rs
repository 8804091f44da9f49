//! The gate before the store: who gets a permit now, who waits for one, and who is refused at once.
//!
//! The caller owns time and threads: it offers requests, completes permits, and after each of these (and at
//! [`Admission::wake_at`]) calls [`Admission::next`] until there is no verdict left.

use std::collections::HashMap;
use std::hash::Hasher as _;
use std::time::Duration;

use siphasher::sip::SipHasher13;

use crate::Now;
use crate::capacity::Capacity;
use crate::class::{Class, Device};
use crate::permits::Permits;
use crate::queue::{Entry, Key, Queue};
use crate::retry_budget::RetryBudget;
use crate::settings::AdmissionSettings;

/// Shortest allowed queue, for a store of which nothing is known yet.
const SHORTEST_QUEUE: usize = 16;
/// Most new flows that are held until a permit is free.
const MOST_HELD: usize = 20_000;
/// Who is preferred in a full queue changes this often, so that nobody is unlucky all day.
const LUCK_S: u64 = 900;
/// Weight of one request in the recent wait of its class.
const DELAY_SHARE: f64 = 0.1;
/// What is left of the recent wait with every look at a class of which nobody waits.
const DELAY_FADING: f64 = 0.9;
/// Retries per second that are always allowed.
const RETRY_RESERVE_PER_S: f64 = 1.0;

/// A request that wants to use the store.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// Its class; showing a code ([`Class::B2`]) is never offered.
    pub class: Class,
    /// Whose it is.
    pub device: Device,
    /// When its answer has no use any more.
    pub deadline: Now,
    /// The `seq` of the ticket for [`Class::B3`], else 0: smaller comes first.
    pub place: u64,
    /// 1 for a first attempt.
    pub attempt: u32,
}

/// A request in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Waiting(u64);

/// The right to use the store now. Given back by [`Admission::complete`], exactly once.
#[derive(Debug)]
#[must_use = "a permit that is not completed is lost"]
pub struct Permit {
    class: Class,
    taken: Now,
}

impl Permit {
    /// The class it was given to.
    #[must_use]
    pub fn class(&self) -> Class {
        self.class
    }
}

/// What became of an offer.
#[derive(Debug)]
pub enum Offered {
    /// It may go on.
    Admitted(Permit),
    /// It waits; a [`Verdict`] follows.
    Queued(Waiting),
    /// It is turned away.
    Refused(Refusal),
}

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The queue of its class holds as much as can be finished in time, and others are preferred.
    QueueFull,
    /// It could not begin before its deadline, or it waited as long as anyone may.
    TooLate,
    /// Too many of the requests are retries.
    RetryBudget,
}

/// What became of a request that waited.
#[derive(Debug)]
pub enum Verdict {
    /// Its turn has come.
    Granted(Waiting, Permit),
    /// It is turned away.
    Dropped(Waiting, Refusal),
}

/// How the work under a permit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The store did it, or said why not.
    Done,
    /// The store was late or away.
    Failed,
    /// The caller went away.
    Cancelled,
}

/// Totals of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassCounters {
    /// Requests that asked for a permit.
    pub offered: u64,
    /// Requests that got one.
    pub admitted: u64,
    /// Requests the store did.
    pub goodput: u64,
    /// Requests turned away.
    pub refused: u64,
    /// Requests whose caller went away, waiting or working.
    pub cancelled: u64,
    /// Requests the store failed.
    pub failed: u64,
}

/// Figures for operators and for the waiting room.
#[derive(Debug, Clone)]
pub struct AdmissionState {
    /// Permits in all.
    pub limit: u32,
    /// Permits in use.
    pub in_flight: u32,
    /// Requests that wait, by class.
    pub queued: [usize; 5],
    /// Recent wait for a permit, by class.
    pub queue_delay: [Duration; 5],
    /// What the store can finish per second; none before it was ever busy.
    pub capacity_per_s: Option<f64>,
    /// The same without the ramp of a restart: what the next run may begin from.
    pub estimate_per_s: Option<f64>,
    /// What it finished in the last whole second.
    pub completions_per_s: u32,
    /// Mean time under a permit.
    pub store_time: Duration,
    /// Are all permits in use?
    pub saturated: bool,
    /// Totals, by class.
    pub counters: [ClassCounters; 5],
}

/// Permits, queues and what is learned from them.
#[derive(Debug)]
pub struct Admission {
    settings: AdmissionSettings,
    salt: u64,
    permits: Permits,
    capacity: Capacity,
    retries: RetryBudget,
    queues: [Queue; 5],
    keys: HashMap<Waiting, (Class, Key)>,
    evicted: Vec<Waiting>,
    in_flight: [u32; 5],
    /// Virtual time of each class: who got least of their share comes first (start-time fair queueing; Goyal, Vin and Cheng
    /// 1997).
    served: [f64; 5],
    /// Where the latest grant began in virtual time.
    virtual_now: f64,
    queue_delay_s: [f64; 5],
    counters: [ClassCounters; 5],
    number: u64,
}

impl Admission {
    /// Nobody waits, all permits are free. The salt decides who is preferred in a full queue.
    #[must_use]
    pub fn new(settings: AdmissionSettings, salt: u64, now: Now) -> Self {
        Self {
            settings,
            salt,
            permits: Permits::new(&settings, now),
            capacity: Capacity::new(now),
            retries: RetryBudget::new(settings.retry_share, RETRY_RESERVE_PER_S, now),
            queues: Default::default(),
            keys: HashMap::new(),
            evicted: Vec::new(),
            in_flight: [0; 5],
            served: [0.0; 5],
            virtual_now: 0.0,
            queue_delay_s: [0.0; 5],
            counters: [ClassCounters::default(); 5],
            number: 0,
        }
    }

    /// A request asks for a permit.
    pub fn offer(&mut self, offer: Offer, now: Now) -> Offered {
        let class = offer.class.index();
        self.counters[class].offered += 1;
        if offer.deadline <= now {
            return self.refused(class, Refusal::TooLate);
        }
        if offer.attempt <= 1 {
            self.retries.first(now);
        } else if self.is_full() && offer.class != Class::B1 && !self.retries.try_retry(now) {
            return self.refused(class, Refusal::RetryBudget);
        }
        if !self.is_full() && self.queues.iter().all(Queue::is_empty) {
            self.queue_delay_s[class] *= 1.0 - DELAY_SHARE;
            return Offered::Admitted(self.grant(offer.class, now));
        }
        self.enqueue(offer, now)
    }

    fn refused(&mut self, class: usize, refusal: Refusal) -> Offered {
        self.counters[class].refused += 1;
        Offered::Refused(refusal)
    }

    fn enqueue(&mut self, offer: Offer, now: Now) -> Offered {
        let class = offer.class.index();
        if self.queues[class].len() >= self.most_queued(offer.class, now) {
            let key = (offer.place, self.number);
            if !self.evict_for(offer.class, key, offer.device, now) {
                return self.refused(class, Refusal::QueueFull);
            }
        }
        let longest_ms =
            if offer.class == Class::B3 { self.settings.hold_ms } else { self.settings.longest_wait_ms };
        let until = offer.deadline.min(now + Duration::from_millis(longest_ms.into()));
        let key = (offer.place, self.number);
        let waiting = Waiting(self.number);
        self.number += 1;
        self.queues[class].push(Entry { key, device: offer.device, arrived: now, until });
        self.keys.insert(waiting, (offer.class, key));
        Offered::Queued(waiting)
    }

    /// Makes room for a preferred newcomer: of new flows the one with the earlier place, else the luckier device.
    fn evict_for(&mut self, class: Class, key: Key, device: Device, now: Now) -> bool {
        let luck = |device: Device| luck(device, self.salt, now);
        let queue = &self.queues[class.index()];
        let last = match class {
            Class::B3 => queue.last().filter(|entry| entry.key > key),
            _ => queue.last_by(|entry| luck(entry.device)).filter(|entry| luck(entry.device) > luck(device)),
        };
        let Some(last) = last.map(|entry| entry.key) else { return false };
        self.queues[class.index()].remove(last);
        self.keys.remove(&Waiting(last.1));
        self.counters[class.index()].refused += 1;
        self.evicted.push(Waiting(last.1));
        true
    }

    fn most_queued(&mut self, class: Class, now: Now) -> usize {
        let (ms, fewest, most) = match class {
            Class::B3 => (self.settings.hold_ms, SHORTEST_QUEUE, MOST_HELD),
            _ => (self.settings.queue_ms, SHORTEST_QUEUE, usize::MAX),
        };
        let per_s = self.capacity.per_s(now).unwrap_or(0.0);
        ((per_s * f64::from(ms) / 1_000.0) as usize).clamp(fewest, most)
    }

    /// The caller of a waiting request went away.
    pub fn cancel(&mut self, waiting: Waiting) {
        if let Some((class, key)) = self.keys.remove(&waiting) {
            self.queues[class.index()].remove(key);
            self.counters[class.index()].cancelled += 1;
        }
    }

    /// The work under a permit ended.
    #[expect(clippy::needless_pass_by_value, reason = "a permit given back must not be used again")]
    pub fn complete(&mut self, permit: Permit, outcome: Outcome, now: Now) {
        let class = permit.class.index();
        let counters = &mut self.counters[class];
        match outcome {
            Outcome::Done => counters.goodput += 1,
            Outcome::Failed => counters.failed += 1,
            Outcome::Cancelled => counters.cancelled += 1,
        }
        if outcome != Outcome::Cancelled {
            let failed = outcome == Outcome::Failed;
            self.permits.completed(permit.class, now.saturating_sub(permit.taken), failed, now);
        }
        if outcome == Outcome::Done {
            self.capacity.completed(now);
        }
        self.in_flight[class] -= 1;
        self.note_saturation(now);
    }

    /// The holder of a permit waits for something else than the store: the permit is free, nothing is learned.
    #[expect(clippy::needless_pass_by_value, reason = "a permit given back must not be used again")]
    pub fn suspend(&mut self, permit: Permit, now: Now) {
        self.in_flight[permit.class.index()] -= 1;
        self.note_saturation(now);
    }

    /// The next verdict, or none until something happens.
    pub fn next(&mut self, now: Now) -> Option<Verdict> {
        if let Some(waiting) = self.evicted.pop() {
            return Some(Verdict::Dropped(waiting, Refusal::QueueFull));
        }
        for class in Class::ALL {
            if let Some(late) = self.queues[class.index()].pop_late(now) {
                let waiting = self.left_queue(class, &late, now);
                self.counters[class.index()].refused += 1;
                return Some(Verdict::Dropped(waiting, Refusal::TooLate));
            }
        }
        if self.is_full() {
            return None;
        }
        let class = self.next_class()?;
        let queue = &mut self.queues[class.index()];
        // A reader who came last is still there; the first may have given up.
        let entry = if class == Class::B4 { queue.pop_last() } else { queue.pop_first() }?;
        let waiting = self.left_queue(class, &entry, now);
        Some(Verdict::Granted(waiting, self.grant(class, now)))
    }

    fn left_queue(&mut self, class: Class, entry: &Entry, now: Now) -> Waiting {
        let waited_s = now.saturating_sub(entry.arrived).as_secs_f64();
        let recent = &mut self.queue_delay_s[class.index()];
        *recent += DELAY_SHARE * (waited_s - *recent);
        let waiting = Waiting(entry.key.1);
        self.keys.remove(&waiting);
        waiting
    }

    /// Classes below their share come first, by who got least of it; what is left goes by priority.
    fn next_class(&self) -> Option<Class> {
        let waits = |class: &Class| !self.queues[class.index()].is_empty();
        let below_share = |class: &Class| {
            let share = self.settings.shares[class.index()] * f64::from(self.permits.limit());
            // With few permits a small share is less than one: then its turn comes by time.
            f64::from(self.in_flight[class.index()]) < share && self.served[class.index()] <= self.virtual_now
        };
        let owed = Class::ALL.into_iter().filter(waits).filter(below_share);
        let owed = owed.min_by(|a, b| self.served[a.index()].total_cmp(&self.served[b.index()]));
        owed.or_else(|| Class::ALL.into_iter().find(waits))
    }

    fn grant(&mut self, class: Class, now: Now) -> Permit {
        let index = class.index();
        self.in_flight[index] += 1;
        self.counters[index].admitted += 1;
        // A class that was away does not come back with a claim to all it did not take.
        self.virtual_now = self.virtual_now.max(self.served[index]);
        let share = self.settings.shares[index].max(0.001);
        self.served[index] = self.virtual_now + 1.0 / share;
        self.note_saturation(now);
        Permit { class, taken: now }
    }

    fn note_saturation(&mut self, now: Now) {
        let full = self.is_full();
        if full {
            self.permits.full();
        }
        self.capacity.saturated(full, now);
    }

    fn is_full(&self) -> bool {
        self.in_flight.iter().sum::<u32>() >= self.permits.limit()
    }

    /// How many of a class wait.
    #[must_use]
    pub fn queued(&self, class: Class) -> usize {
        self.queues[class.index()].len()
    }

    /// When the patience of a waiting request ends.
    #[must_use]
    pub fn until(&self, waiting: Waiting) -> Option<Now> {
        let (class, key) = self.keys.get(&waiting)?;
        Some(self.queues[class.index()].get(*key)?.until)
    }

    /// When [`Admission::next`] has something to say though nothing happened.
    #[must_use]
    pub fn wake_at(&self) -> Option<Now> {
        self.queues.iter().filter_map(Queue::first_until).min()
    }

    /// New settings from an operator.
    pub fn change(&mut self, settings: AdmissionSettings, now: Now) {
        self.permits.change(&settings);
        self.retries = RetryBudget::new(settings.retry_share, RETRY_RESERVE_PER_S, now);
        self.settings = settings;
    }

    /// The server was started again; `capacity_per_s` is what it could do before.
    pub fn restarted(&mut self, capacity_per_s: f64, now: Now) {
        self.capacity.restarted(capacity_per_s, now);
    }

    /// The figures of this moment.
    pub fn state(&mut self, now: Now) -> AdmissionState {
        for class in Class::ALL.map(Class::index) {
            if self.queues[class].is_empty() {
                self.queue_delay_s[class] *= DELAY_FADING;
            }
        }
        if self.in_flight.iter().all(|in_flight| *in_flight == 0) {
            self.permits.idle();
        }
        AdmissionState {
            limit: self.permits.limit(),
            in_flight: self.in_flight.iter().sum(),
            queued: std::array::from_fn(|class| self.queues[class].len()),
            queue_delay: self.queue_delay_s.map(Duration::from_secs_f64),
            capacity_per_s: self.capacity.per_s(now),
            estimate_per_s: self.capacity.estimate_per_s(now),
            completions_per_s: self.capacity.last_completions(),
            store_time: self.permits.store_time(),
            saturated: self.is_full(),
            counters: self.counters,
        }
    }
}

/// A number that differs by device, server and quarter of an hour.
fn luck(device: Device, salt: u64, now: Now) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(salt, now.as_secs() / LUCK_S);
    hasher.write_u64(device.0);
    hasher.finish()
}
