//! Results of tubes. What they do is decided in `tube_result_plan`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::rule::RulePack;
use yimatong_model::sampling::Barcode;

use super::tx::{Tx, View};
use super::{audit, change, sample_problem, tube, tube_result_person};
use crate::codec::ms;
use crate::error::Result;
use crate::sample_problem::POSTED_AGAIN;
use crate::tube_result::{
    MOST_CHECKED, MOST_TUBE_RESULTS, NewTubeResult, PostedTubeResults, TubeOutcome, TubeResultColumns,
    TubeResultRow, check_all,
};
use crate::tube_result_plan::TubeResultPlan;

/// The verb `post_tube_results`.
pub(super) fn post(
    tx: &Tx<'_>,
    results: &[NewTubeResult],
    rules: &RulePack,
    now: Timestamp,
) -> Result<PostedTubeResults> {
    check_all(results, MOST_TUBE_RESULTS)?;
    let mut plan = TubeResultPlan::new(now);
    let rows = enter(tx, &mut plan, results)?;
    for row in plan.changed_tubes() {
        tube::save(tx, row)?;
    }
    for (barcode, row) in &plan.results {
        insert(tx, barcode, row)?;
    }
    let mut audited = plan.audit.clone();
    for (person, works) in &plan.works {
        audited.extend(tube_result_person::apply(tx, *person, works, rules, now)?);
    }
    sample_problem::add(tx, &plan.problems)?;
    for (barcode, kind) in &plan.cured {
        sample_problem::resolve_by_itself(tx, barcode, *kind, POSTED_AGAIN, now)?;
    }
    for entry in &audited {
        audit::append(tx, entry)?;
    }
    let changed: BTreeSet<_> = plan.works.keys().copied().collect();
    Ok(PostedTubeResults { rows, states: change::note(tx, &changed, now)? })
}

/// The verb `check_tube_results`.
pub(super) fn check(view: &View<'_>, results: &[NewTubeResult], now: Timestamp) -> Result<Vec<TubeOutcome>> {
    check_all(results, MOST_CHECKED)?;
    enter(view, &mut TubeResultPlan::new(now), results)
}

/// Enters rows into a plan, with the tubes they are about.
fn enter(view: &View<'_>, plan: &mut TubeResultPlan, results: &[NewTubeResult]) -> Result<Vec<TubeOutcome>> {
    let mut rows = Vec::with_capacity(results.len());
    for new in results {
        if !plan.has_tube(&new.barcode) {
            let samples = tube::samples(view, &new.barcode)?;
            plan.tube(tube::find_or_new(view, &new.barcode)?, samples, of_tube(view, &new.barcode)?);
        }
        rows.push(plan.enter(new)?);
    }
    Ok(rows)
}

fn insert(tx: &Tx<'_>, barcode: &Barcode, row: &TubeResultRow) -> Result<()> {
    tx.sql
        .prepare_cached(
            "INSERT INTO tube_result (barcode, version, result_id, outcome, method, received_ms, reported_ms,
                                      institution, posted_ms, staff_id, remark)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            barcode.as_str(),
            row.version,
            row.id,
            row.outcome.as_u8(),
            row.method.as_u8(),
            ms(row.received),
            ms(row.reported),
            row.institution,
            ms(row.posted),
            row.staff.0,
            row.remark
        ])?;
    Ok(())
}

/// Results of a tube, oldest version first.
pub(super) fn of_tube(view: &View<'_>, barcode: &Barcode) -> Result<Vec<TubeResultRow>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT version, result_id, outcome, method, received_ms, reported_ms, institution, posted_ms, staff_id, remark
         FROM tube_result WHERE barcode = ?1 ORDER BY version",
    )?;
    let mut rows = statement.query([barcode.as_str()])?;
    let mut results = Vec::new();
    while let Some(row) = rows.next()? {
        let columns = TubeResultColumns {
            version: row.get(0)?,
            id: row.get(1)?,
            outcome: row.get(2)?,
            method: row.get(3)?,
            received_ms: row.get(4)?,
            reported_ms: row.get(5)?,
            institution: row.get(6)?,
            posted_ms: row.get(7)?,
            staff: row.get(8)?,
            remark: row.get(9)?,
        };
        results.push(columns.row()?);
    }
    Ok(results)
}
