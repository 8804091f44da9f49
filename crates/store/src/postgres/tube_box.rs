//! Boxes of tubes. A box is locked before its tubes, and its tubes by barcode.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::{SamplingPointId, StaffId};
use yimatong_model::sampling::Barcode;

use super::sql::{Sql, Values};
use super::tube;
use super::tx::{Parameter, Tx, at};
use crate::codec::ms;
use crate::error::{Noun, Result, StoreError, corrupt};
use crate::row_outcome::RowOutcome;
use crate::tube::check_tubes;
use crate::tube_box::{BoxColumns, BoxTube, ReceivedBox, TubeBoxRow, check_courier, compare};
use crate::tube_columns::barcode;

/// Columns [`from_row`] reads, in its order.
macro_rules! columns {
    () => {
        "box, point_id, packed_ms, packed_by, courier, handed_ms, received_ms, received_by"
    };
}

const CREATE: Sql = Sql::key("box", "INSERT INTO tube_box (box) VALUES ($1) ON CONFLICT DO NOTHING");
const LOCK: Sql = Sql::key("box", concat!("SELECT ", columns!(), " FROM tube_box WHERE box = $1 FOR UPDATE"));
const SOME: Sql =
    Sql::keys("box", concat!("SELECT ", columns!(), " FROM tube_box WHERE box = ANY($1) ORDER BY box"));
const SAVE: Sql = Sql::key(
    "box",
    "UPDATE tube_box SET point_id = $2, packed_ms = $3, packed_by = $4, courier = $5, handed_ms = $6, received_ms = $7,
                         received_by = $8
     WHERE box = $1",
);
const TOLD: Sql = Sql::key(
    "box",
    "SELECT barcode, packed_ms IS NOT NULL, received_ms IS NOT NULL FROM box_tube WHERE box = $1 ORDER BY barcode",
);
const PACK: Values = Values {
    head: "INSERT INTO box_tube (box, barcode, packed_ms) VALUES",
    types: &["text", "text", "bigint"],
    tail: "ON CONFLICT (box, barcode) DO UPDATE SET packed_ms = coalesce(box_tube.packed_ms, excluded.packed_ms)",
};
const RECEIVE: Values = Values {
    head: "INSERT INTO box_tube (box, barcode, received_ms) VALUES",
    types: &["text", "text", "bigint"],
    tail: "ON CONFLICT (box, barcode) DO UPDATE SET received_ms = coalesce(box_tube.received_ms, excluded.received_ms)",
};

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[CREATE, LOCK, SOME, SAVE, TOLD];
/// Its inserts of many rows, with the key of each.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("box", PACK), ("box", RECEIVE)];

/// The verb `pack_box`.
pub(super) async fn pack(
    tx: &Tx,
    in_box: &Barcode,
    point: SamplingPointId,
    tubes: &[Barcode],
    staff: StaffId,
    now: Timestamp,
) -> Result<TubeBoxRow> {
    check_tubes(tubes.len())?;
    let mut row = lock_or_create(tx, in_box).await?;
    let barcodes: BTreeSet<Barcode> = tubes.iter().cloned().collect();
    let mut locked = tube::lock_all(tx, &barcodes).await?;
    row.pack(point, staff, now)?;
    save(tx, &row).await?;
    for tube in locked.values_mut() {
        tube.pack(in_box, now)?;
    }
    tube::save_all(tx, locked.values()).await?;
    tell(tx, &PACK, in_box, &barcodes, now).await?;
    Ok(row)
}

/// The verb `hand_over_box`.
pub(super) async fn hand_over(
    tx: &Tx,
    in_box: &Barcode,
    courier: &str,
    now: Timestamp,
) -> Result<TubeBoxRow> {
    let courier = check_courier(courier)?;
    let mut row = lock(tx, in_box).await?.ok_or(StoreError::NotFound(Noun::Box))?;
    row.hand_over(courier, now)?;
    save(tx, &row).await?;
    Ok(row)
}

/// The verb `receive_tubes`.
pub(super) async fn receive_tubes(
    tx: &Tx,
    in_box: Option<&Barcode>,
    tubes: &[Barcode],
    staff: StaffId,
    now: Timestamp,
) -> Result<Vec<RowOutcome>> {
    check_tubes(tubes.len())?;
    if let Some(in_box) = in_box {
        lock_or_create(tx, in_box).await?;
    }
    let barcodes: BTreeSet<Barcode> = tubes.iter().cloned().collect();
    let mut locked = tube::lock_all(tx, &barcodes).await?;
    let mut outcomes = Vec::with_capacity(tubes.len());
    for barcode in tubes {
        let tube = locked.get_mut(barcode).ok_or_else(|| corrupt("a tube"))?;
        outcomes.push(tube.receive(staff, now)?);
    }
    tube::save_all(tx, locked.values()).await?;
    if let Some(in_box) = in_box {
        tell(tx, &RECEIVE, in_box, &barcodes, now).await?;
    }
    Ok(outcomes)
}

/// The verb `receive_box`.
pub(super) async fn receive(
    tx: &Tx,
    in_box: &Barcode,
    staff: StaffId,
    now: Timestamp,
) -> Result<ReceivedBox> {
    let mut row = lock_or_create(tx, in_box).await?;
    row.receive(staff, now)?;
    save(tx, &row).await?;
    let mut told = Vec::new();
    for row in tx.rows(&TOLD, &[&in_box.as_str()]).await? {
        told.push(BoxTube {
            barcode: barcode(at(&row, 0)?)?,
            is_sent: at(&row, 1)?,
            is_received: at(&row, 2)?,
        });
    }
    let tubes = tube::some(tx, told.iter().map(|tube| &tube.barcode)).await?;
    Ok(compare(row, &told, &tubes))
}

async fn tell(
    tx: &Tx,
    values: &Values,
    in_box: &Barcode,
    tubes: &BTreeSet<Barcode>,
    now: Timestamp,
) -> Result<()> {
    let (in_box, now_ms) = (in_box.as_str(), ms(now));
    let texts: Vec<&str> = tubes.iter().map(Barcode::as_str).collect();
    let parameters: Vec<Parameter<'_>> =
        texts.iter().flat_map(|text| [&in_box as Parameter<'_>, text, &now_ms]).collect();
    tx.insert(values, &parameters).await.map(drop)
}

async fn lock_or_create(tx: &Tx, in_box: &Barcode) -> Result<TubeBoxRow> {
    tx.execute(&CREATE, &[&in_box.as_str()]).await?;
    lock(tx, in_box).await?.ok_or_else(|| corrupt("a box"))
}

async fn lock(tx: &Tx, in_box: &Barcode) -> Result<Option<TubeBoxRow>> {
    tx.row(&LOCK, &[&in_box.as_str()]).await?.map(|row| from_row(&row)).transpose()
}

/// Boxes that somebody told of.
pub(super) async fn some<'a>(
    tx: &Tx,
    boxes: impl IntoIterator<Item = &'a Barcode>,
) -> Result<BTreeMap<Barcode, TubeBoxRow>> {
    let texts: Vec<&str> = boxes.into_iter().map(Barcode::as_str).collect();
    let rows = tx.rows(&SOME, &[&texts]).await?;
    rows.iter().map(|row| from_row(row).map(|row| (row.barcode.clone(), row))).collect()
}

async fn save(tx: &Tx, row: &TubeBoxRow) -> Result<()> {
    let c = BoxColumns::from(row);
    tx.execute(
        &SAVE,
        &[
            &c.barcode,
            &c.point,
            &c.packed_ms,
            &c.packed_by,
            &c.courier,
            &c.handed_ms,
            &c.received_ms,
            &c.received_by,
        ],
    )
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<TubeBoxRow> {
    BoxColumns {
        barcode: at(row, 0)?,
        point: at(row, 1)?,
        packed_ms: at(row, 2)?,
        packed_by: at(row, 3)?,
        courier: at(row, 4)?,
        handed_ms: at(row, 5)?,
        received_ms: at(row, 6)?,
        received_by: at(row, 7)?,
    }
    .row()
}
