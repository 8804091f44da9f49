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

use crate::surge::{Person, STEPS, Seen, Surge};

const TICK_US: u64 = 250_000;
/// Time the store needs for the row of the room.
const SYNC_US: u64 = 5_000;
/// Longest time from a first ticket to the place.
const PATIENCE_US: u64 = 3_000_000;
/// A request to the store is broken off after this time.
const DEADLINE_US: u64 = 5_000_000;
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
    /// Who waits at the gate, since when, and with which place.
    waiting: HashMap<Waiting, (usize, u64, u64)>,
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
        world.seen.waiting = world.room.figures().waiting();
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
        if self.is_cut()
            && let Event::Try(_) | Event::Poll(_) = event
        {
            // The page asks again by itself.
            let again_us = self.draw_us(1.0);
            return self.after(again_us, event);
        }
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
        let (shows, came_us) = (self.people.len().is_multiple_of(2), self.now_us);
        self.people.push(Person { hostile, absent, shows, came_us, ..Person::default() });
        let next_us = self.draw_us(1.0 / (load * self.surge.flows_per_s()));
        self.after(next_us, Event::Arrive);
        self.happen(Event::Try(self.people.len() - 1));
    }

    fn try_step(&mut self, number: usize) {
        let (now, device) = (self.now(), Device(number as u64));
        let state = self.admission.state(now);
        let person = &mut self.people[number];
        let mut straight = None;
        let (class, place) = if person.step > 0 {
            (Class::B1, 0)
        } else {
            let shown = person.ticket;
            let before_gate = state.queued[Class::B3.index()];
            match self.room.enter(device, shown, before_gate, now, self.now_us / 1_000) {
                Entry::Straight(ticket) => {
                    straight = Some(shown);
                    (Class::B3, ticket.seq)
                }
                Entry::Called(ticket) => (Class::B3, ticket.seq),
                Entry::Wait { ticket, .. } => return self.told_to_wait(number, ticket),
            }
        };
        let offer = Offer { class, device, deadline: now + Duration::from_secs(3), place, attempt: 1 };
        match self.admission.offer(offer, now) {
            Offered::Admitted(permit) => {
                self.seen.waits_us.push(0);
                self.work(number, place, permit);
            }
            Offered::Queued(waiting) => {
                self.waiting.insert(waiting, (number, self.now_us, place));
            }
            // As the server does: whoever came straight to a full gate gets a ticket after all.
            Offered::Refused(_) if let Some(shown) = straight => {
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
            // Every second one shows a first ticket once, at its own pace.
            let keeps = person.shows && ticket.place().is_none() && person.place.is_none();
            person.place = keeps.then_some(0);
            person.ticket = keeps.then_some(ticket);
            let again_us = self.draw_us(0.5);
            return self.after(again_us, Event::Try(number));
        }
        if ticket.place().is_none() {
            // Shown once more, it gets a place.
            let after_us = figures.place_after_s * 1e6;
            let again_us = (after_us * self.rng.random_range(1.0..1.5)) as u64;
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
            self.room.bounced(&ticket, self.now_us / 1_000);
        }
        let again_us = 1_000_000 + self.draw_us(0.2);
        self.after(again_us, Event::Try(number));
    }

    fn work(&mut self, number: usize, place: u64, permit: Permit) {
        let state = self.admission.state(self.now());
        self.seen.over_limit += u32::from(state.in_flight > state.limit);
        if permit.class() == Class::B3 {
            self.room.granted();
            let came_us = self.people[number].came_us;
            let waits = || self.waiting.values().filter(|(waits, ..)| self.people[*waits].step == 0);
            let earlier = waits().any(|(_, _, other)| *other < place);
            let overtaken = waits().any(|(waits, ..)| {
                self.people[*waits].came_us + PATIENCE_US < came_us && !self.people[*waits].hostile
            });
            self.seen.inversions += u32::from(earlier);
            self.seen.overtaken += u32::from(overtaken);
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

    fn is_cut(&self) -> bool {
        let (from_s, until_s) = self.surge.cut_s;
        (from_s * 1_000_000..until_s * 1_000_000).contains(&self.now_us)
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
            if self.is_cut() {
                self.seen.called_in_cut += step.called_by;
            }
            let held_us = if self.stalls() { self.surge.stall_s.1 * 1_000_000 - self.now_us } else { 0 };
            self.after(held_us + SYNC_US, Event::Synced);
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
        self.room = Room::new(self.settings.room, self.row, now).opened(self.now_us / 1_000);
        let mut lost: Vec<usize> = self.waiting.drain().map(|(_, (number, ..))| number).collect();
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
            let (number, since_us, place) =
                self.waiting.remove(&waiting).expect("a verdict is on somebody who waits");
            let waited_us = self.now_us - since_us;
            self.seen.longest_wait_us = self.seen.longest_wait_us.max(waited_us);
            match verdict {
                Verdict::Granted(_, permit) => {
                    self.seen.waits_us.push(waited_us);
                    self.work(number, place, permit);
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
