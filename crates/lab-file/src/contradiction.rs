//! Rows of a file that say different things of one tube: none of them is believed, since nobody knows which is true.

use std::collections::BTreeMap;

use crate::column::Column;
use crate::file::Line;
use crate::row::{LabRow, Mistake};

/// What two rows say of the same tube's same version.
fn about(row: &LabRow) -> (&str, Option<u16>) {
    (row.tube.as_str(), row.amends)
}

/// Makes mistakes of them, at the outcome's place (from 0).
pub(crate) fn refuse(lines: &mut [Line], outcome_place: usize) {
    let mut told = BTreeMap::new();
    for row in lines.iter().filter_map(|line| line.row.as_ref().ok()) {
        let first = *told.entry(about(row)).or_insert((row.outcome, false));
        told.insert(about(row), (first.0, first.1 || first.0 != row.outcome));
    }
    let is_doubtful = |row: &LabRow| told.get(&about(row)).is_some_and(|(_, differs)| *differs);
    let doubtful: Vec<bool> = lines.iter().map(|line| line.row.as_ref().is_ok_and(is_doubtful)).collect();
    for (line, _) in lines.iter_mut().zip(doubtful).filter(|(_, is_doubtful)| *is_doubtful) {
        line.row = Err(vec![Mistake {
            line: line.number,
            place: outcome_place + 1,
            column: Column::Outcome,
            en: "the file gives this tube different results: leave the right one",
            zh: "同一试管在本文件中有不同的结果，请只保留正确的一行",
        }]);
    }
}
