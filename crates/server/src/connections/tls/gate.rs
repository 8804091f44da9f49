//! The gate of handshakes: how many compute at once, and how many full ones there are in a second.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::monotonic;

/// Who comes through has a turn to compute. Turns are given in the order of arrival.
#[derive(Debug)]
pub(super) struct Gate {
    turns: Semaphore,
    budget: Mutex<Budget>,
}

impl Gate {
    pub(super) fn new(at_once: usize, full_per_s: u32) -> Self {
        Self { turns: Semaphore::new(at_once), budget: Mutex::new(Budget::new(full_per_s, monotonic())) }
    }

    /// Waits for a turn, and until the budget has a full handshake left.
    pub(super) async fn enter(&self) -> SemaphorePermit<'_> {
        let turn = self.turns.acquire().await.expect("the gate is never closed");
        // With its turn it goes to the end of the runtime's queue: between two rounds of turns requests are served.
        tokio::task::yield_now().await;
        loop {
            let taken = self.budget().take(monotonic());
            let Err(wait) = taken else { return turn };
            tokio::time::sleep(wait).await;
        }
    }

    /// The handshake was a resumed one, which costs the budget nothing.
    pub(super) fn give_back(&self) {
        self.budget().give_back();
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Full handshakes that may be made now: at most a second's worth is saved up.
#[derive(Debug)]
struct Budget {
    per_s: f64,
    left: f64,
    at: Instant,
}

impl Budget {
    fn new(per_s: u32, now: Instant) -> Self {
        Self { per_s: per_s.into(), left: per_s.into(), at: now }
    }

    /// Takes one, or says how long until there is one.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let since_s = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + since_s * self.per_s).min(self.per_s);
        self.at = now;
        if self.left < 1.0 {
            // A millisecond more than computed, because that is the finest the timer can wait.
            return Err(Duration::from_secs_f64((1.0 - self.left) / self.per_s) + Duration::from_millis(1));
        }
        self.left -= 1.0;
        Ok(())
    }

    fn give_back(&mut self) {
        self.left = (self.left + 1.0).min(self.per_s);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_full_handshakes_is_allowed_at_once_and_then_the_rate() {
        let start = monotonic();
        let mut budget = Budget::new(10, start);
        let after = |ms| start + Duration::from_millis(ms);
        assert_eq!((0..20).filter(|_| budget.take(start).is_ok()).count(), 10);
        let wait = budget.take(start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(101));
        assert!(budget.take(after(101)).is_ok());
        assert!(budget.take(after(102)).is_err());
        assert_eq!((0..200).filter(|tenth| budget.take(after(200 + tenth * 10)).is_ok()).count(), 20);
    }

    #[test]
    fn resumed_handshakes_are_not_charged() {
        let start = monotonic();
        let mut budget = Budget::new(2, start);
        for _ in 0..100 {
            budget.take(start).unwrap();
            budget.give_back();
        }
        assert!(budget.take(start).is_ok() && budget.take(start).is_ok());
        assert!(budget.take(start).is_err());
    }

    #[tokio::test]
    async fn only_so_many_compute_at_once() {
        let gate = Gate::new(2, 1_000);
        let (first, second) = (gate.enter().await, gate.enter().await);
        let mut third = Box::pin(gate.enter());
        let now =
            std::future::poll_fn(|cx| std::task::Poll::Ready(third.as_mut().poll(cx).is_pending())).await;
        assert!(now, "there are two turns");
        drop(first);
        drop(third.await);
        drop(second);
    }
}
