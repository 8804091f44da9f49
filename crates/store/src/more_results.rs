//! What more results mean for the reasons of one person, decided from what was read: the same as judging each result as it
//! comes, without asking the store in between.

use jiff::Timestamp;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::TestResult;

use crate::codec::{instant, ms};
use crate::error::Result;
use crate::result::{StoredResult, TESTS_CONSIDERED};

/// One person's results and reasons, as they change.
pub(crate) struct MoreResults {
    /// Newest first.
    tests: Vec<StoredResult>,
    /// Those in force when they were read.
    known: Vec<Judged>,
    /// Those that results of here gave. One that is on file and was over before stays as it is there.
    given: Vec<Reason>,
}

struct Judged {
    reason: Reason,
    is_changed: bool,
}

impl MoreResults {
    /// The person's results, newest first, and the reasons in force.
    pub(crate) fn new(tests: Vec<StoredResult>, in_force: Vec<Reason>) -> Self {
        let known = in_force.into_iter().map(|reason| Judged { reason, is_changed: false }).collect();
        Self { tests, known, given: Vec::new() }
    }

    /// A result more.
    pub(crate) fn add(
        &mut self,
        id: [u8; 16],
        result: TestResult,
        rules: &RulePack,
        now: Timestamp,
    ) -> Result<()> {
        let key = |sampled: Timestamp, id: [u8; 16]| (ms(sampled), id);
        let own = key(result.sampled, id);
        let place = self.tests.partition_point(|there| key(there.result.sampled, there.id) > own);
        self.tests.insert(place, StoredResult { id, result: kept(&result)?, taken: None, corrected: None });
        self.tests.truncate(TESTS_CONSIDERED);
        if let Some(code) = rules.reason_from_result(&result) {
            self.give(Reason::new(code, instant(ms(result.sampled))?));
        }
        let tests: Vec<TestResult> = self.tests.iter().map(|stored| stored.result).collect();
        let is_open = |reason: &Reason| reason.released.is_none_or(|released| released > now);
        for judged in self.known.iter_mut().filter(|judged| is_open(&judged.reason)) {
            let released = rules.released_at(&judged.reason, &tests);
            judged.is_changed |= released != judged.reason.released;
            judged.reason.released = released;
        }
        for reason in self.given.iter_mut().filter(|reason| is_open(reason)) {
            reason.released = rules.released_at(reason, &tests);
        }
        Ok(())
    }

    fn give(&mut self, reason: Reason) {
        let is_same = |there: &Reason| (there.code, there.since) == (reason.code, reason.since);
        let mut there = self.known.iter().map(|judged| &judged.reason).chain(&self.given);
        if !there.any(is_same) {
            self.given.push(reason);
        }
    }

    /// The newest results, newest first.
    pub(crate) fn newest(&self) -> Vec<TestResult> {
        self.tests.iter().map(|stored| stored.result).collect()
    }

    /// Reasons to add, unless they are on file.
    pub(crate) fn given(&self) -> &[Reason] {
        &self.given
    }

    /// Reasons whose end changed: code, since and the end.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (ReasonCode, Timestamp, Option<Timestamp>)> {
        let changed = self.known.iter().filter(|judged| judged.is_changed);
        changed.map(|judged| (judged.reason.code, judged.reason.since, judged.reason.released))
    }
}

/// A result with its times as they are kept.
fn kept(result: &TestResult) -> Result<TestResult> {
    let kept = |at: Timestamp| instant(ms(at));
    Ok(TestResult {
        sampled: kept(result.sampled)?,
        received: kept(result.received)?,
        reported: kept(result.reported)?,
        ..*result
    })
}
