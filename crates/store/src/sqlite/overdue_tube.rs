//! Tubes that are late.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::params;

use super::tx::View;
use super::{tube, tube_box};
use crate::codec::ms;
use crate::cursor;
use crate::error::Result;
use crate::page::{Page, page_size};
use crate::tube::TubeRow;
use crate::tube_box::{Overdue, OverdueTube};
use crate::tube_columns::tube_columns;

/// Which tubes are late, and since when: conditions of partial indexes.
const fn condition(kind: Overdue) -> (&'static str, &'static str) {
    match kind {
        Overdue::Unpacked => ("packed_ms IS NULL AND received_ms IS NULL AND people > 0", "opened_ms"),
        Overdue::InTransit => ("packed_ms IS NOT NULL AND received_ms IS NULL", "packed_ms"),
        Overdue::WithoutResult => ("received_ms IS NOT NULL AND result_version = 0", "received_ms"),
        Overdue::ReceivedUnsent => ("received_ms IS NOT NULL AND packed_ms IS NULL", "received_ms"),
    }
}

fn text(kind: Overdue) -> String {
    let (condition, since) = condition(kind);
    format!(
        "SELECT {} FROM tube WHERE {condition} AND {since} < ?1 AND ({since}, barcode) > (?2, ?3)
         ORDER BY {since}, barcode LIMIT ?4",
        tube_columns!()
    )
}

/// The verb `overdue_tubes`.
pub(super) fn list(
    view: &View<'_>,
    kind: Overdue,
    before: Timestamp,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<OverdueTube>> {
    let (since_ms, barcode) = cursor::time_and_text(cursor)?.unwrap_or((i64::MIN, ""));
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(&text(kind))?;
    let rows =
        statement.query_map(params![ms(before), since_ms, barcode, limit as i64 + 1], tube::columns)?;
    let mut tubes: Vec<TubeRow> = Vec::new();
    for columns in rows {
        tubes.push(columns?.row()?);
    }
    let mut boxes = BTreeMap::new();
    for in_box in tubes.iter().filter_map(|tube| tube.in_box.as_ref()) {
        if let Some(row) = tube_box::find(view, in_box)? {
            boxes.insert(in_box.clone(), row);
        }
    }
    let items = tubes.iter().map(|tube| tube.overdue(kind, &boxes)).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |tube: &OverdueTube| {
        cursor::of_time_and_text(ms(tube.since), tube.barcode.as_str())
    }))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::sqlite::migrate::migrate;

    #[test]
    fn tubes_that_are_late_are_found_through_indexes() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let kinds = [
            (Overdue::Unpacked, "tube_unpacked"),
            (Overdue::InTransit, "tube_in_transit"),
            (Overdue::WithoutResult, "tube_without_result"),
            (Overdue::ReceivedUnsent, "tube_received_unsent"),
        ];
        for (kind, index) in kinds {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", text(kind))).unwrap();
            let lines = statement.query_map(params![1, 1, "A", 1], |row| row.get::<_, String>(3)).unwrap();
            let plan: Vec<String> = lines.map(rusqlite::Result::unwrap).collect();
            assert!(plan[0].contains(&format!("USING INDEX {index} ")), "{kind:?}: {plan:?}");
            assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE")), "{kind:?}: {plan:?}");
        }
    }
}
