//! Tubes that are late, by partial indexes.

use jiff::Timestamp;

use super::sql::Sql;
use super::tx::Tx;
use super::{tube, tube_box};
use crate::codec::ms;
use crate::cursor;
use crate::error::Result;
use crate::page::{Page, page_size};
use crate::tube::TubeRow;
use crate::tube_box::{Overdue, OverdueTube};
use crate::tube_columns::tube_columns;

macro_rules! overdue {
    ($condition:literal, $since:literal) => {
        Sql::everywhere(
            "a coordinator's list: late tubes lie on all shards, by a partial index",
            concat!(
                "SELECT ",
                tube_columns!(),
                " FROM tube WHERE ",
                $condition,
                " AND ",
                $since,
                " < $1 AND (",
                $since,
                ", barcode) > ($2, $3) ORDER BY ",
                $since,
                ", barcode LIMIT $4"
            ),
        )
    };
}

const UNPACKED: Sql = overdue!("packed_ms IS NULL AND received_ms IS NULL AND people > 0", "opened_ms");
const IN_TRANSIT: Sql = overdue!("packed_ms IS NOT NULL AND received_ms IS NULL", "packed_ms");
const WITHOUT_RESULT: Sql = overdue!("received_ms IS NOT NULL AND result_version = 0", "received_ms");
const RECEIVED_UNSENT: Sql = overdue!("received_ms IS NOT NULL AND packed_ms IS NULL", "received_ms");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[UNPACKED, IN_TRANSIT, WITHOUT_RESULT, RECEIVED_UNSENT];

/// The verb `overdue_tubes`.
pub(super) async fn list(
    tx: &Tx,
    kind: Overdue,
    before: Timestamp,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<OverdueTube>> {
    let (since_ms, barcode) = cursor::time_and_text(cursor)?.unwrap_or((i64::MIN, ""));
    let limit = page_size(limit);
    let sql = match kind {
        Overdue::Unpacked => &UNPACKED,
        Overdue::InTransit => &IN_TRANSIT,
        Overdue::WithoutResult => &WITHOUT_RESULT,
        Overdue::ReceivedUnsent => &RECEIVED_UNSENT,
    };
    let rows = tx.rows(sql, &[&ms(before), &since_ms, &barcode, &(limit as i64 + 1)]).await?;
    let tubes = rows.iter().map(tube::from_row).collect::<Result<Vec<TubeRow>>>()?;
    let boxes = tube_box::some(tx, tubes.iter().filter_map(|tube| tube.in_box.as_ref())).await?;
    let items = tubes.iter().map(|tube| tube.overdue(kind, &boxes)).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |tube: &OverdueTube| {
        cursor::of_time_and_text(ms(tube.since), tube.barcode.as_str())
    }))
}
