//! The colour of a person: a pure function of reasons, rules and now.

use jiff::Timestamp;

use super::RulePack;
use crate::colour::Colour;
use crate::reason::{Reason, ReasonCode};

/// What the rules say about a person at one instant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decision {
    /// The most severe colour of the active reasons; green without any.
    pub colour: Colour,
    /// The active reasons, by number, each once.
    pub active: Vec<ReasonCode>,
    /// The next instant after now at which `colour` or `active` will differ, if nothing else is learned until then.
    pub changes_at: Option<Timestamp>,
}

/// Reason codes as bits, so that the hot path compares sets without allocating.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ActiveSet(u16);

/// What a decision says of one instant.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    active: ActiveSet,
    colour: Colour,
}

impl ActiveSet {
    fn contains(self, code: ReasonCode) -> bool {
        self.0 & (1 << code.as_u8()) != 0
    }

    fn codes(self) -> impl Iterator<Item = ReasonCode> {
        ReasonCode::ALL.into_iter().filter(move |code| self.contains(*code))
    }
}

impl RulePack {
    /// Decides the colour of a person with these reasons at `now`.
    ///
    /// A reason counts from `since` (included) to the first of its release, its `until` and its expiry (excluded).
    /// Order and repetition do not matter. Does not allocate for a person without active reasons.
    #[must_use]
    pub fn decide(&self, reasons: &[Reason], now: Timestamp) -> Decision {
        if reasons.is_empty() {
            return Decision::default();
        }
        let state = self.state_at(reasons, now);
        let changes_at = self.next_change(reasons, now, state);
        if state.active == ActiveSet(0) {
            return Decision { changes_at, ..Decision::default() };
        }
        Decision { colour: state.colour, active: state.active.codes().collect(), changes_at }
    }

    fn state_at(&self, reasons: &[Reason], at: Timestamp) -> State {
        let none = State { active: ActiveSet(0), colour: Colour::Green };
        reasons.iter().filter(|reason| self.is_active(reason, at)).fold(none, |state, reason| State {
            active: ActiveSet(state.active.0 | 1 << reason.code.as_u8()),
            colour: state.colour.max(self.colour_of(reason, at)),
        })
    }

    fn is_active(&self, reason: &Reason, at: Timestamp) -> bool {
        reason.since <= at && self.ends_at(reason).is_none_or(|end| at < end)
    }

    /// Walks the edges of the reasons after `now` until one changes the set or the colour. An edge may change nothing: another
    /// reason of the same kind may go on, or the reason may end before it begins.
    fn next_change(&self, reasons: &[Reason], now: Timestamp, state: State) -> Option<Timestamp> {
        let mut at = now;
        loop {
            at = reasons
                .iter()
                .flat_map(|reason| [Some(reason.since), self.milder_from(reason), self.ends_at(reason)])
                .flatten()
                .filter(|edge| *edge > at)
                .min()?;
            if self.state_at(reasons, at) != state {
                return Some(at);
            }
        }
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
