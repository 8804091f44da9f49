//! What is odd about samples and tubes, a log on the coordinator like the audit log.

use futures_util::future::try_join_all;
use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::sampling::{Barcode, SampleFlag};

use super::sql::Sql;
use super::tx::{Tx, at};
use super::{audit, sequence, tube};
use crate::access::AuditEntry;
use crate::codec::ms;
use crate::cursor;
use crate::error::{Conflict, Noun, Result, StoreError};
use crate::page::{Page, page_size};
use crate::sample_problem::{NewProblem, ProblemColumns, SampleProblemRow, problem_columns};
use crate::sequence::Sequence;

const INSERT: Sql = Sql::coordinator(
    "INSERT INTO sample_problem (problem_id, at_ms, kind, barcode, person_id, sample_id, point_id, staff_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);
const FIND: Sql =
    Sql::coordinator(concat!("SELECT ", problem_columns!(), " FROM sample_problem WHERE problem_id = $1"));
const LIST: Sql = Sql::coordinator(concat!(
    "SELECT ",
    problem_columns!(),
    " FROM sample_problem WHERE problem_id > $1 ORDER BY problem_id LIMIT $2"
));
const LIST_OPEN: Sql = Sql::coordinator(concat!(
    "SELECT ",
    problem_columns!(),
    " FROM sample_problem WHERE problem_id > $1 AND resolved_ms IS NULL ORDER BY problem_id LIMIT $2"
));
const RESOLVE: Sql = Sql::coordinator(
    "UPDATE sample_problem SET resolved_ms = $2, resolved_by = $3, remark = $4
     WHERE problem_id = $1 AND resolved_ms IS NULL",
);
const RESOLVE_BY_ITSELF: Sql = Sql::coordinator(
    "UPDATE sample_problem SET resolved_ms = $3, remark = $4 WHERE barcode = $1 AND kind = $2 AND resolved_ms IS NULL",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[INSERT, FIND, LIST, LIST_OPEN, RESOLVE, RESOLVE_BY_ITSELF];

/// Writes problems, with numbers in their order. From the first number on whoever else has some waits: tubes and people are
/// locked before.
pub(super) async fn add(tx: &Tx, problems: &[NewProblem]) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let first = sequence::take(tx, Sequence::SampleProblem, problems.len()).await?;
    try_join_all((first..).zip(problems).map(|(id, problem)| insert(tx, id, problem))).await.map(drop)
}

async fn insert(tx: &Tx, id: i64, new: &NewProblem) -> Result<u64> {
    let sample = new.sample.as_ref().map(|id| &id[..]);
    let point = new.point.map(|point| i64::from(point.0));
    let staff = new.staff.map(|staff| i64::from(staff.0));
    let (kind, person) = (i64::from(new.kind.as_u8()), new.person.map(PersonId::as_i64));
    tx.execute(&INSERT, &[&id, &ms(new.at), &kind, &new.barcode.as_str(), &person, &sample, &point, &staff])
        .await
}

/// The verb `sample_problems`.
pub(super) async fn list(
    tx: &Tx,
    only_open: bool,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<SampleProblemRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(0, |[id]| id);
    let limit = page_size(limit);
    let rows = tx.rows(if only_open { &LIST_OPEN } else { &LIST }, &[&after, &(limit as i64 + 1)]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &SampleProblemRow| row.id.to_string()))
}

/// The verb `resolve_sample_problem`.
pub(super) async fn resolve(
    tx: &Tx,
    problem: u64,
    by: StaffId,
    remark: &str,
    now: Timestamp,
) -> Result<SampleProblemRow> {
    let entry = AuditEntry::with_remark("resolve-sample-problem", by, remark, now)?;
    let id = i64::try_from(problem).unwrap_or(i64::MAX);
    let row = find(tx, id).await?;
    // Who writes of a tube has it locked; what is open for it is known from here on.
    let tube = if row.kind.is_of_sample() { None } else { tube::lock(tx, &row.barcode).await? };
    let resolved = tx.execute(&RESOLVE, &[&id, &ms(now), &i64::from(by.0), &remark.trim()]).await?;
    let row = find(tx, id).await?;
    if resolved == 0 {
        return if row.was_resolved(by, remark) { Ok(row) } else { Err(Conflict::AlreadyResolved.into()) };
    }
    if let Some(mut tube) = tube
        && tube.flags.remove(row.kind)
    {
        tube::save(tx, &tube).await?;
    }
    audit::append(tx, &entry.of_tube(&row.barcode)).await?;
    Ok(row)
}

/// Resolves what is open of a kind for a tube, without anybody's doing.
pub(super) async fn resolve_by_itself(
    tx: &Tx,
    barcode: &Barcode,
    kind: SampleFlag,
    remark: &str,
    now: Timestamp,
) -> Result<()> {
    let kind = i64::from(kind.as_u8());
    tx.execute(&RESOLVE_BY_ITSELF, &[&barcode.as_str(), &kind, &ms(now), &remark]).await?;
    Ok(())
}

async fn find(tx: &Tx, id: i64) -> Result<SampleProblemRow> {
    from_row(&tx.row(&FIND, &[&id]).await?.ok_or(StoreError::NotFound(Noun::SampleProblem))?)
}

fn from_row(row: &Row) -> Result<SampleProblemRow> {
    ProblemColumns {
        id: at(row, 0)?,
        at_ms: at(row, 1)?,
        kind: at(row, 2)?,
        barcode: at(row, 3)?,
        person: at(row, 4)?,
        sample: at(row, 5)?,
        point: at(row, 6)?,
        staff: at(row, 7)?,
        resolved_ms: at(row, 8)?,
        resolved_by: at(row, 9)?,
        remark: at(row, 10)?,
    }
    .row()
}
