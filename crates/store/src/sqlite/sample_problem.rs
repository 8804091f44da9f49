//! What is odd about samples and tubes.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::sampling::{Barcode, SampleFlag};

use super::tx::{Tx, View};
use super::{audit, sequence, tube};
use crate::access::AuditEntry;
use crate::codec::ms;
use crate::cursor;
use crate::error::{Conflict, Noun, Result, StoreError};
use crate::page::{Page, page_size};
use crate::sample_problem::{NewProblem, ProblemColumns, SampleProblemRow, problem_columns};
use crate::sequence::Sequence;

/// Writes problems, with numbers in their order.
pub(super) fn add(tx: &Tx<'_>, problems: &[NewProblem]) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let first = sequence::take(tx, Sequence::SampleProblem, problems.len())?;
    let mut insert = tx.sql.prepare_cached(
        "INSERT INTO sample_problem (problem_id, at_ms, kind, barcode, person_id, sample_id, point_id, staff_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (id, problem) in (first..).zip(problems) {
        insert.execute(params![
            id,
            ms(problem.at),
            problem.kind.as_u8(),
            problem.barcode.as_str(),
            problem.person.map(PersonId::as_i64),
            problem.sample,
            problem.point.map(|point| point.0),
            problem.staff.map(|staff| staff.0)
        ])?;
    }
    Ok(())
}

/// The verb `sample_problems`.
pub(super) fn list(
    view: &View<'_>,
    only_open: bool,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<SampleProblemRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(0, |[id]| id);
    let limit = page_size(limit);
    let only = if only_open { " AND resolved_ms IS NULL" } else { "" };
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {} FROM sample_problem WHERE problem_id > ?1{only} ORDER BY problem_id LIMIT ?2",
        problem_columns!()
    ))?;
    let mut rows = statement.query(params![after, limit as i64 + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(columns(row)?.row()?);
    }
    Ok(Page::cut(items, limit, |row| row.id.to_string()))
}

/// The verb `resolve_sample_problem`.
pub(super) fn resolve(
    tx: &Tx<'_>,
    problem: u64,
    by: StaffId,
    remark: &str,
    now: Timestamp,
) -> Result<SampleProblemRow> {
    let entry = AuditEntry::with_remark("resolve-sample-problem", by, remark, now)?;
    let row = find(tx, problem)?;
    if row.resolved.is_some() {
        return if row.was_resolved(by, remark) { Ok(row) } else { Err(Conflict::AlreadyResolved.into()) };
    }
    if !row.kind.is_of_sample()
        && let Some(mut tube) = tube::find(tx, &row.barcode)?
        && tube.flags.remove(row.kind)
    {
        tube::save(tx, &tube)?;
    }
    tx.sql
        .prepare_cached(
            "UPDATE sample_problem SET resolved_ms = ?2, resolved_by = ?3, remark = ?4 WHERE problem_id = ?1",
        )?
        .execute(params![row.id as i64, ms(now), by.0, remark.trim()])?;
    audit::append(tx, &entry.of_tube(&row.barcode))?;
    find(tx, problem)
}

/// Resolves what is open of a kind for a tube, without anybody's doing.
pub(super) fn resolve_by_itself(
    tx: &Tx<'_>,
    barcode: &Barcode,
    kind: SampleFlag,
    remark: &str,
    now: Timestamp,
) -> Result<()> {
    tx.sql
        .prepare_cached(
            "UPDATE sample_problem SET resolved_ms = ?3, remark = ?4
             WHERE barcode = ?1 AND kind = ?2 AND resolved_ms IS NULL",
        )?
        .execute(params![barcode.as_str(), kind.as_u8(), ms(now), remark])?;
    Ok(())
}

fn find(view: &View<'_>, problem: u64) -> Result<SampleProblemRow> {
    let id = i64::try_from(problem).unwrap_or(i64::MAX);
    let mut statement = view.sql.prepare_cached(concat!(
        "SELECT ",
        problem_columns!(),
        " FROM sample_problem WHERE problem_id = ?1"
    ))?;
    let found = statement.query_row([id], columns).optional()?;
    found.ok_or(StoreError::NotFound(Noun::SampleProblem))?.row()
}

fn columns(row: &Row<'_>) -> rusqlite::Result<ProblemColumns> {
    Ok(ProblemColumns {
        id: row.get(0)?,
        at_ms: row.get(1)?,
        kind: row.get(2)?,
        barcode: row.get(3)?,
        person: row.get(4)?,
        sample: row.get(5)?,
        point: row.get(6)?,
        staff: row.get(7)?,
        resolved_ms: row.get(8)?,
        resolved_by: row.get(9)?,
        remark: row.get(10)?,
    })
}
