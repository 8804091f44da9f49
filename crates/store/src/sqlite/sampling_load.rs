//! How busy sampling points are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::ids::SamplingPointId;

use super::tx::{Tx, View};
use crate::error::Result;
use crate::sampling_load::{Counts, DAY, MINUTE, PointLoad, day_start, loads, purged_before, recent_after};

/// Adds what samples counted.
pub(super) fn add(tx: &Tx<'_>, counts: &Counts) -> Result<()> {
    let mut add = tx.sql.prepare_cached(
        "INSERT INTO sampling_load (span_min, start_ms, point_id, people, tubes) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET people = people + excluded.people, tubes = tubes + excluded.tubes",
    )?;
    for ((span, start_ms, point), (people, tubes)) in counts.rows() {
        add.execute(params![span, start_ms, point.0, people, tubes])?;
    }
    Ok(())
}

/// The verb `sampling_point_loads`.
pub(super) fn read(view: &View<'_>, now: Timestamp) -> Result<BTreeMap<SamplingPointId, PointLoad>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT span_min, point_id, people, tubes FROM sampling_load
         WHERE span_min = ?1 AND start_ms > ?2 OR span_min = ?3 AND start_ms = ?4",
    )?;
    let mut rows = statement.query(params![MINUTE, recent_after(now), DAY, day_start(now)])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        counts.push((row.get(0)?, SamplingPointId(row.get(1)?), row.get(2)?, row.get(3)?));
    }
    Ok(loads(counts))
}

/// Removes the counts of minutes that are long past.
pub(super) fn purge(tx: &Tx<'_>, now: Timestamp) -> Result<usize> {
    let mut statement =
        tx.sql.prepare_cached("DELETE FROM sampling_load WHERE span_min = ?1 AND start_ms < ?2")?;
    Ok(statement.execute(params![MINUTE, purged_before(now)])?)
}
