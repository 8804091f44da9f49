//! The waiting room's row.

use rusqlite::{OptionalExtension, Row, params};

use super::tx::{Tx, View};
use crate::codec::narrow;
use crate::error::corrupt;
use crate::error::{Problem, Result, StoreError};
use crate::room::{HIGHEST_PLACE, RoomRow, RoomStep};

/// The verb `room`.
pub(super) fn read(view: &View<'_>) -> Result<RoomRow> {
    let found = view
        .sql
        .prepare_cached("SELECT issued, serving, capacity_per_s FROM room WHERE room_id = 1")?
        .query_row([], columns)
        .optional()?;
    row_of(found.ok_or_else(|| corrupt("the waiting room"))?)
}

/// The verb `step_room`. One statement, so that nodes that step at the same moment add up on any database.
pub(super) fn step(tx: &Tx<'_>, step: RoomStep) -> Result<RoomRow> {
    step.check()?;
    let found = tx
        .sql
        .prepare_cached(
            "UPDATE room SET
                 issued = issued + ?1,
                 serving = CASE WHEN serving + ?2 < issued + ?1 THEN serving + ?2 ELSE issued + ?1 END,
                 capacity_per_s = CASE WHEN ?3 > 0.0 THEN ?3 ELSE capacity_per_s END
             WHERE room_id = 1 AND issued <= ?4
             RETURNING issued, serving, capacity_per_s",
        )?
        .query_row(
            params![
                signed(step.issued_by),
                signed(step.called_by),
                step.capacity_per_s,
                signed(HIGHEST_PLACE - step.issued_by)
            ],
            columns,
        )
        .optional()?;
    row_of(found.ok_or_else(|| StoreError::invalid("issuedBy", Problem::TooLarge))?)
}

/// Checked numbers are below 2^53.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn columns(row: &Row<'_>) -> rusqlite::Result<(i64, i64, f64)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn row_of((issued, serving, capacity_per_s): (i64, i64, f64)) -> Result<RoomRow> {
    Ok(RoomRow { issued: narrow(issued, "a place")?, serving: narrow(serving, "a place")?, capacity_per_s })
}
