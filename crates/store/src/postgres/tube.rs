//! Tubes. Whoever writes something of tubes first locks them all, by barcode, and makes those that nobody told of yet: of two
//! nodes that are told of the same tubes at once, one waits for the other here.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::StaffId;
use yimatong_model::sampling::Barcode;

use super::result::AT_ONCE;
use super::sql::{Sql, Values};
use super::tx::{Parameter, Tx, at};
use super::{audit, tube_result};
use crate::access::{Access, AuditEntry};
use crate::error::{Result, corrupt};
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::tube::{TubeFile, TubeRow, TubeSample, check_tubes};
use crate::tube_columns::{SampleColumns, TubeColumns, barcode, tube_columns};

const CREATE: Values = Values {
    head: "INSERT INTO tube (barcode, people, flags, result_version) VALUES",
    types: &["text", "bigint", "bigint", "bigint"],
    tail: "ON CONFLICT DO NOTHING",
};
const FIND: Sql = Sql::key("barcode", concat!("SELECT ", tube_columns!(), " FROM tube WHERE barcode = $1"));
const LOCK: Sql =
    Sql::key("barcode", concat!("SELECT ", tube_columns!(), " FROM tube WHERE barcode = $1 FOR UPDATE"));
const SOME: Sql = Sql::keys(
    "barcode",
    concat!("SELECT ", tube_columns!(), " FROM tube WHERE barcode = ANY($1) ORDER BY barcode"),
);
const SAVE: Sql = Sql::key(
    "barcode",
    "UPDATE tube
     SET size = $2, household = $3, household_id = $4, campaign = $5, point_id = $6, staff_id = $7, device = $8,
         opened_ms = $9, sealed_ms = $10, sealed_by = $11, people = $12, flags = $13, box = $14, packed_ms = $15,
         received_ms = $16, received_by = $17, result_version = $18, outcome = $19, result_received_ms = $20
     WHERE barcode = $1",
);
const SAMPLES: Sql = Sql::keys(
    "barcode",
    "SELECT barcode, sample_id, person_id, sampled_ms, source, staff_id, undone_ms, undone_by FROM tube_sample
     WHERE barcode = ANY($1) ORDER BY barcode, sample_id",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[FIND, LOCK, SOME, SAVE, SAMPLES];
/// Its inserts of many rows, with the key of each.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("barcode", CREATE)];

/// Locks tubes, made where nobody told of them yet.
pub(super) async fn lock_all(tx: &Tx, barcodes: &BTreeSet<Barcode>) -> Result<BTreeMap<Barcode, TubeRow>> {
    let texts: Vec<&str> = barcodes.iter().map(Barcode::as_str).collect();
    let parameters: Vec<Parameter<'_>> =
        texts.iter().flat_map(|text| [text as Parameter<'_>, &0_i64, &0_i64, &0_i64]).collect();
    tx.insert(&CREATE, &parameters).await?;
    let locks = barcodes.iter().map(|barcode| async move {
        let tube = lock(tx, barcode).await?.ok_or_else(|| corrupt("a tube"))?;
        Ok::<_, crate::error::StoreError>((barcode.clone(), tube))
    });
    stream::iter(locks.collect::<Vec<_>>()).buffered(AT_ONCE).try_collect().await
}

/// Locks a tube, if anybody told of it.
pub(super) async fn lock(tx: &Tx, barcode: &Barcode) -> Result<Option<TubeRow>> {
    tx.row(&LOCK, &[&barcode.as_str()]).await?.map(|row| from_row(&row)).transpose()
}

/// Writes a tube that is locked.
pub(super) async fn save(tx: &Tx, tube: &TubeRow) -> Result<()> {
    let c = TubeColumns::from(tube);
    tx.execute(
        &SAVE,
        &[
            &c.barcode,
            &c.size,
            &c.household,
            &c.household_id,
            &c.campaign,
            &c.point,
            &c.staff,
            &c.device,
            &c.opened_ms,
            &c.sealed_ms,
            &c.sealed_by,
            &c.people,
            &c.flags,
            &c.in_box,
            &c.packed_ms,
            &c.received_ms,
            &c.received_by,
            &c.result_version,
            &c.outcome,
            &c.result_received_ms,
        ],
    )
    .await?;
    Ok(())
}

/// Writes tubes that are locked.
pub(super) async fn save_all(tx: &Tx, tubes: impl IntoIterator<Item = &TubeRow>) -> Result<()> {
    let saves: Vec<_> = tubes.into_iter().map(|tube| save(tx, tube)).collect();
    stream::iter(saves).buffered(AT_ONCE).try_collect().await
}

/// The tube of a row that begins with its columns.
pub(super) fn from_row(row: &Row) -> Result<TubeRow> {
    TubeColumns {
        barcode: at(row, 0)?,
        size: at(row, 1)?,
        household: at(row, 2)?,
        household_id: at(row, 3)?,
        campaign: at(row, 4)?,
        point: at(row, 5)?,
        staff: at(row, 6)?,
        device: at(row, 7)?,
        opened_ms: at(row, 8)?,
        sealed_ms: at(row, 9)?,
        sealed_by: at(row, 10)?,
        people: at(row, 11)?,
        flags: at(row, 12)?,
        in_box: at(row, 13)?,
        packed_ms: at(row, 14)?,
        received_ms: at(row, 15)?,
        received_by: at(row, 16)?,
        result_version: at(row, 17)?,
        outcome: at(row, 18)?,
        result_received_ms: at(row, 19)?,
    }
    .row()
}

/// Tubes that somebody told of, as they are; nothing is locked.
pub(super) async fn some<'a>(
    tx: &Tx,
    barcodes: impl IntoIterator<Item = &'a Barcode>,
) -> Result<BTreeMap<Barcode, TubeRow>> {
    let texts: Vec<&str> = barcodes.into_iter().map(Barcode::as_str).collect();
    let rows = tx.rows(&SOME, &[&texts]).await?;
    rows.iter().map(|row| from_row(row).map(|tube| (tube.barcode.clone(), tube))).collect()
}

/// Samples of tubes, undone ones too, by barcode and id.
pub(super) async fn samples<'a>(
    tx: &Tx,
    barcodes: impl IntoIterator<Item = &'a Barcode>,
) -> Result<BTreeMap<Barcode, Vec<TubeSample>>> {
    let texts: Vec<&str> = barcodes.into_iter().map(Barcode::as_str).collect();
    let mut samples: BTreeMap<Barcode, Vec<TubeSample>> = BTreeMap::new();
    for row in tx.rows(&SAMPLES, &[&texts]).await? {
        let columns = SampleColumns {
            id: at(&row, 1)?,
            person: at(&row, 2)?,
            sampled_ms: at(&row, 3)?,
            source: at(&row, 4)?,
            staff: at(&row, 5)?,
            undone_ms: at(&row, 6)?,
            undone_by: at(&row, 7)?,
        };
        samples.entry(barcode(at(&row, 0)?)?).or_default().push(columns.sample()?);
    }
    Ok(samples)
}

/// The verb `seal_tubes`.
pub(super) async fn seal(
    tx: &Tx,
    tubes: &[(Barcode, Timestamp)],
    staff: StaffId,
    now: Timestamp,
) -> Result<Vec<RowOutcome>> {
    check_tubes(tubes.len())?;
    let mut locked = BTreeMap::new();
    for barcode in tubes.iter().map(|(barcode, _)| barcode).collect::<BTreeSet<_>>() {
        if let Some(tube) = lock(tx, barcode).await? {
            locked.insert(barcode, tube);
        }
    }
    let mut outcomes = Vec::with_capacity(tubes.len());
    for (barcode, at) in tubes {
        outcomes.push(match locked.get_mut(barcode) {
            Some(tube) => tube.seal(*at, staff, now)?,
            None => RowOutcome::Rejected(RowProblem::UnknownTube),
        });
    }
    save_all(tx, locked.values()).await?;
    Ok(outcomes)
}

/// The verb `tube`.
pub(super) async fn read(tx: &Tx, barcode: &Barcode, access: &Access) -> Result<Option<TubeFile>> {
    access.check()?;
    let found = tx.row(&FIND, &[&barcode.as_str()]).await?.map(|row| from_row(&row)).transpose()?;
    let Some(tube) = found.filter(TubeRow::is_known) else { return Ok(None) };
    let samples = samples(tx, [barcode]).await?.remove(barcode).unwrap_or_default();
    let results = tube_result::of_tubes(tx, [barcode]).await?.remove(barcode).unwrap_or_default();
    audit::append(tx, &AuditEntry::of(access, "read-tube", None).of_tube(barcode)).await?;
    Ok(Some(TubeFile { samples, results, tube }))
}
