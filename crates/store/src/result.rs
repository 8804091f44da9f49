//! Arguments and results of the verbs about test results.

use jiff::{SignedDuration, Timestamp};
use yimatong_model::document::Document;
use yimatong_model::ids::SamplingPointId;
use yimatong_model::sampling::Barcode;
use yimatong_model::test_result::TestResult;

use crate::codec::ms;
use crate::result_correction::ResultCorrection;
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
    /// The sample it is about, where the table in the street told of it.
    pub taken: Option<SampleTaken>,
    /// That the lab corrected it: it took the place of a result that said something else.
    pub corrected: Option<ResultCorrection>,
}

/// Where a sample was taken, and into which tube.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleTaken {
    /// The tube.
    pub barcode: Barcode,
    /// The sampling point.
    pub point: SamplingPointId,
}

/// The time in which samples of some results lie, in milliseconds: a sample whose device's clock was ahead of the lab's is on
/// file with a later time than its result.
pub(crate) fn span_ms(results: &[StoredResult]) -> Option<(i64, i64)> {
    let times = || results.iter().map(|stored| ms(stored.result.sampled));
    Some((times().min()?, times().max()? + SKEW.as_millis() as i64))
}

/// Finds the sample of each result among those of the same person in that time.
pub(crate) fn find_taken(results: &mut [StoredResult], samples: &[(i64, SampleTaken)]) {
    for stored in results {
        let sampled_ms = ms(stored.result.sampled);
        let after =
            |at: i64| (0..=SKEW.as_millis() as i64).contains(&(at - sampled_ms)).then_some(at - sampled_ms);
        let nearest = samples.iter().filter_map(|(at, taken)| Some((after(*at)?, taken)));
        stored.taken = nearest.min_by_key(|(later, _)| *later).map(|(_, taken)| taken.clone());
    }
}
