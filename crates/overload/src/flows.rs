//! Flows that were let in and are not finished: how many, and how many requests a flow needs.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::Now;
use crate::pass::LONGEST_IDLE_MS;

/// Most flows that are followed; more than that are let in and finish, uncounted.
const MOST: usize = 200_000;
/// A pass that is not used for this long has ended.
const IDLE: Duration = Duration::from_millis(LONGEST_IDLE_MS);

#[derive(Debug, Clone, Copy)]
struct Flow {
    steps: u32,
    used: Now,
}

/// Flows by the id of their pass, and passes that were given back.
#[derive(Debug)]
pub struct Flows {
    under_way: HashMap<u64, Flow>,
    given_back: HashMap<u64, Now>,
    order: VecDeque<(Now, u64)>,
    steps: f64,
}

impl Default for Flows {
    fn default() -> Self {
        Self { under_way: HashMap::new(), given_back: HashMap::new(), order: VecDeque::new(), steps: 1.0 }
    }
}

impl Flows {
    /// One step of a flow was done; the first one begins it.
    pub fn step(&mut self, pass: u64, now: Now) {
        if self.under_way.len() >= MOST && !self.under_way.contains_key(&pass) {
            return;
        }
        let flow = self.under_way.entry(pass).or_insert(Flow { steps: 0, used: now });
        *flow = Flow { steps: flow.steps + 1, used: now };
    }

    /// The flow is finished: its pass is given back and good for nothing any more.
    pub fn end(&mut self, pass: u64, now: Now) {
        if let Some(flow) = self.under_way.remove(&pass) {
            self.steps += 0.02 * (f64::from(flow.steps.max(1)) - self.steps);
        }
        if self.given_back.len() < MOST && self.given_back.insert(pass, now).is_none() {
            self.order.push_back((now, pass));
        }
    }

    /// Was this pass given back?
    #[must_use]
    pub fn is_given_back(&self, pass: u64) -> bool {
        self.given_back.contains_key(&pass)
    }

    /// Flows under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Requests a flow needs, from those that were finished; at least 1.
    #[must_use]
    pub fn steps(&self) -> f64 {
        self.steps.max(1.0)
    }

    /// Forgets flows that were left, and passes that have expired by themselves.
    pub(crate) fn prune(&mut self, now: Now) {
        while let Some((at, pass)) =
            self.order.front().copied().filter(|(at, _)| now.saturating_sub(*at) > IDLE)
        {
            self.order.pop_front();
            if self.given_back.get(&pass) == Some(&at) {
                self.given_back.remove(&pass);
            }
        }
        if self.under_way.len() > MOST / 2 || now.as_secs().is_multiple_of(30) {
            self.under_way.retain(|_, flow| now.saturating_sub(flow.used) <= IDLE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_are_counted_until_they_end_or_are_left() {
        let mut flows = Flows::default();
        for pass in 0..100 {
            flows.step(pass, Now::ZERO);
            flows.step(pass, Now::from_secs(1));
        }
        (0..90).for_each(|pass| flows.end(pass, Now::from_secs(2)));
        assert_eq!(flows.under_way(), 10);
        assert!(flows.steps() > 1.5 && flows.is_given_back(5) && !flows.is_given_back(95));
        flows.prune(Now::from_secs(210));
        assert_eq!(flows.under_way(), 0);
        assert!(!flows.is_given_back(5), "the pass itself has expired by then");
    }
}
