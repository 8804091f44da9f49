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
use crate::sampling_point::{NewSamplingPoint, PointColumns, SamplingPointRow};
use crate::sequence::Sequence;

const COLUMNS: &str = "point_id, name, kind, area, address, opens_ms, closes_ms, closed_ms";

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
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<SamplingPointRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(&format!(
        r"SELECT {COLUMNS} FROM sampling_point
          WHERE point_id > ?1 AND (name LIKE ?2 ESCAPE '\' OR address LIKE ?2 ESCAPE '\') ORDER BY point_id LIMIT ?3"
    ))?;
    let mut rows = statement.query(params![after, cursor::containing(query), limit as i64 + 1])?;
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
    tx.sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM sampling_point WHERE point_id = ?1"))?
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
    })
}
