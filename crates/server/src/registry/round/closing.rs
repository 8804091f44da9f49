//! What closing a campaign does: counted before it is asked for, and whom it gives the reason, batch by batch.

use std::ops::ControlFlow;

use jiff::Timestamp;
use yimatong_model::campaign::{Closing, Spared, Standing};
use yimatong_model::ids::PersonId;

use super::super::Registry;
use super::RoundView;
use super::walk::Place;

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

/// Where giving goes on; the default is the begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GivingCursor(Place);

impl Registry {
    /// Counts what closing would do to everybody, as of `now`.
    #[must_use]
    pub fn closing(&self, view: &RoundView, now: Timestamp) -> ClosingTally {
        let mut tally = ClosingTally::default();
        let ControlFlow::Continue(()) = self.walk_round::<std::convert::Infallible>(
            view,
            Place::default(),
            now,
            |_| true,
            |seen| {
                tally.count(seen.closing);
                ControlFlow::Continue(())
            },
        );
        tally
    }

    /// At most `limit` people whom closing gives the reason, and where to go on; none behind the last. Who has it from this campaign
    /// already is told again: only the store knows. Who comes while this goes on may be told or not.
    #[must_use]
    pub fn to_give(
        &self,
        view: &RoundView,
        from: GivingCursor,
        limit: usize,
        now: Timestamp,
    ) -> (Vec<PersonId>, Option<GivingCursor>) {
        let mut people = Vec::new();
        let walked = self.walk_round(
            view,
            from.0,
            now,
            |home| home.is_some(),
            |seen| {
                if people.len() >= limit {
                    return ControlFlow::Break(GivingCursor(seen.at));
                }
                if seen.closing == Closing::Give {
                    people.push(seen.person());
                }
                ControlFlow::Continue(())
            },
        );
        (people, walked.break_value())
    }
}
