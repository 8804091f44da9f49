//! Arguments and results of the verbs about test results.

use jiff::{SignedDuration, Timestamp};
use yimatong_model::document::Document;
use yimatong_model::test_result::TestResult;

use crate::row_outcome::{RowOutcome, RowProblem};
use crate::state::PersonState;

/// Most results one call takes.
pub(crate) const MOST_RESULTS: usize = 10_000;

/// How far ahead a reporting clock may be.
pub(crate) const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// Results that ways back are judged by; older ones can't matter.
pub(crate) const TESTS_CONSIDERED: usize = 200;

/// A result posted by a lab.
#[derive(Clone)]
pub struct NewResult {
    /// Id given by the lab; a repeat for the same person is a duplicate.
    pub id: [u8; 16],
    /// Whose result.
    pub document: Document,
    /// The result.
    pub result: TestResult,
}

impl NewResult {
    /// Refuses impossible times.
    pub(crate) fn check(&self, now: Timestamp) -> std::result::Result<(), RowProblem> {
        let result = &self.result;
        if result.sampled > result.received || result.received > result.reported {
            return Err(RowProblem::TimesOutOfOrder);
        }
        if result.reported.duration_since(now) > SKEW {
            return Err(RowProblem::InFuture);
        }
        Ok(())
    }
}

/// Outcome of a batch of results.
#[derive(Debug, Clone, PartialEq)]
pub struct PostedResults {
    /// One outcome per row, in the order of the batch.
    pub rows: Vec<RowOutcome>,
    /// Everyone whose state changed, by person.
    pub states: Vec<PersonState>,
}

/// A result on file. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredResult {
    /// Id given by the lab.
    pub id: [u8; 16],
    /// The result.
    pub result: TestResult,
}
