//! Somebody who wants a code for the first time: a one-time password, a moment to type it, registration, the code.

use std::rc::Rc;
use std::time::Duration;

use hyper::StatusCode;
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Deserialize;

use crate::client::{Answer, Ask};
use crate::clock::{monotonic_ns, ns};
use crate::people::Person;
use crate::place::Place;
use crate::recorder::Fate;
use crate::retry::{InRoom, Next, Temper, exp};
use crate::room::{RoomNow, Ticketed};
use crate::schedule::Arrival;
use crate::show;
use crate::world::{Counted, Resident, World};

/// Verbs of the store that a flow needs: one for the one-time password, two for the registration.
pub(crate) const VERBS: u32 = 3;
/// Mean time to type a one-time password, in seconds.
const TYPING_S: f64 = 1.0;
/// Somebody who has been called is shown so, and waits at least this long, in seconds.
const CALLED_WAITS_S: f64 = 5.0;
/// Polls of the room are given up after this time, in seconds.
const POLL_WAITS_S: f64 = 5.0;
/// A hostile client throws away this many tickets, about half a minute of them, and leaves.
const MOST_DISCARDED: u32 = 60;

/// A step that needs the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    OneTimePassword,
    Register,
}

impl Step {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OneTimePassword => "one-time-password",
            Self::Register => "register",
        }
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::OneTimePassword => "/v1/one-time-passwords",
            Self::Register => "/v1/people",
        }
    }

    /// Its share of the store's work for a flow.
    pub(crate) fn share(self) -> f64 {
        match self {
            Self::OneTimePassword => 1.0 / f64::from(VERBS),
            Self::Register => 2.0 / f64::from(VERBS),
        }
    }
}

/// Why somebody did not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    /// By their own will.
    Left,
    /// After too many tries.
    GaveUp,
    /// The answer has no place in the contract.
    Unexpected,
    /// The run is over.
    Over,
}

/// What a try came to.
enum Reply {
    Done(Answer),
    Wait(Ticketed, u64),
    Refused(Option<f64>),
    /// No answer; `waited` = the person waited for it, in vain.
    Nothing {
        waited: bool,
    },
    Unexpected,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    demo_code: String,
}

#[derive(Deserialize)]
struct Session {
    token: String,
}

#[derive(Deserialize)]
struct Code {
    credential: Option<String>,
}

#[derive(Deserialize)]
struct Opened {
    session: Session,
    code: Code,
}

/// The one-time password in an answer; only a demo city tells it.
pub(crate) fn one_time_password(answer: &Answer) -> Option<String> {
    serde_json::from_slice::<Sent>(&answer.body).ok().map(|sent| sent.demo_code)
}

/// The resident whose registration was answered.
pub(crate) fn resident(answer: &Answer) -> Option<Resident> {
    let opened: Opened = serde_json::from_slice(&answer.body).ok()?;
    let holds_code = opened.code.credential.is_some_and(|credential| !credential.is_empty());
    Some(Resident { session: opened.session.token, holds_code })
}

/// The request of a step, without anything about admission.
pub(crate) fn request(step: Step, body: String, phone: &str) -> Ask {
    Ask::post(step.path(), body).with("idempotency-key", &format!("{}-{phone}", step.name()))
}

pub(crate) fn phone_body(phone: &str) -> String {
    format!(r#"{{"phone":"{phone}"}}"#)
}

struct Flow {
    world: Rc<World>,
    rng: SmallRng,
    temper: Temper,
    person: Person,
    device: String,
    ticket: Option<String>,
    place: Option<Place>,
    pass: Option<String>,
    one_time_password: String,
    tries: u32,
    /// Tickets thrown away.
    discarded: u32,
    attempt: u32,
    afresh: bool,
    is_first: bool,
    /// The place was called, and the page says so.
    called: bool,
    /// A try of the present step was not answered as it should be.
    turned_away: bool,
    /// The owner looked at the page since the ticket.
    watching: bool,
    gives_up_ns: u64,
    waiting: Option<Counted>,
}

/// Lives through a flow that begins at `at_ns`.
pub(crate) async fn flow(world: Rc<World>, arrival: Arrival, at_ns: u64) {
    let mut rng = SmallRng::seed_from_u64(arrival.seed);
    let temper = Temper::draw(arrival.model, &mut rng);
    let patience_ns = ns(temper.patience_s.min(1e6));
    let mut flow = Box::new(Flow {
        person: world.server.people.next(),
        device: device(&mut rng),
        ticket: None,
        place: None,
        pass: None,
        one_time_password: String::new(),
        tries: 0,
        discarded: 0,
        attempt: 1,
        afresh: false,
        is_first: true,
        called: false,
        turned_away: false,
        watching: true,
        gives_up_ns: at_ns.saturating_add(patience_ns),
        waiting: Some(world.waits()),
        world,
        rng,
        temper,
    });
    flow.world.recorder().measured.flows_offered += 1;
    flow.live(at_ns).await;
}

fn device(rng: &mut SmallRng) -> String {
    format!("{:016x}", rng.random::<u64>())
}

impl Flow {
    async fn live(&mut self, at_ns: u64) {
        let Ok(sent) = self.step(Step::OneTimePassword, at_ns).await else { return };
        let Some(password) = one_time_password(&sent) else {
            self.world.recorder().measured.unexpected += 1;
            return;
        };
        self.waiting = None;
        let world = Rc::clone(&self.world);
        let under_way = world.goes();
        world.recorder().measured.flows_admitted += 1;
        self.one_time_password = password;
        let typed_ns = sent.answered_ns + ns(exp(&mut self.rng, TYPING_S));
        (self.tries, self.attempt, self.called, self.turned_away) = (0, 1, false, false);
        let opened = match self.step(Step::Register, typed_ns).await {
            Ok(opened) => opened,
            Err(gone) => {
                // Who was turned away before is not one who left by themselves.
                let left = gone == Gone::Left && !self.turned_away;
                world.recorder().measured.flows_left += u64::from(left);
                return;
            }
        };
        let Some(resident) = resident(&opened) else {
            world.recorder().measured.unexpected += 1;
            return;
        };
        let resident = Rc::new(resident);
        world.server.residents.borrow_mut().push(Rc::clone(&resident));
        {
            let mut recorder = world.recorder();
            recorder.measured.acknowledged += 1;
            recorder.measured.flows_finished += 1;
        }
        drop(under_way);
        show::show(&world, &resident, self.temper, &mut self.rng, opened.answered_ns).await;
    }

    /// One step, with all its tries.
    async fn step(&mut self, step: Step, mut at_ns: u64) -> Result<Answer, Gone> {
        loop {
            self.world.until(at_ns).await;
            if step == Step::OneTimePassword && self.world.closed.get() {
                return Err(Gone::Over);
            }
            if at_ns > self.gives_up_ns {
                return Err(Gone::Left);
            }
            let (retry_after_s, waited) = match self.ask(step, at_ns).await {
                Reply::Done(answer) => return Ok(answer),
                Reply::Wait(told, told_ns) => {
                    self.turned_away = true;
                    at_ns = self.wait_in_room(told, told_ns).await?;
                    continue;
                }
                Reply::Refused(retry_after_s) => (retry_after_s, false),
                Reply::Nothing { waited } => {
                    self.lose_password(step);
                    (None, waited)
                }
                Reply::Unexpected => return Err(Gone::Unexpected),
            };
            (self.tries, self.turned_away) = (self.tries + 1, true);
            at_ns = monotonic_ns() + self.after_failure(retry_after_s, waited)?;
        }
    }

    /// The text message with the password goes to a phone the drill does not have, and the next one may only be sent a minute
    /// later: another phone stands for the one that got it.
    fn lose_password(&mut self, step: Step) {
        if step == Step::OneTimePassword {
            self.person.phone = self.world.server.people.phone();
        }
    }

    /// The pause before the next try.
    fn after_failure(&mut self, retry_after_s: Option<f64>, waited: bool) -> Result<u64, Gone> {
        match self.temper.next(self.tries, retry_after_s, waited, &mut self.rng) {
            Next::GivesUp => Err(Gone::GaveUp),
            Next::Again { after_s, afresh, as_new, attempt } => {
                (self.afresh, self.attempt) = (afresh, attempt);
                // Whoever was let in keeps the pass, or would have to begin again.
                if as_new && self.waiting.is_some() {
                    self.discard();
                }
                Ok(ns(after_s))
            }
        }
    }

    fn discard(&mut self) {
        self.device = device(&mut self.rng);
        (self.ticket, self.place, self.called) = (None, None, false);
    }

    fn request(&mut self, step: Step) -> Ask {
        let body = match step {
            Step::OneTimePassword => phone_body(&self.person.phone),
            Step::Register => self.world.server.people.registration(&self.person, &self.one_time_password),
        };
        let mut ask = request(step, body, &self.person.phone).with("yimatong-device", &self.device);
        if self.attempt > 1 {
            ask = ask.with("yimatong-attempt", &self.attempt.min(3).to_string());
        }
        if let Some(ticket) = &self.ticket {
            ask = ask.with("yimatong-ticket", ticket);
        }
        if let Some(pass) = &self.pass {
            ask = ask.with("yimatong-pass", pass);
        }
        ask.afresh = std::mem::take(&mut self.afresh);
        ask
    }

    /// One try.
    async fn ask(&mut self, step: Step, at_ns: u64) -> Reply {
        let ask = self.request(step);
        let mut waits_s = self.temper.waits_s(&mut self.rng);
        if self.called {
            waits_s = waits_s.max(CALLED_WAITS_S);
        }
        let world = Rc::clone(&self.world);
        let is_first = std::mem::take(&mut self.is_first);
        world.recorder().window(monotonic_ns()).offered += 1;
        let sent = |sent_ns| world.recorder().sent(at_ns, sent_ns, is_first);
        let answer =
            tokio::time::timeout(Duration::from_secs_f64(waits_s), world.server.client.send(&ask, sent))
                .await;
        let now_ns = monotonic_ns();
        match answer {
            Ok(Ok(answer)) => self.read(step, at_ns, answer),
            Ok(Err(_)) => {
                world.recorder().fate(Fate::Failed, now_ns);
                Reply::Nothing { waited: false }
            }
            Err(_) => {
                let mut recorder = world.recorder();
                recorder.fate(Fate::Failed, now_ns);
                if step == Step::Register || self.called {
                    // It took at least as long as that.
                    recorder.let_in(step.name(), now_ns.saturating_sub(at_ns), now_ns);
                }
                Reply::Nothing { waited: true }
            }
        }
    }

    fn read(&mut self, step: Step, at_ns: u64, answer: Answer) -> Reply {
        if let Some(pass) = answer.header("yimatong-pass") {
            self.pass = Some(pass.to_owned());
        }
        let now_ns = answer.answered_ns;
        let took_ns = now_ns.saturating_sub(at_ns);
        let mut recorder = self.world.recorder();
        match answer.status {
            status if status.is_success() => {
                recorder.fate(Fate::Done(step.share()), now_ns);
                recorder.let_in(step.name(), took_ns, now_ns);
                Reply::Done(answer)
            }
            StatusCode::TOO_MANY_REQUESTS => match serde_json::from_slice::<Ticketed>(&answer.body) {
                Ok(told) => {
                    recorder.fate(Fate::Ticketed, now_ns);
                    recorder.latency("ticket", took_ns);
                    Reply::Wait(told, now_ns)
                }
                Err(_) => {
                    recorder.fate(Fate::Refused, now_ns);
                    recorder.latency("refusal", took_ns);
                    Reply::Refused(answer.retry_after_s())
                }
            },
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => {
                recorder.fate(Fate::Refused, now_ns);
                recorder.latency("refusal", took_ns);
                Reply::Refused(answer.retry_after_s())
            }
            _ => {
                recorder.fate(Fate::Failed, now_ns);
                recorder.measured.unexpected += 1;
                Reply::Unexpected
            }
        }
    }

    /// Takes the ticket; answers when to ask again.
    async fn wait_in_room(&mut self, told: Ticketed, told_ns: u64) -> Result<u64, Gone> {
        self.tries = 0;
        self.attempt = 1;
        self.world.recorder().measured.tickets += 1;
        if let InRoom::Discards { shows } = self.temper.in_room {
            return self.throw_away(told, told_ns, shows);
        }
        let seq = self.take_place(&told, told_ns);
        self.ticket = Some(told.ticket);
        let Some(seq) = seq else {
            return Ok(told_ns + ns(told.now.place_after_s * self.rng.random_range(1.0..1.5)));
        };
        let leaves_ns = match self.temper.in_room {
            InRoom::Returns { after_s, .. } | InRoom::Leaves { after_s } => told_ns + ns(after_s),
            InRoom::Stays | InRoom::Discards { .. } => u64::MAX,
        };
        let mut room = told.now;
        let mut now_ns = told_ns;
        loop {
            let next_ns = now_ns + ns(room.pause_s(seq, &mut self.rng));
            if next_ns > leaves_ns.min(self.gives_up_ns) {
                return self.leave(leaves_ns).await;
            }
            self.world.until(next_ns).await;
            if self.world.closed.get() {
                self.still_waits(monotonic_ns());
                return Err(Gone::Over);
            }
            let polled = self.poll(next_ns).await;
            now_ns = monotonic_ns();
            let Some(seen) = polled else { continue };
            room = seen;
            if self.look(seq, room, now_ns) {
                self.called = true;
                return Ok(now_ns);
            }
        }
    }

    /// As a hostile client does; answers when it asks again.
    fn throw_away(&mut self, told: Ticketed, told_ns: u64, shows: bool) -> Result<u64, Gone> {
        if shows && told.seq.is_none() && self.ticket.is_none() {
            self.ticket = Some(told.ticket);
        } else {
            self.discard();
        }
        self.discarded += 1;
        if self.discarded >= MOST_DISCARDED {
            return Err(Gone::Left);
        }
        Ok(told_ns + ns(exp(&mut self.rng, 0.5)))
    }

    /// The place, if the ticket has one already.
    fn take_place(&mut self, told: &Ticketed, now_ns: u64) -> Option<u64> {
        let lost = self.place.is_some() && self.watching && (told.expired || told.seq.is_none());
        self.world.recorder().measured.places_risen += u64::from(lost);
        let seq = told.seq?;
        match &self.place {
            // Asked again with a call that the gate could not take: nothing new is told of the wait.
            Some(_) if !told.expired && self.called => {}
            Some(_) if !told.expired => drop(self.look(seq, told.now, now_ns)),
            _ => {
                self.world.recorder().measured.places += 1;
                self.place = Some(Place::new(seq, told.now, now_ns));
                self.watching = true;
            }
        }
        Some(seq)
    }

    /// The run ends before the turn comes: a wait that was told too short already counts as far as it went.
    fn still_waits(&self, now_ns: u64) {
        let error =
            self.place.as_ref().filter(|_| self.watching).and_then(|place| place.error_so_far(now_ns));
        if let Some(error) = error {
            self.world.recorder().measured.eta_errors.push(error);
        }
    }

    fn look(&mut self, seq: u64, room: RoomNow, now_ns: u64) -> bool {
        let Some(place) = &mut self.place else { return false };
        let seen = place.look(seq, room, now_ns, self.watching);
        self.world.recorder().seen(seen);
        seen.called
    }

    /// Closes the page; whoever comes back asks again with the ticket.
    async fn leave(&mut self, leaves_ns: u64) -> Result<u64, Gone> {
        let InRoom::Returns { away_s, .. } = self.temper.in_room else { return Err(Gone::Left) };
        self.temper.in_room = InRoom::Stays;
        self.waiting = None;
        self.watching = false;
        let back_ns = leaves_ns + ns(away_s);
        if back_ns > self.gives_up_ns {
            return Err(Gone::Left);
        }
        self.world.until(back_ns).await;
        self.waiting = Some(self.world.waits());
        self.afresh = true;
        Ok(back_ns)
    }

    async fn poll(&mut self, at_ns: u64) -> Option<RoomNow> {
        let world = &self.world;
        world.recorder().window(at_ns).polls += 1;
        let sent = |sent_ns| world.recorder().sent(at_ns, sent_ns, false);
        let ask = Ask::get("/v1/room/now.json");
        let answer =
            tokio::time::timeout(Duration::from_secs_f64(POLL_WAITS_S), world.server.client.send(&ask, sent));
        let answer = answer.await.ok()?.ok()?;
        world.recorder().latency("poll", answer.answered_ns.saturating_sub(at_ns));
        serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == StatusCode::OK)
    }
}
