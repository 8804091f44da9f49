//! Tubes.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use yimatong_model::ids::StaffId;
use yimatong_model::sampling::Barcode;

use super::tx::{Tx, View};
use super::{audit, tube_result};
use crate::access::{Access, AuditEntry};
use crate::error::{Result, corrupt};
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::tube::{TubeFile, TubeRow, TubeSample, check_tubes};
use crate::tube_columns::{SampleColumns, TubeColumns, tube_columns};

/// A tube, if anybody told of it.
pub(super) fn find(view: &View<'_>, barcode: &Barcode) -> Result<Option<TubeRow>> {
    let mut statement =
        view.sql.prepare_cached(concat!("SELECT ", tube_columns!(), " FROM tube WHERE barcode = ?1"))?;
    let columns = statement.query_row([barcode.as_str()], columns).optional()?;
    columns.map(TubeColumns::row).transpose()
}

/// A tube, or one that nobody told of yet.
pub(super) fn find_or_new(view: &View<'_>, barcode: &Barcode) -> Result<TubeRow> {
    Ok(find(view, barcode)?.unwrap_or_else(|| TubeRow::unknown(barcode.clone())))
}

/// The columns of a row that begins with them.
pub(super) fn columns(row: &Row<'_>) -> rusqlite::Result<TubeColumns> {
    Ok(TubeColumns {
        barcode: row.get(0)?,
        size: row.get(1)?,
        household: row.get(2)?,
        household_id: row.get(3)?,
        campaign: row.get(4)?,
        point: row.get(5)?,
        staff: row.get(6)?,
        device: row.get(7)?,
        opened_ms: row.get(8)?,
        sealed_ms: row.get(9)?,
        sealed_by: row.get(10)?,
        people: row.get(11)?,
        flags: row.get(12)?,
        in_box: row.get(13)?,
        packed_ms: row.get(14)?,
        received_ms: row.get(15)?,
        received_by: row.get(16)?,
        result_version: row.get(17)?,
        outcome: row.get(18)?,
        result_received_ms: row.get(19)?,
    })
}

/// Writes a tube whole.
pub(super) fn save(tx: &Tx<'_>, tube: &TubeRow) -> Result<()> {
    let c = TubeColumns::from(tube);
    tx.sql
        .prepare_cached(concat!(
            "INSERT OR REPLACE INTO tube (",
            tube_columns!(),
            ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)"
        ))?
        .execute(params![
            c.barcode,
            c.size,
            c.household,
            c.household_id,
            c.campaign,
            c.point,
            c.staff,
            c.device,
            c.opened_ms,
            c.sealed_ms,
            c.sealed_by,
            c.people,
            c.flags,
            c.in_box,
            c.packed_ms,
            c.received_ms,
            c.received_by,
            c.result_version,
            c.outcome,
            c.result_received_ms
        ])?;
    Ok(())
}

/// Samples of a tube, undone ones too, by id.
pub(super) fn samples(view: &View<'_>, barcode: &Barcode) -> Result<Vec<TubeSample>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT sample_id, person_id, sampled_ms, source, staff_id, undone_ms, undone_by FROM tube_sample
         WHERE barcode = ?1 ORDER BY sample_id",
    )?;
    let mut rows = statement.query([barcode.as_str()])?;
    let mut samples = Vec::new();
    while let Some(row) = rows.next()? {
        let columns = SampleColumns {
            id: row.get_ref(0)?.as_blob().map_err(|_| corrupt("an id"))?,
            person: row.get(1)?,
            sampled_ms: row.get(2)?,
            source: row.get(3)?,
            staff: row.get(4)?,
            undone_ms: row.get(5)?,
            undone_by: row.get(6)?,
        };
        samples.push(columns.sample()?);
    }
    Ok(samples)
}

/// The verb `seal_tubes`.
pub(super) fn seal(
    tx: &Tx<'_>,
    tubes: &[(Barcode, Timestamp)],
    staff: StaffId,
    now: Timestamp,
) -> Result<Vec<RowOutcome>> {
    check_tubes(tubes.len())?;
    let seal_one = |(barcode, at): &(Barcode, Timestamp)| {
        let Some(mut tube) = find(tx, barcode)? else {
            return Ok(RowOutcome::Rejected(RowProblem::UnknownTube));
        };
        let outcome = tube.seal(*at, staff, now)?;
        if outcome == RowOutcome::Recorded {
            save(tx, &tube)?;
        }
        Ok(outcome)
    };
    tubes.iter().map(seal_one).collect()
}

/// The verb `tube`.
pub(super) fn read(tx: &Tx<'_>, barcode: &Barcode, access: &Access) -> Result<Option<TubeFile>> {
    access.check()?;
    let Some(tube) = find(tx, barcode)?.filter(TubeRow::is_known) else { return Ok(None) };
    audit::append(tx, &AuditEntry::of(access, "read-tube", None).of_tube(barcode))?;
    Ok(Some(TubeFile { samples: samples(tx, barcode)?, results: tube_result::of_tube(tx, barcode)?, tube }))
}
