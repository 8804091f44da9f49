//! That a lab corrected a result: kept with the person's own result, from when the new one takes the place of the former.

use jiff::Timestamp;
use yimatong_model::test_result::Outcome;

use crate::codec::{instant, ms, narrow};
use crate::error::{Result, corrupt};
use crate::result::StoredResult;

/// A correction by the lab of a result that a person had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultCorrection {
    /// When it was posted.
    pub at: Timestamp,
    /// What the person's result said before; now it says something else.
    pub former: Outcome,
}

impl ResultCorrection {
    /// What a result tells that takes the place of another now. A lab also amends to reach people whose samples were told late, or
    /// to mend a time: what says the same tells what the former told. `removed` is none for who had no result of the tube.
    pub(crate) fn of_replacement(
        removed: Option<&StoredResult>,
        outcome: Outcome,
        now: Timestamp,
    ) -> Option<Self> {
        let removed = removed?;
        let former = removed.result.outcome;
        if former == outcome { removed.corrected } else { Some(Self { at: now, former }) }
    }

    /// The correction of the columns `former_outcome` and `corrected_ms`.
    pub(crate) fn from_columns(former: Option<i64>, at_ms: Option<i64>) -> Result<Option<Self>> {
        let (former, at_ms) = match (former, at_ms) {
            (None, None) => return Ok(None),
            (Some(former), Some(at_ms)) => (former, at_ms),
            _ => return Err(corrupt("a correction")),
        };
        let former = Outcome::from_u8(narrow(former, "an outcome")?).ok_or_else(|| corrupt("an outcome"))?;
        Ok(Some(Self { at: instant(at_ms)?, former }))
    }

    /// Its columns.
    pub(crate) fn columns(correction: Option<Self>) -> (Option<i64>, Option<i64>) {
        correction.map(|correction| (i64::from(correction.former.as_u8()), ms(correction.at))).unzip()
    }
}

#[cfg(test)]
mod tests {
    use yimatong_model::test_result::{Method, TestResult, Tube};

    use super::*;

    const FIRST_MS: i64 = 1_000;
    const NOW_MS: i64 = 2_000;

    fn at(ms: i64) -> Timestamp {
        instant(ms).unwrap()
    }

    fn stored(outcome: Outcome, corrected: Option<ResultCorrection>) -> StoredResult {
        let result = TestResult {
            sampled: at(0),
            received: at(0),
            reported: at(0),
            outcome,
            tube: Tube::Pooled,
            method: Method::Naat,
            institution: 1,
        };
        StoredResult { id: [1; 16], result, taken: None, corrected }
    }

    fn replaced(removed: &StoredResult, outcome: Outcome) -> Option<ResultCorrection> {
        ResultCorrection::of_replacement(Some(removed), outcome, at(NOW_MS))
    }

    #[test]
    fn another_outcome_tells_what_the_removed_result_said() {
        let former = Some(ResultCorrection { at: at(FIRST_MS), former: Outcome::Invalid });
        let told = Some(ResultCorrection { at: at(NOW_MS), former: Outcome::Negative });
        assert_eq!(replaced(&stored(Outcome::Negative, None), Outcome::Positive), told);
        assert_eq!(replaced(&stored(Outcome::Negative, former), Outcome::Positive), told);
        assert_eq!(
            replaced(&stored(Outcome::Negative, former), Outcome::Invalid),
            told,
            "the first one again"
        );
    }

    #[test]
    fn the_same_outcome_tells_what_the_removed_result_told() {
        let former = Some(ResultCorrection { at: at(FIRST_MS), former: Outcome::Negative });
        assert_eq!(replaced(&stored(Outcome::Positive, former), Outcome::Positive), former);
        assert_eq!(replaced(&stored(Outcome::Positive, None), Outcome::Positive), None);
    }

    #[test]
    fn who_had_no_result_is_told_of_none() {
        assert_eq!(ResultCorrection::of_replacement(None, Outcome::Positive, at(NOW_MS)), None);
    }

    #[test]
    fn the_columns_come_back_and_half_of_them_is_an_error() {
        for correction in [None, Some(ResultCorrection { at: at(NOW_MS), former: Outcome::Invalid })] {
            let (former, at_ms) = ResultCorrection::columns(correction);
            assert_eq!(ResultCorrection::from_columns(former, at_ms).unwrap(), correction);
        }
        for (former, at_ms) in
            [(Some(0), None), (None, Some(0)), (Some(99), Some(0)), (Some(0), Some(i64::MAX))]
        {
            assert!(ResultCorrection::from_columns(former, at_ms).is_err());
        }
    }
}
