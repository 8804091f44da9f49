//! What closing a campaign does: counted before it is asked for, and whom it gives the reason.

use jiff::Timestamp;
use yimatong_model::campaign::{Closing, Spared, Standing};
use yimatong_model::ids::PersonId;

use super::super::Registry;
use super::RoundView;
use super::walk::Seen;

/// What closing would do now, in people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClosingTally {
    /// Everybody of this part.
    pub people: u32,
    /// Those who are given the reason.
    pub given: u32,
    /// Left although they did not take part, since they live in a sealed zone.
    pub spared_sealed_zone: u32,
    /// Left although they did not take part, since they are in isolation.
    pub spared_isolation: u32,
    /// Left until somebody has looked at what they declared.
    pub waiting: u32,
    /// Those who need not take part.
    pub exempt: u32,
    /// Those of whom a sample was taken.
    pub sampled: u32,
    /// Those whom the campaign does not reach, people without a community among them.
    pub not_included: u32,
}

impl ClosingTally {
    const fn count(&mut self, closing: Closing) {
        let place = match closing {
            Closing::Give | Closing::Leave(Standing::Open) => &mut self.given,
            Closing::Wait | Closing::Leave(Standing::Waiting) => &mut self.waiting,
            Closing::Spare(Spared::SealedZone) => &mut self.spared_sealed_zone,
            Closing::Spare(Spared::Isolation) => &mut self.spared_isolation,
            Closing::Leave(Standing::Sampled) => &mut self.sampled,
            Closing::Leave(Standing::NotIncluded) => &mut self.not_included,
            Closing::Leave(_) => &mut self.exempt,
        };
        *place += 1;
        self.people += 1;
    }
}

impl Registry {
    /// Counts what closing would do to everybody, as of `now`.
    #[must_use]
    pub fn closing(&self, view: &RoundView, now: Timestamp) -> ClosingTally {
        let mut tally = ClosingTally::default();
        self.walk_round(view, now, |_| true, |seen| tally.count(seen.closing));
        tally
    }

    /// Everybody whom closing gives the reason, by id: neighbours in the store's tables, which costs it a fraction of people in
    /// any order. Who has it from this campaign already is told again: only the store knows. Who comes while this goes on may be told or not.
    #[must_use]
    pub fn to_give(&self, view: &RoundView, now: Timestamp) -> Vec<PersonId> {
        let mut people = Vec::new();
        let tell = |seen: Seen<'_>| {
            if seen.closing == Closing::Give {
                people.push(seen.person());
            }
        };
        self.walk_round(view, now, |home| home.is_some(), tell);
        people.sort_unstable();
        people
    }
}
