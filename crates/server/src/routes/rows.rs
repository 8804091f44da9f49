//! Batches: one outcome per row, in the order of the rows, so that nothing is lost without a word.

use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::RowOutcome;

use crate::problem::Problem;

/// Most rows of one call.
const MOST_ROWS: usize = 1_000;

/// Outcomes of a batch.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rows {
    items: Vec<RowText>,
}

/// Outcome of one row.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RowText {
    /// The id the row came with.
    id: String,
    /// `recorded`, `duplicate` or `rejected`.
    status: &'static str,
    /// Why it was rejected: a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
    /// The field to mend and what to do, where one field is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Stands until the store has answered.
const WAITING: &str = "waiting";

impl RowText {
    /// A row that goes on to the store.
    pub(crate) fn waiting(id: String) -> Self {
        Self { id, status: WAITING, problem: None, detail: None }
    }

    /// A row that is refused for a reason with a stable word.
    pub(crate) fn rejected(id: String, problem: &'static str) -> Self {
        Self { id, status: "rejected", problem: Some(problem), detail: None }
    }

    /// A row that is refused for a field.
    pub(crate) fn refused(id: String, problem: &Problem) -> Self {
        let detail = problem.summary();
        Self { id, status: "rejected", problem: Some(problem.code().row().1), detail: Some(detail) }
    }
}

/// Refuses a batch that is empty or too large.
pub(crate) fn fit(field: &'static str, rows: usize) -> Result<(), Problem> {
    if (1..=MOST_ROWS).contains(&rows) {
        return Ok(());
    }
    Err(Problem::field(
        field,
        format!("must have 1 to {MOST_ROWS} rows, but has {rows}"),
        format!("一次提交 1 到 {MOST_ROWS} 行，当前 {rows} 行"),
    ))
}

/// Fills the store's outcomes into the rows that went to it, in order.
pub(crate) fn merge(mut rows: Vec<RowText>, outcomes: &[RowOutcome]) -> Rows {
    let mut outcomes = outcomes.iter();
    for row in rows.iter_mut().filter(|row| row.status == WAITING) {
        (row.status, row.problem) = match outcomes.next() {
            Some(RowOutcome::Recorded) => ("recorded", None),
            Some(RowOutcome::Duplicate) => ("duplicate", None),
            Some(RowOutcome::Rejected(problem)) => ("rejected", Some(problem.code())),
            None => ("rejected", Some("internal")),
        };
    }
    Rows { items: rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_go_to_the_rows_that_were_sent_on() {
        let rows = vec![
            RowText::rejected("a".into(), "invalid-id"),
            RowText::waiting("b".into()),
            RowText::waiting("c".into()),
        ];
        let merged = merge(rows, &[RowOutcome::Recorded, RowOutcome::Duplicate]);
        let statuses: Vec<_> = merged.items.iter().map(|row| row.status).collect();
        assert_eq!(statuses, ["rejected", "recorded", "duplicate"]);
    }

    #[test]
    fn an_empty_and_an_oversize_batch_are_refused() {
        assert!(fit("rows", 0).is_err() && fit("rows", 1_001).is_err() && fit("rows", 1_000).is_ok());
    }
}
