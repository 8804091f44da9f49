//! A city under a virtual clock: seeded people, a store with a few connections, and between them the real crate.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use rand_distr::{Distribution as _, Exp};
use yimatong_overload::{
    Admission, Class, Device, Entry, Now, Offer, Offered, Outcome, Permit, Room, RoomRow, RoomStep, Settings,
    Ticket, Verdict, Waiting,
};

const TICK_US: u64 = 250_000;
/// Time the store needs for the row of the room.
const SYNC_US: u64 = 5_000;
/// A request to the store is broken off after this time.
const DEADLINE_US: u64 = 5_000_000;
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
    /// Share of people who throw their ticket away and try again at once.
    pub(crate) hostile: f64,
    /// The server is killed and started again at this second.
    pub(crate) restart_s: Option<u64>,
    /// The store stands still in these seconds.
    pub(crate) stall_s: (u64, u64),
}

impl Surge {
    /// Flows per second the store can finish.
    pub(crate) fn flows_per_s(&self) -> f64 {
        self.connections as f64 * 1e6 / self.store_us as f64 / STEPS
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrive,
    Try(usize),
    Poll(usize),
    StoreDone(usize),
    /// The deadline of somebody's request to the store, and which request it was.
    Late(usize, u64),
    StoreBack,
    Wake,
    Tick,
    Synced,
    Restart,
}

/// Somebody who wants a code.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub(crate) hostile: bool,
    pub(crate) absent: bool,
    ticket: Option<Ticket>,
    step: u32,
    place: Option<u64>,
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
    /// People let in, and how many of them before somebody who came earlier and stood at the gate too.
    pub(crate) let_in: u32,
    pub(crate) inversions: u32,
    /// Waits of admitted requests before their permit, in microseconds.
    pub(crate) waits_us: Vec<u64>,
}

pub(crate) struct World {
    surge: Surge,
    settings: Settings,
    rng: SmallRng,
    now_us: u64,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    number: u64,
    admission: Admission,
    room: Room,
    row: RoomRow,
    step: Option<RoomStep>,
    waiting: HashMap<Waiting, (usize, u64)>,
    working: HashMap<usize, (Permit, u64)>,
    store: VecDeque<usize>,
    busy: usize,
    wake_us: Option<u64>,
    pub(crate) people: Vec<Person>,
    pub(crate) seen: Seen,
}

impl World {
    pub(crate) fn run(surge: Surge) -> Self {
        let settings = Settings::default();
        let mut world = Self {
            surge,
            settings,
            rng: SmallRng::seed_from_u64(surge.seed),
            now_us: 0,
            events: BinaryHeap::new(),
            number: 0,
            admission: Admission::new(settings.admission, surge.seed, Now::ZERO),
            room: Room::new(settings.room, RoomRow::default(), Now::ZERO),
            row: RoomRow::default(),
            step: None,
            waiting: HashMap::new(),
            working: HashMap::new(),
            store: VecDeque::new(),
            busy: 0,
            wake_us: None,
            people: Vec::new(),
            seen: Seen { goodput: vec![0; surge.end_s as usize + 1], ..Seen::default() },
        };
        world.after(0, Event::Arrive);
        world.after(TICK_US, Event::Tick);
        if let Some(at_s) = surge.restart_s {
            world.after(at_s * 1_000_000, Event::Restart);
        }
        world.after(surge.stall_s.1 * 1_000_000, Event::StoreBack);
        while let Some(Reverse((at_us, _, event))) = world.events.pop() {
            if at_us > surge.end_s * 1_000_000 {
                break;
            }
            world.now_us = at_us;
            world.happen(event);
            world.pump();
        }
        world
    }

    fn now(&self) -> Now {
        Duration::from_micros(self.now_us)
    }

    fn after(&mut self, us: u64, event: Event) {
        self.number += 1;
        self.events.push(Reverse((self.now_us + us, self.number, event)));
    }

    fn draw_us(&mut self, mean_s: f64) -> u64 {
        let exp = Exp::new(1.0 / mean_s).expect("a mean time is above zero");
        (exp.sample(&mut self.rng) * 1e6) as u64
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrive => self.arrive(),
            Event::Try(person) => self.try_step(person),
            Event::Poll(person) => self.poll(person),
            Event::StoreDone(person) => self.store_done(person),
            Event::Late(person, request) => self.late(person, request),
            Event::StoreBack => self.feed_store(),
            Event::Wake => self.wake_us = None,
            Event::Tick => self.tick(),
            Event::Synced => self.synced(),
            Event::Restart => self.restart(),
        }
    }

    fn arrive(&mut self) {
        let now_s = self.now_us / 1_000_000;
        let (from_s, until_s) = self.surge.peak_s;
        let load = if (from_s..until_s).contains(&now_s) { self.surge.peak } else { self.surge.base };
        let (hostile, absent) =
            (self.rng.random_bool(self.surge.hostile), self.rng.random_bool(self.surge.absent));
        self.people.push(Person { hostile, absent, ..Person::default() });
        let next_us = self.draw_us(1.0 / (load * self.surge.flows_per_s()));
        self.after(next_us, Event::Arrive);
        self.try_step(self.people.len() - 1);
    }

    fn try_step(&mut self, number: usize) {
        let (now, device) = (self.now(), Device(number as u64));
        let state = self.admission.state(now);
        let person = &mut self.people[number];
        let (class, place) = if person.step > 0 {
            (Class::B1, 0)
        } else {
            let shown = if person.hostile { None } else { person.ticket };
            let before_gate = state.queued[Class::B3.index()];
            match self.room.enter(device, shown, before_gate, now, self.now_us / 1_000) {
                Entry::Straight(ticket) | Entry::Called(ticket) => {
                    person.ticket = Some(person.ticket.unwrap_or(ticket));
                    (Class::B3, ticket.seq)
                }
                Entry::Wait { ticket, .. } => return self.told_to_wait(number, ticket),
            }
        };
        let offer = Offer { class, device, deadline: now + Duration::from_secs(3), place, attempt: 1 };
        match self.admission.offer(offer, now) {
            Offered::Admitted(permit) => {
                self.seen.waits_us.push(0);
                self.work(number, permit);
            }
            Offered::Queued(waiting) => drop(self.waiting.insert(waiting, (number, self.now_us))),
            Offered::Refused(_)
                if class == Class::B3
                    && self.people[number].ticket.is_some_and(|t| t.issued_ms == self.now_us / 1_000) =>
            {
                let shown = self.people[number].ticket;
                let ticket = self.room.place(device, shown, self.now_us / 1_000);
                self.told_to_wait(number, ticket);
            }
            Offered::Refused(_) => self.bounced(number),
        }
    }

    fn told_to_wait(&mut self, number: usize, ticket: Ticket) {
        let figures = self.room.figures();
        let person = &mut self.people[number];
        person.ticket = Some(ticket);
        if person.hostile {
            let again_us = self.draw_us(0.5);
            return self.after(again_us, Event::Try(number));
        }
        if ticket.place().is_none() {
            // Shown once more, it gets a place.
            let again_us = self.rng.random_range(500_000..1_000_000);
            return self.after(again_us, Event::Try(number));
        }
        let ahead = ticket.seq.saturating_sub(figures.serving);
        self.seen.place_rose += u32::from(person.place.is_some_and(|before| ahead > before));
        person.place = Some(ahead);
        if !person.absent {
            let poll_us = self.poll_us(ahead);
            self.after(poll_us, Event::Poll(number));
        }
    }

    /// As the page does: often near the turn, from the common budget far from it.
    fn poll_us(&mut self, ahead: u64) -> u64 {
        let figures = self.room.figures();
        let eta_s = ahead as f64 / figures.rate_per_s;
        let poll_s =
            if eta_s < 2.0 * figures.poll_s { eta_s.clamp(0.25, figures.poll_s) } else { eta_s / 2.0 };
        (poll_s.min(figures.longest_poll_s) * 1e6 * self.rng.random_range(0.8..1.2)) as u64
    }

    fn poll(&mut self, number: usize) {
        let figures = self.room.figures();
        let now_us = self.now_us;
        let person = &mut self.people[number];
        let Some(ticket) = person.ticket else { return };
        let ahead = ticket.seq.saturating_sub(figures.serving);
        self.seen.place_rose += u32::from(person.place.is_some_and(|before| ahead > before));
        person.place = Some(ahead);
        if ticket.seq < figures.serving {
            if let Some((told_us, _)) = person.foretold {
                person.waited_s.get_or_insert((now_us - told_us) as f64 / 1e6);
            }
            // The page goes on by itself for somebody who still looks at it.
            let looks = (now_us / 1_000).saturating_sub(ticket.issued_ms) < 10_000;
            let reaction_us = if looks { 0 } else { self.draw_us(1.0) };
            return self.after(reaction_us, Event::Try(number));
        }
        person.foretold.get_or_insert((now_us, ahead as f64 / figures.rate_per_s));
        let poll_us = self.poll_us(ahead);
        self.after(poll_us, Event::Poll(number));
    }

    fn later(&mut self, number: usize) {
        let again_us = self.draw_us(2.0);
        self.after(again_us, Event::Try(number));
    }

    /// The gate was full: again in a second or so, at the same place.
    fn bounced(&mut self, number: usize) {
        if let Some(ticket) = self.people[number].ticket.filter(|_| self.people[number].step == 0) {
            self.room.bounced(&ticket);
        }
        let again_us = 1_000_000 + self.draw_us(0.2);
        self.after(again_us, Event::Try(number));
    }

    fn work(&mut self, number: usize, permit: Permit) {
        let state = self.admission.state(self.now());
        self.seen.over_limit += u32::from(state.in_flight > state.limit);
        if permit.class() == Class::B3 {
            self.room.granted();
            // Somebody with an earlier place still stands before the gate.
            let place = |person: &Person| person.ticket.map_or(0, |ticket| ticket.seq);
            let mine = place(&self.people[number]);
            let earlier = |waits: usize| {
                let other = &self.people[waits];
                other.step == 0 && place(other) < mine
            };
            self.seen.inversions += u32::from(self.waiting.values().any(|(waits, _)| earlier(*waits)));
            self.seen.let_in += 1;
            self.people[number].let_in = true;
        }
        let request = self.number;
        self.working.insert(number, (permit, request));
        self.store.push_back(number);
        self.after(DEADLINE_US, Event::Late(number, request));
        self.feed_store();
    }

    /// The store took too long: the request leaves its queue, and the person tries again.
    fn late(&mut self, number: usize, request: u64) {
        if self.working.get(&number).is_none_or(|(_, working)| *working != request) {
            return;
        }
        let Some((permit, _)) = self.working.remove(&number) else { return };
        self.store.retain(|queued| *queued != number);
        self.admission.complete(permit, Outcome::Failed, self.now());
        self.later(number);
    }

    fn stalls(&self) -> bool {
        let (from_s, until_s) = self.surge.stall_s;
        (from_s * 1_000_000..until_s * 1_000_000).contains(&self.now_us)
    }

    fn feed_store(&mut self) {
        if self.stalls() {
            return;
        }
        while self.busy < self.surge.connections
            && let Some(number) = self.store.pop_front()
        {
            self.busy += 1;
            let took_us = (self.surge.store_us as f64 * self.rng.random_range(0.8..1.2)) as u64;
            self.after(took_us, Event::StoreDone(number));
        }
    }

    fn store_done(&mut self, number: usize) {
        self.busy = self.busy.saturating_sub(1);
        self.feed_store();
        // After a restart nobody waits for what the old process had begun.
        let Some((permit, _)) = self.working.remove(&number) else { return };
        let now = self.now();
        self.admission.complete(permit, Outcome::Done, now);
        self.seen.goodput[(self.now_us / 1_000_000) as usize] += 1;
        self.room.flows().step(number as u64, now);
        let person = &mut self.people[number];
        person.step += 1;
        if f64::from(person.step) < STEPS {
            let think_us = self.draw_us(1.0);
            self.after(think_us, Event::Try(number));
        } else {
            person.finished = true;
            self.room.flows().end(number as u64, now);
        }
    }

    fn tick(&mut self) {
        self.after(TICK_US, Event::Tick);
        let now = self.now();
        let state = self.admission.state(now);
        if let Some(step) = self.room.tick(&state, self.step.is_none(), now) {
            self.step = Some(step);
            self.after(SYNC_US, Event::Synced);
        }
    }

    fn synced(&mut self) {
        let Some(step) = self.step.take() else { return };
        self.row.issued = self.row.issued.max(1) + step.issued_by;
        self.row.serving = (self.row.serving.max(1) + step.called_by).min(self.row.issued);
        self.row.capacity_per_s = step.capacity_per_s;
        self.room.synced(self.row, self.now());
    }

    fn restart(&mut self) {
        let now = self.now();
        self.admission = Admission::new(self.settings.admission, self.surge.seed, now);
        self.admission.restarted(self.row.capacity_per_s, now);
        self.room = Room::new(self.settings.room, self.row, now);
        let mut lost: Vec<usize> = self.waiting.drain().map(|(_, (number, _))| number).collect();
        lost.extend(self.working.drain().map(|(number, _)| number));
        lost.sort_unstable();
        self.store.clear();
        (self.step, self.wake_us) = (None, None);
        lost.into_iter().for_each(|number| self.later(number));
    }

    fn pump(&mut self) {
        let now = self.now();
        while let Some(verdict) = self.admission.next(now) {
            let waiting = match &verdict {
                Verdict::Granted(waiting, _) | Verdict::Dropped(waiting, _) => *waiting,
            };
            let (number, since_us) =
                self.waiting.remove(&waiting).expect("a verdict is on somebody who waits");
            let waited_us = self.now_us - since_us;
            self.seen.longest_wait_us = self.seen.longest_wait_us.max(waited_us);
            match verdict {
                Verdict::Granted(_, permit) => {
                    self.seen.waits_us.push(waited_us);
                    self.work(number, permit);
                }
                Verdict::Dropped(..) => self.bounced(number),
            }
        }
        let wake_us = self.admission.wake_at().map(|at| at.as_micros() as u64);
        if let Some(at_us) = wake_us
            && self.wake_us.is_none_or(|before| at_us < before)
        {
            self.wake_us = Some(at_us);
            self.after(at_us - self.now_us, Event::Wake);
        }
    }
}
