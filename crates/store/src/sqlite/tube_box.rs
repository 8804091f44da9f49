//! Boxes of tubes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use yimatong_model::ids::{SamplingPointId, StaffId};
use yimatong_model::sampling::Barcode;

use super::tube;
use super::tx::{Tx, View};
use crate::codec::ms;
use crate::error::{Noun, Result, StoreError};
use crate::row_outcome::RowOutcome;
use crate::tube::check_tubes;
use crate::tube_box::{BoxColumns, BoxTube, ReceivedBox, TubeBoxRow, check_courier, compare};
use crate::tube_columns::barcode;

/// The verb `pack_box`.
pub(super) fn pack(
    tx: &Tx<'_>,
    in_box: &Barcode,
    point: SamplingPointId,
    tubes: &[Barcode],
    staff: StaffId,
    now: Timestamp,
) -> Result<TubeBoxRow> {
    check_tubes(tubes.len())?;
    let mut row = find_or_new(tx, in_box)?;
    row.pack(point, staff, now)?;
    save(tx, &row)?;
    for barcode in tubes {
        let mut tube = tube::find_or_new(tx, barcode)?;
        if tube.pack(in_box, now)? {
            tube::save(tx, &tube)?;
        }
        tx.sql
            .prepare_cached(
                "INSERT INTO box_tube (box, barcode, packed_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (box, barcode) DO UPDATE SET packed_ms = coalesce(packed_ms, excluded.packed_ms)",
            )?
            .execute(params![in_box.as_str(), barcode.as_str(), ms(now)])?;
    }
    Ok(row)
}

/// The verb `hand_over_box`.
pub(super) fn hand_over(tx: &Tx<'_>, in_box: &Barcode, courier: &str, now: Timestamp) -> Result<TubeBoxRow> {
    let courier = check_courier(courier)?;
    let mut row = find(tx, in_box)?.ok_or(StoreError::NotFound(Noun::Box))?;
    row.hand_over(courier, now)?;
    save(tx, &row)?;
    Ok(row)
}

/// The verb `receive_tubes`.
pub(super) fn receive_tubes(
    tx: &Tx<'_>,
    in_box: Option<&Barcode>,
    tubes: &[Barcode],
    staff: StaffId,
    now: Timestamp,
) -> Result<Vec<RowOutcome>> {
    check_tubes(tubes.len())?;
    if let Some(in_box) = in_box {
        save(tx, &find_or_new(tx, in_box)?)?;
    }
    let mut outcomes = Vec::with_capacity(tubes.len());
    for barcode in tubes {
        let mut tube = tube::find_or_new(tx, barcode)?;
        let outcome = tube.receive(staff, now)?;
        if outcome == RowOutcome::Recorded {
            tube::save(tx, &tube)?;
        }
        if let Some(in_box) = in_box {
            tx.sql
                .prepare_cached(
                    "INSERT INTO box_tube (box, barcode, received_ms) VALUES (?1, ?2, ?3)
                     ON CONFLICT (box, barcode) DO UPDATE SET received_ms = coalesce(received_ms, excluded.received_ms)",
                )?
                .execute(params![in_box.as_str(), barcode.as_str(), ms(now)])?;
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The verb `receive_box`.
pub(super) fn receive(tx: &Tx<'_>, in_box: &Barcode, staff: StaffId, now: Timestamp) -> Result<ReceivedBox> {
    let mut row = find_or_new(tx, in_box)?;
    row.receive(staff, now)?;
    save(tx, &row)?;
    let told = told(tx, in_box)?;
    let mut tubes = BTreeMap::new();
    for tube in &told {
        tubes.insert(tube.barcode.clone(), tube::find_or_new(tx, &tube.barcode)?);
    }
    Ok(compare(row, &told, &tubes))
}

fn told(view: &View<'_>, in_box: &Barcode) -> Result<Vec<BoxTube>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT barcode, packed_ms IS NOT NULL, received_ms IS NOT NULL FROM box_tube WHERE box = ?1 ORDER BY barcode",
    )?;
    let mut rows = statement.query([in_box.as_str()])?;
    let mut told = Vec::new();
    while let Some(row) = rows.next()? {
        let tube: String = row.get(0)?;
        told.push(BoxTube { barcode: barcode(&tube)?, is_sent: row.get(1)?, is_received: row.get(2)? });
    }
    Ok(told)
}

fn find_or_new(view: &View<'_>, in_box: &Barcode) -> Result<TubeBoxRow> {
    Ok(find(view, in_box)?.unwrap_or_else(|| TubeBoxRow::unknown(in_box.clone())))
}

/// A box, if anybody told of it.
pub(super) fn find(view: &View<'_>, in_box: &Barcode) -> Result<Option<TubeBoxRow>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT box, point_id, packed_ms, packed_by, courier, handed_ms, received_ms, received_by FROM tube_box
         WHERE box = ?1",
    )?;
    let columns = statement.query_row([in_box.as_str()], |row| {
        Ok(BoxColumns {
            barcode: row.get(0)?,
            point: row.get(1)?,
            packed_ms: row.get(2)?,
            packed_by: row.get(3)?,
            courier: row.get(4)?,
            handed_ms: row.get(5)?,
            received_ms: row.get(6)?,
            received_by: row.get(7)?,
        })
    });
    columns.optional()?.map(BoxColumns::row).transpose()
}

fn save(tx: &Tx<'_>, row: &TubeBoxRow) -> Result<()> {
    let c = BoxColumns::from(row);
    tx.sql
        .prepare_cached(
            "INSERT OR REPLACE INTO tube_box (box, point_id, packed_ms, packed_by, courier, handed_ms, received_ms,
                                              received_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            c.barcode,
            c.point,
            c.packed_ms,
            c.packed_by,
            c.courier,
            c.handed_ms,
            c.received_ms,
            c.received_by
        ])?;
    Ok(())
}
