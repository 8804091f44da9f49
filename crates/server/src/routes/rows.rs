//! Batches: one outcome per row, in the order of the rows, so that nothing is lost without a word.

use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::{RowOutcome, RowProblem};

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
#[serde(rename_all = "camelCase")]
pub(crate) struct RowText {
    /// The id the row came with.
    id: String,
    /// `recorded`, `duplicate` or `rejected`.
    status: &'static str,
    /// Why it was rejected: a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
    /// The field to mend, where one is to blame, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The same in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail_zh: Option<String>,
}

/// Stands until the store has answered.
const WAITING: &str = "waiting";

impl RowText {
    /// A row that goes on to the store.
    pub(crate) fn waiting(id: String) -> Self {
        Self { id, status: WAITING, problem: None, detail: None, detail_zh: None }
    }

    /// A row that is refused for a reason with a stable word.
    pub(crate) fn rejected(id: String, problem: &'static str) -> Self {
        Self { status: "rejected", problem: Some(problem), ..Self::waiting(id) }
    }

    /// A row that is refused for a field.
    pub(crate) fn refused(id: String, problem: &Problem) -> Self {
        let (detail, detail_zh) = (Some(problem.summary()), Some(problem.summary_zh()));
        Self { detail, detail_zh, ..Self::rejected(id, problem.code().row().1) }
    }

    /// Was it sent on, and is it not known yet what became of it?
    pub(crate) fn is_waiting(&self) -> bool {
        self.status == WAITING
    }

    /// The row is stored now.
    pub(crate) fn record(&mut self) {
        self.status = "recorded";
    }

    /// The row was stored before.
    pub(crate) fn repeat(&mut self) {
        self.status = "duplicate";
    }

    /// The store refused the row.
    pub(crate) fn reject(&mut self, why: RowProblem) {
        (self.status, self.problem) = ("rejected", Some(why.code()));
        (self.detail, self.detail_zh) = (Some(why.to_string()), Some(why.message_zh().to_owned()));
    }

    /// The store said nothing of the row.
    pub(crate) fn lose(&mut self) {
        (self.status, self.problem) = ("rejected", Some("internal"));
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
    for row in rows.iter_mut().filter(|row| row.is_waiting()) {
        match outcomes.next() {
            Some(RowOutcome::Recorded) => row.record(),
            Some(RowOutcome::Duplicate) => row.repeat(),
            Some(RowOutcome::Rejected(problem)) => row.reject(*problem),
            None => row.lose(),
        }
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
            RowText::waiting("d".into()),
        ];
        let unknown = RowOutcome::Rejected(RowProblem::UnknownTube);
        let merged = merge(rows, &[RowOutcome::Recorded, RowOutcome::Duplicate, unknown]);
        let statuses: Vec<_> = merged.items.iter().map(|row| row.status).collect();
        assert_eq!(statuses, ["rejected", "recorded", "duplicate", "rejected"]);
        let last = &merged.items[3];
        assert_eq!(last.problem, Some("unknown-tube"));
        assert!(last.detail.is_some() && last.detail_zh.is_some());
    }

    #[test]
    fn an_empty_and_an_oversize_batch_are_refused() {
        assert!(fit("rows", 0).is_err() && fit("rows", 1_001).is_err() && fit("rows", 1_000).is_ok());
    }
}
