//! What became of the rows of a batch of tube results, in the order of the rows.

use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::TubeOutcome;

use crate::problem::{Code, Problem};

/// Outcomes of a batch.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TubeRows {
    pub(super) items: Vec<TubeRow>,
}

/// Outcome of one row.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TubeRow {
    /// The id the row came with.
    id: String,
    /// The tube, as it came.
    tube: String,
    #[serde(flatten)]
    said: Said,
}

/// What is said of a row.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Said {
    /// `recorded`, `duplicate` or `rejected`.
    pub(super) status: &'static str,
    /// Version of the tube's result, where it is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u16>,
    /// How many people got it, where it is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) people: Option<u32>,
    /// Why it was rejected: a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
    /// What is wrong and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    /// The same in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail_zh: Option<String>,
}

impl TubeRow {
    /// A row and what became of it.
    pub(super) fn new(id: String, tube: String, said: Said) -> Self {
        Self { id, tube, said }
    }
}

impl Said {
    /// A row that can't be read.
    pub(super) fn refused(problem: &Problem) -> Self {
        Self::rejected(problem.code().row().1, problem.summary(), problem.summary_zh())
    }

    /// A row with a mistake in it.
    pub(super) fn rejected(problem: &'static str, detail: String, detail_zh: String) -> Self {
        let problem = Some(problem);
        Self {
            status: "rejected",
            problem,
            detail: Some(detail),
            detail_zh: Some(detail_zh),
            ..Self::default()
        }
    }

    /// A row that the store has judged; none is left for a row when it answered too few.
    pub(super) fn judged(outcome: Option<&TubeOutcome>) -> Self {
        match outcome {
            Some(TubeOutcome::Recorded { version, people }) => {
                let (version, people) = (Some(*version), Some(*people));
                Self { status: "recorded", version, people, ..Self::default() }
            }
            Some(TubeOutcome::Duplicate) => Self { status: "duplicate", ..Self::default() },
            Some(TubeOutcome::Rejected(problem)) => {
                Self::rejected(problem.code(), problem.to_string(), problem.message_zh().to_owned())
            }
            None => Self::refused(&Problem::new(Code::Internal)),
        }
    }
}
