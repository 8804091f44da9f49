//! The waiting room's row.

use tokio_postgres::Row;

use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::narrow;
use crate::error::{Problem, Result, StoreError, corrupt};
use crate::room::{HIGHEST_PLACE, RoomRow, RoomStep};

const READ: Sql = Sql::coordinator("SELECT issued, serving, capacity_per_s FROM room WHERE room_id = 1");
/// One statement, so that nodes that step at the same moment add up.
const STEP: Sql = Sql::coordinator(
    "UPDATE room SET
         issued = issued + $1,
         serving = CASE WHEN serving + $2 < issued + $1 THEN serving + $2 ELSE issued + $1 END,
         capacity_per_s = CASE WHEN $3::double precision > 0 THEN $3 ELSE capacity_per_s END
     WHERE room_id = 1 AND issued <= $4
     RETURNING issued, serving, capacity_per_s",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[READ, STEP];

/// The verb `room`.
pub(super) async fn read(tx: &Tx) -> Result<RoomRow> {
    from_row(&tx.row(&READ, &[]).await?.ok_or_else(|| corrupt("the waiting room"))?)
}

/// The verb `step_room`.
pub(super) async fn step(tx: &Tx, step: RoomStep) -> Result<RoomRow> {
    step.check()?;
    let (issued, called) = (signed(step.issued_by), signed(step.called_by));
    let highest = signed(HIGHEST_PLACE - step.issued_by);
    let row = tx.row(&STEP, &[&issued, &called, &step.capacity_per_s, &highest]).await?;
    from_row(&row.ok_or_else(|| StoreError::invalid("issuedBy", Problem::TooLarge))?)
}

/// Checked numbers are below 2^53.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn from_row(row: &Row) -> Result<RoomRow> {
    Ok(RoomRow {
        issued: narrow(at(row, 0)?, "a place")?,
        serving: narrow(at(row, 1)?, "a place")?,
        capacity_per_s: at(row, 2)?,
    })
}
