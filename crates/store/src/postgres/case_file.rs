//! Case files that a positive single test opens.

use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::PersonId;
use yimatong_model::sampling::Barcode;

use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::{instant, ms};
use crate::cursor;
use crate::error::Result;
use crate::page::{Page, page_size};
use crate::state_rows::person_id;
use crate::tube_columns::{barcode, id16};
use crate::tube_result::{CaseFileRow, CaseState};

const HAS_OPEN: Sql =
    Sql::key("person_id", "SELECT count(*) > 0 FROM case_file WHERE person_id = $1 AND state = 0");
const INSERT: Sql = Sql::key(
    "person_id",
    "INSERT INTO case_file (person_id, case_id, opened_ms, barcode, state) VALUES ($1, $2, $3, $4, 0)
     ON CONFLICT DO NOTHING",
);
const WITHDRAW: Sql = Sql::key(
    "person_id",
    "UPDATE case_file SET state = 1 WHERE person_id = $1 AND case_id = $2 AND state = 0",
);
const LIST: Sql = Sql::everywhere(
    "a coordinator's list of the whole city, in the order of an index",
    "SELECT person_id, case_id, opened_ms, barcode, state FROM case_file
     WHERE (opened_ms, case_id) > ($1, $2) ORDER BY opened_ms, case_id LIMIT $3",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[HAS_OPEN, INSERT, WITHDRAW, LIST];

/// Opens a case file, unless one of the person, who is locked, is open.
pub(super) async fn open(
    tx: &Tx,
    person: PersonId,
    id: &[u8; 16],
    tube: Option<&Barcode>,
    now: Timestamp,
) -> Result<()> {
    let has_open = tx.row(&HAS_OPEN, &[&person.as_i64()]).await?.map(|row| at(&row, 0)).transpose()?;
    if has_open != Some(true) {
        let tube = tube.map(Barcode::as_str);
        tx.execute(&INSERT, &[&person.as_i64(), &&id[..], &ms(now), &tube]).await?;
    }
    Ok(())
}

/// Withdraws the case file that a result opened, which is gone; answers whether it did.
pub(super) async fn withdraw(tx: &Tx, person: PersonId, id: &[u8; 16]) -> Result<bool> {
    Ok(tx.execute(&WITHDRAW, &[&person.as_i64(), &&id[..]]).await? == 1)
}

/// The verb `list_case_files`.
pub(super) async fn list(tx: &Tx, cursor: Option<&str>, limit: usize) -> Result<Page<CaseFileRow>> {
    let (opened_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MIN, [0; 16]));
    let limit = page_size(limit);
    let rows = tx.rows(&LIST, &[&opened_ms, &&id[..], &(limit as i64 + 1)]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |case: &CaseFileRow| cursor::of_time_and_id(ms(case.opened), &case.id)))
}

fn from_row(row: &Row) -> Result<CaseFileRow> {
    let tube: Option<&str> = at(row, 3)?;
    Ok(CaseFileRow {
        person: person_id(at(row, 0)?)?,
        id: id16(at(row, 1)?)?,
        opened: instant(at(row, 2)?)?,
        barcode: tube.map(barcode).transpose()?,
        state: CaseState::from_i64(at(row, 4)?)?,
    })
}
