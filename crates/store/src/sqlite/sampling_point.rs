//! Sampling points.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use yimatong_model::ids::SamplingPointId;

use super::idempotency::once;
use super::sequence;
use super::tx::{Tx, View};
use crate::codec::{ms, narrow};
use crate::cursor;
use crate::error::{Noun, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::page::{Page, page_size};
use crate::sampling_point::{
    NewSamplingPoint, PointArea, PointColumns, SamplingPointRow, check_waiting, point_columns,
};
use crate::sequence::Sequence;

/// The verb `add_sampling_point`.
pub(super) fn add(tx: &Tx<'_>, new: &NewSamplingPoint, key: Option<Idempotency>) -> Result<SamplingPointRow> {
    new.check()?;
    once(tx, "add_sampling_point", key, new.at, || {
        let id = sequence::take(tx, Sequence::SamplingPoint, 1)?;
        let row = new.row(SamplingPointId(narrow(id, "the sequence of sampling points")?))?;
        tx.sql
            .prepare_cached(
                "INSERT INTO sampling_point (point_id, name, kind, area, address, opens_ms, closes_ms, created_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id,
                row.name,
                row.kind as u8,
                i64::try_from(row.area).unwrap_or(0),
                row.address,
                row.opens.map(ms),
                row.closes.map(ms),
                ms(new.at)
            ])?;
        Ok(row)
    })
}

/// The verb `list_sampling_points`.
pub(super) fn list(
    view: &View<'_>,
    query: &str,
    area: PointArea,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<SamplingPointRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(concat!(
        "SELECT ",
        point_columns!(),
        r" FROM sampling_point
           WHERE point_id > ?1 AND (name LIKE ?2 ESCAPE '\' OR address LIKE ?2 ESCAPE '\')
             AND (area BETWEEN ?4 AND ?5 OR area BETWEEN ?6 AND ?7) ORDER BY point_id LIMIT ?3"
    ))?;
    let [street, last_street, community, last_community] = area.bounds();
    let mut rows = statement.query(params![
        after,
        cursor::containing(query),
        limit as i64 + 1,
        street,
        last_street,
        community,
        last_community
    ])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(columns(row)?.row()?);
    }
    Ok(Page::cut(items, limit, |row| row.id.to_string()))
}

/// The verb `close_sampling_point`.
pub(super) fn close(tx: &Tx<'_>, point: SamplingPointId, now: Timestamp) -> Result<SamplingPointRow> {
    tx.sql
        .prepare_cached("UPDATE sampling_point SET closed_ms = ?2 WHERE point_id = ?1 AND closed_ms IS NULL")?
        .execute(params![point.0, ms(now)])?;
    find(tx, point)
}

/// The verb `tell_queue`.
pub(super) fn tell_queue(
    tx: &Tx<'_>,
    point: SamplingPointId,
    waiting: u16,
    now: Timestamp,
) -> Result<SamplingPointRow> {
    check_waiting(waiting)?;
    tx.sql
        .prepare_cached("UPDATE sampling_point SET waiting = ?2, waiting_at_ms = ?3 WHERE point_id = ?1")?
        .execute(params![point.0, waiting, ms(now)])?;
    find(tx, point)
}

fn find(view: &View<'_>, point: SamplingPointId) -> Result<SamplingPointRow> {
    view.sql
        .prepare_cached(concat!("SELECT ", point_columns!(), " FROM sampling_point WHERE point_id = ?1"))?
        .query_row([point.0], columns)
        .optional()?
        .ok_or(StoreError::NotFound(Noun::SamplingPoint))?
        .row()
}

fn columns(row: &Row<'_>) -> rusqlite::Result<PointColumns> {
    Ok(PointColumns {
        id: row.get(0)?,
        name: row.get(1)?,
        kind: row.get(2)?,
        area: row.get(3)?,
        address: row.get(4)?,
        opens_ms: row.get(5)?,
        closes_ms: row.get(6)?,
        closed_ms: row.get(7)?,
        waiting: row.get(8)?,
        waiting_at_ms: row.get(9)?,
    })
}
