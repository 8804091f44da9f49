//! The gate before the store, for tasks: they wait here for a permit and give it back, also when they are cancelled.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::time::{Instant as TokioInstant, sleep_until, timeout};
use yimatong_overload::{
    Admission, AdmissionSettings, AdmissionState, Class, Now, Offer, Offered, Outcome, Permit, Refusal,
    Verdict, Waiting,
};

use crate::clock::monotonic;

/// Longest wait of somebody who was let in already; the queue itself ends it sooner.
const RESUME_WITHIN: Duration = Duration::from_secs(5);
/// A new flow whose body is on its way stands before the gate for so long at most, as one whose turn has come does: whoever
/// sends slowly must not look like a crowd.
const ARRIVES_WITHIN: Duration = Duration::from_millis(200);

type Answer = Result<Permit, Refusal>;

#[derive(Debug)]
struct Core {
    admission: Admission,
    waiting: HashMap<Waiting, oneshot::Sender<Answer>>,
}

/// Permits and queues of one server.
#[derive(Debug)]
pub(crate) struct Gate {
    core: Mutex<Core>,
    /// New flows whose bodies are on their way.
    arriving: AtomicUsize,
    started: Instant,
}

impl Gate {
    pub(crate) fn new(settings: AdmissionSettings, salt: u64, started: Instant) -> Self {
        let admission = Admission::new(settings, salt, Now::ZERO);
        let core = Mutex::new(Core { admission, waiting: HashMap::new() });
        Self { core, arriving: AtomicUsize::new(0), started }
    }

    /// Time since the server's start.
    pub(crate) fn now(&self) -> Now {
        monotonic().saturating_duration_since(self.started)
    }

    fn lock(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the rules, then tells everybody whom that lets in or turns away.
    fn with<T>(&self, act: impl FnOnce(&mut Admission, Now) -> T) -> T {
        let mut core = self.lock();
        // Read under the lock, so that time never runs backwards for the rules.
        let now = self.now();
        let outcome = act(&mut core.admission, now);
        core.pump(now);
        outcome
    }

    /// Waits for a permit. Whoever stops waiting has left the queue.
    pub(crate) async fn enter(self: &Arc<Self>, ask: Offer) -> Result<Held, Refusal> {
        let held = |permit| Held { gate: Arc::clone(self), permit: Some(permit), ask };
        let (mut waiter, until) = {
            let mut core = self.lock();
            let now = self.now();
            match core.admission.offer(ask, now) {
                Offered::Admitted(permit) => return Ok(held(permit)),
                Offered::Refused(refusal) => return Err(refusal),
                Offered::Queued(waiting) => {
                    let (tell, verdict) = oneshot::channel();
                    core.waiting.insert(waiting, tell);
                    let until = core.admission.until(waiting).unwrap_or(ask.deadline);
                    core.pump(now);
                    (Waiter { gate: self, waiting, verdict }, until)
                }
            }
        };
        loop {
            tokio::select! {
                verdict = &mut waiter.verdict => {
                    return verdict.unwrap_or(Err(Refusal::TooLate)).map(held);
                }
                // Nobody else may come by to see that the time of this one is up.
                () = sleep_until(TokioInstant::from_std(self.started + until)) => self.with(|_, _| ()),
            }
        }
    }

    /// How many new flows stand before the gate.
    pub(crate) fn before_gate(&self) -> usize {
        self.queued(Class::B3) + self.arriving.load(Ordering::Acquire)
    }

    fn queued(&self, class: Class) -> usize {
        self.lock().admission.queued(class)
    }

    /// The figures of this moment.
    pub(crate) fn state(&self) -> AdmissionState {
        self.with(Admission::state)
    }

    /// New settings.
    pub(crate) fn change(&self, settings: AdmissionSettings) {
        self.with(|admission, now| admission.change(settings, now));
    }

    /// What this server could do before it was started again.
    pub(crate) fn restarted(&self, capacity_per_s: f64) {
        self.with(|admission, now| admission.restarted(capacity_per_s, now));
    }
}

impl Core {
    fn pump(&mut self, now: Now) {
        while let Some(verdict) = self.admission.next(now) {
            let (waiting, answer) = match verdict {
                Verdict::Granted(waiting, permit) => (waiting, Ok(permit)),
                Verdict::Dropped(waiting, refusal) => (waiting, Err(refusal)),
            };
            let Some(tell) = self.waiting.remove(&waiting) else {
                // Cancelled waits leave the queue and this map together.
                continue;
            };
            if let Err(Ok(permit)) = tell.send(answer) {
                self.admission.complete(permit, Outcome::Cancelled, now);
            }
        }
    }
}

/// Somebody in a queue.
struct Waiter<'g> {
    gate: &'g Gate,
    waiting: Waiting,
    verdict: oneshot::Receiver<Answer>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut core = self.gate.lock();
        if core.waiting.remove(&self.waiting).is_some() {
            core.admission.cancel(self.waiting);
        } else if let Ok(Ok(permit)) = self.verdict.try_recv() {
            // Let in and gone at the same moment.
            let now = self.gate.now();
            core.admission.complete(permit, Outcome::Cancelled, now);
            core.pump(now);
        }
    }
}

/// A permit in use; dropping it says that the caller went away.
#[derive(Debug)]
pub(crate) struct Held {
    gate: Arc<Gate>,
    permit: Option<Permit>,
    ask: Offer,
}

impl Held {
    /// The store was not used: the permit is free, nothing is learned.
    pub(crate) fn unused(mut self) {
        self.give_back(Admission::suspend);
    }

    /// The work ended.
    pub(crate) fn finish(mut self, outcome: Outcome) {
        self.give_back(|admission, permit, now| admission.complete(permit, outcome, now));
    }

    /// Gives the permit to others for the time of something that is not the store's.
    pub(crate) fn suspend(mut self) -> Suspended {
        self.give_back(Admission::suspend);
        Suspended { gate: Arc::clone(&self.gate), ask: self.ask }
    }

    fn give_back(&mut self, act: impl FnOnce(&mut Admission, Permit, Now)) {
        if let Some(permit) = self.permit.take() {
            self.gate.with(|admission, now| act(admission, permit, now));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.give_back(|admission, permit, now| admission.complete(permit, Outcome::Cancelled, now));
    }
}

/// Somebody who was let in already and comes back to the store.
pub(crate) struct Suspended {
    gate: Arc<Gate>,
    ask: Offer,
}

impl Suspended {
    /// Waits for the rest of a request, during which a new flow stands before the gate.
    pub(crate) async fn arriving<F: Future + Unpin>(&self, mut rest: F) -> F::Output {
        if self.ask.class != Class::B3 {
            return rest.await;
        }
        let standing = Standing::new(&self.gate.arriving);
        if let Ok(arrived) = timeout(ARRIVES_WITHIN, &mut rest).await {
            return arrived;
        }
        drop(standing);
        rest.await
    }

    /// Waits for a permit as at first: nothing has begun yet.
    pub(crate) async fn enter_again(self) -> Result<Held, Refusal> {
        let deadline = self.gate.now() + RESUME_WITHIN;
        self.gate.enter(Offer { deadline, attempt: 1, ..self.ask }).await
    }

    /// Waits for a permit again, for a while from now; a new flow does not go back to the end of its line.
    pub(crate) async fn resume(self) -> Result<Held, Refusal> {
        let class = if self.ask.class == Class::B3 { Class::B1 } else { self.ask.class };
        let deadline = self.gate.now() + RESUME_WITHIN;
        self.gate.enter(Offer { class, deadline, attempt: 1, ..self.ask }).await
    }
}

/// One more before the gate, while it lives.
struct Standing<'g>(&'g AtomicUsize);

impl<'g> Standing<'g> {
    fn new(arriving: &'g AtomicUsize) -> Self {
        arriving.fetch_add(1, Ordering::AcqRel);
        Self(arriving)
    }
}

impl Drop for Standing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yimatong_overload::Device;

    fn gate(permits: u32) -> Arc<Gate> {
        let settings = AdmissionSettings {
            first_permits: permits,
            fewest_permits: permits,
            most_permits: permits,
            ..AdmissionSettings::default()
        };
        Arc::new(Gate::new(settings, 1, monotonic()))
    }

    fn ask(gate: &Gate, class: Class, within: Duration) -> Offer {
        Offer { class, device: Device(1), deadline: gate.now() + within, place: 0, attempt: 1 }
    }

    const LONG: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn who_waits_is_let_in_when_a_permit_comes_back() {
        let gate = gate(1);
        let first = gate.enter(ask(&gate, Class::B1, LONG)).await.unwrap();
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.enter(ask(&gate, Class::B1, LONG)).await.map(|held| held.finish(Outcome::Done)) }
        });
        while gate.queued(Class::B1) == 0 {
            tokio::task::yield_now().await;
        }
        first.finish(Outcome::Done);
        waiting.await.unwrap().unwrap();
        assert_eq!(gate.state().counters[1].goodput, 2);
        assert_eq!(gate.state().in_flight, 0);
    }

    #[tokio::test]
    async fn who_leaves_frees_the_place_and_the_permit() {
        let gate = gate(1);
        let held = gate.enter(ask(&gate, Class::B1, LONG)).await.unwrap();
        {
            let mut leaving = Box::pin(gate.enter(ask(&gate, Class::B1, LONG)));
            assert!(futures_util::poll!(&mut leaving).is_pending());
            assert_eq!(gate.queued(Class::B1), 1);
        }
        assert_eq!(gate.queued(Class::B1), 0);
        drop(held);
        let state = gate.state();
        assert_eq!((state.in_flight, state.counters[1].cancelled), (0, 2));
    }

    #[tokio::test]
    async fn who_is_let_in_while_leaving_gives_the_permit_back() {
        let gate = gate(1);
        let held = gate.enter(ask(&gate, Class::B1, LONG)).await.unwrap();
        let mut leaving = Box::pin(gate.enter(ask(&gate, Class::B1, LONG)));
        assert!(futures_util::poll!(&mut leaving).is_pending());
        held.finish(Outcome::Done);
        assert_eq!(gate.state().in_flight, 1, "granted, and not yet looked at");
        drop(leaving);
        assert_eq!(gate.state().in_flight, 0);
    }

    #[tokio::test]
    async fn nobody_waits_past_the_deadline() {
        let gate = gate(1);
        let _held = gate.enter(ask(&gate, Class::B1, LONG)).await.unwrap();
        let late = gate.enter(ask(&gate, Class::B1, Duration::from_millis(5))).await;
        assert_eq!(late.unwrap_err(), Refusal::TooLate);
        assert_eq!(gate.queued(Class::B1), 0);
    }

    #[tokio::test]
    async fn a_suspended_flow_comes_back_as_one_that_was_admitted() {
        let gate = gate(1);
        let held = gate.enter(ask(&gate, Class::B3, LONG)).await.unwrap();
        let outside = held.suspend();
        assert_eq!(gate.state().in_flight, 0);
        let held = outside.resume().await.unwrap();
        assert_eq!(gate.state().counters[1].admitted, 1);
        held.finish(Outcome::Done);
    }
}
