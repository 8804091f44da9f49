//! Sampling points.

use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::SamplingPointId;

use super::idempotency::{self, Once};
use super::sequence;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::{ms, narrow};
use crate::cursor;
use crate::error::{Noun, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::page::{Page, page_size};
use crate::sampling_point::{
    NewSamplingPoint, PointArea, PointColumns, SamplingPointRow, check_waiting, point_columns,
};
use crate::sequence::Sequence;

const INSERT: Sql = Sql::reference(
    "INSERT INTO sampling_point (point_id, name, kind, area, address, opens_ms, closes_ms, created_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
);
const FIND: Sql =
    Sql::reference(concat!("SELECT ", point_columns!(), " FROM sampling_point WHERE point_id = $1"));
const LIST: Sql = Sql::reference(concat!(
    "SELECT ",
    point_columns!(),
    r" FROM sampling_point
       WHERE point_id > $1 AND (name ILIKE $2 ESCAPE '\' OR address ILIKE $2 ESCAPE '\')
         AND (area BETWEEN $4 AND $5 OR area BETWEEN $6 AND $7) ORDER BY point_id LIMIT $3"
));
const CLOSE: Sql =
    Sql::reference("UPDATE sampling_point SET closed_ms = $2 WHERE point_id = $1 AND closed_ms IS NULL");
const TELL_QUEUE: Sql =
    Sql::reference("UPDATE sampling_point SET waiting = $2, waiting_at_ms = $3 WHERE point_id = $1");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[INSERT, FIND, LIST, CLOSE, TELL_QUEUE];

/// The verb `add_sampling_point`.
pub(super) async fn add(
    tx: &Tx,
    new: &NewSamplingPoint,
    key: Option<Idempotency>,
) -> Result<SamplingPointRow> {
    new.check()?;
    if let Once::Before(row) = idempotency::begin(tx, "add_sampling_point", key, new.at).await? {
        return Ok(row);
    }
    let id = sequence::take(tx, Sequence::SamplingPoint, 1).await?;
    let row = new.row(SamplingPointId(narrow(id, "the sequence of sampling points")?))?;
    let (kind, area) = (i64::from(row.kind as u8), i64::try_from(row.area).unwrap_or(0));
    let (opens, closes) = (row.opens.map(ms), row.closes.map(ms));
    tx.execute(&INSERT, &[&id, &row.name, &kind, &area, &row.address, &opens, &closes, &ms(new.at)]).await?;
    idempotency::finish(tx, key, &row).await?;
    Ok(row)
}

/// The verb `list_sampling_points`.
pub(super) async fn list(
    tx: &Tx,
    query: &str,
    area: PointArea,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<SamplingPointRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let [street, last_street, community, last_community] = area.bounds();
    let (pattern, limit_and_one) = (cursor::containing(query), limit as i64 + 1);
    let rows = tx
        .rows(&LIST, &[&after, &pattern, &limit_and_one, &street, &last_street, &community, &last_community])
        .await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &SamplingPointRow| row.id.to_string()))
}

/// The verb `close_sampling_point`.
pub(super) async fn close(tx: &Tx, point: SamplingPointId, now: Timestamp) -> Result<SamplingPointRow> {
    let id = i64::from(point.0);
    tx.execute(&CLOSE, &[&id, &ms(now)]).await?;
    find(tx, id).await
}

/// The verb `tell_queue`.
pub(super) async fn tell_queue(
    tx: &Tx,
    point: SamplingPointId,
    waiting: u16,
    now: Timestamp,
) -> Result<SamplingPointRow> {
    check_waiting(waiting)?;
    let id = i64::from(point.0);
    tx.execute(&TELL_QUEUE, &[&id, &i64::from(waiting), &ms(now)]).await?;
    find(tx, id).await
}

async fn find(tx: &Tx, id: i64) -> Result<SamplingPointRow> {
    let row = tx.row(&FIND, &[&id]).await?.ok_or(StoreError::NotFound(Noun::SamplingPoint))?;
    from_row(&row)
}

fn from_row(row: &Row) -> Result<SamplingPointRow> {
    PointColumns {
        id: at(row, 0)?,
        name: at(row, 1)?,
        kind: at(row, 2)?,
        area: at(row, 3)?,
        address: at(row, 4)?,
        opens_ms: at(row, 5)?,
        closes_ms: at(row, 6)?,
        closed_ms: at(row, 7)?,
        waiting: at(row, 8)?,
        waiting_at_ms: at(row, 9)?,
    }
    .row()
}
