//! Reasons of a person after some of the tests they were judged by were corrected.

use std::collections::BTreeSet;

use jiff::Timestamp;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::TestResult;

/// A reason as it is found again: what it is and since when.
type Key = (ReasonCode, Timestamp);

/// What a correction means for reasons.
pub(crate) struct Correction<'a> {
    rules: &'a RulePack,
    before: &'a [TestResult],
    after: &'a [TestResult],
    /// Reasons that only a removed test gave.
    withdrawn: BTreeSet<Key>,
    /// Reasons that a new test gives, whatever became of them before.
    given: BTreeSet<Key>,
    now: Timestamp,
}

impl<'a> Correction<'a> {
    /// The newest tests of a person before and after some were removed and others added.
    pub(crate) fn new(
        rules: &'a RulePack,
        (before, removed): (&'a [TestResult], &[TestResult]),
        (after, added): (&'a [TestResult], &[TestResult]),
        now: Timestamp,
    ) -> Self {
        let keys = |tests: &[TestResult]| -> BTreeSet<Key> {
            tests.iter().filter_map(|test| Some((rules.reason_from_result(test)?, test.sampled))).collect()
        };
        let withdrawn = keys(removed).difference(&keys(after)).copied().collect();
        let given = keys(added).difference(&keys(before)).copied().collect();
        Self { rules, before, after, withdrawn, given, now }
    }

    /// Reasons that have to be there, new or again.
    pub(crate) fn given(&self) -> impl Iterator<Item = Reason> {
        self.given.iter().map(|(code, since)| Reason::new(*code, *since))
    }

    /// Whether a reason is withdrawn.
    pub(crate) fn withdraws(&self, reason: &Reason) -> bool {
        self.withdrawn.contains(&(reason.code, reason.since))
    }

    /// When a reason ends now. What a rule released by the tests of before is judged by those of after; what somebody
    /// released otherwise stays so.
    pub(crate) fn released(&self, reason: &Reason) -> Option<Timestamp> {
        if self.withdraws(reason) {
            return Some(reason.released.map_or(self.now, |released| released.min(self.now)));
        }
        let is_given = self.given.contains(&(reason.code, reason.since));
        let is_open = reason.released.is_none_or(|released| released > self.now);
        if is_given || is_open || reason.released == self.rules.released_at(reason, self.before) {
            return self.rules.released_at(reason, self.after);
        }
        reason.released
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use yimatong_model::test_result::{Method, Outcome, Tube};

    use super::*;

    fn hour(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn test(sampled_h: i64, outcome: Outcome, tube: Tube) -> TestResult {
        TestResult {
            sampled: hour(sampled_h),
            received: hour(sampled_h + 1),
            reported: hour(sampled_h + 2),
            outcome,
            tube,
            method: Method::Naat,
            institution: 1,
        }
    }

    #[test]
    fn a_reason_that_only_the_corrected_test_gave_ends_and_others_stay() {
        let rules = RulePack::default();
        let positive = test(0, Outcome::Positive, Tube::Pooled);
        let negative = test(0, Outcome::Negative, Tube::Pooled);
        let own = Reason::new(ReasonCode::PooledPositive, hour(0));
        let other = Reason::new(ReasonCode::CloseContact, hour(0));
        let (before, after) = ([positive], [negative]);
        let correction = Correction::new(&rules, (&before, &before), (&after, &after), hour(9));
        assert_eq!(correction.released(&own), Some(hour(9)));
        assert_eq!(correction.released(&other), None);
        let ended = Reason { released: Some(hour(5)), ..own };
        assert_eq!(correction.released(&ended), Some(hour(5)), "it had ended before");
        let (twice, left) = ([positive, positive], [positive, negative]);
        let correction = Correction::new(&rules, (&twice, &before), (&left, &after), hour(9));
        assert_eq!(correction.released(&own), None, "another test gives it too");
    }

    #[test]
    fn what_a_wrong_negative_released_is_in_force_again() {
        let rules = RulePack::default();
        let pooled = test(0, Outcome::Positive, Tube::Pooled);
        let (wrong, right) =
            (test(10, Outcome::Negative, Tube::Single), test(10, Outcome::Indeterminate, Tube::Single));
        let (before, after) = ([wrong, pooled], [right, pooled]);
        let released = rules.released_at(&Reason::new(ReasonCode::PooledPositive, hour(0)), &before);
        assert_eq!(released, Some(hour(12)), "the rule pack is as assumed");
        let reason = Reason { released, ..Reason::new(ReasonCode::PooledPositive, hour(0)) };
        let correction = Correction::new(&rules, (&before, &[wrong]), (&after, &[right]), hour(20));
        assert_eq!(correction.released(&reason), None);
        let by_hand = Reason { released: Some(hour(3)), ..reason };
        assert_eq!(correction.released(&by_hand), Some(hour(3)), "somebody else ended it");
    }

    #[test]
    fn a_reason_that_comes_again_is_judged_as_if_it_were_new() {
        let rules = RulePack::default();
        let (before, after) =
            ([test(0, Outcome::Negative, Tube::Pooled)], [test(0, Outcome::Positive, Tube::Pooled)]);
        let correction = Correction::new(&rules, (&before, &before), (&after, &after), hour(9));
        let again = Reason { released: Some(hour(4)), ..Reason::new(ReasonCode::PooledPositive, hour(0)) };
        assert_eq!(correction.given().collect::<Vec<_>>(), [Reason { released: None, ..again }]);
        assert_eq!(correction.released(&again), None);
    }
}
