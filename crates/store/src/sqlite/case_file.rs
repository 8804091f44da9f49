//! Case files that a positive single test opens.

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::ids::PersonId;
use yimatong_model::sampling::Barcode;

use super::state::person_id;
use super::tx::{Tx, View};
use crate::codec::{instant, ms};
use crate::cursor;
use crate::error::{Result, corrupt};
use crate::page::{Page, page_size};
use crate::tube_columns::barcode;
use crate::tube_result::{CaseFileRow, CaseState};

/// Opens a case file, unless one of the person is open.
pub(super) fn open(
    tx: &Tx<'_>,
    person: PersonId,
    id: &[u8; 16],
    tube: Option<&Barcode>,
    now: Timestamp,
) -> Result<()> {
    tx.sql
        .prepare_cached(
            "INSERT INTO case_file (person_id, case_id, opened_ms, barcode, state) SELECT ?1, ?2, ?3, ?4, 0
             WHERE NOT EXISTS (SELECT 1 FROM case_file WHERE person_id = ?1 AND state = 0)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![person.as_i64(), id, ms(now), tube.map(Barcode::as_str)])?;
    Ok(())
}

/// Withdraws the case file that a result opened, which is gone; answers whether it did.
pub(super) fn withdraw(tx: &Tx<'_>, person: PersonId, id: &[u8; 16]) -> Result<bool> {
    let withdrawn = tx
        .sql
        .prepare_cached("UPDATE case_file SET state = 1 WHERE person_id = ?1 AND case_id = ?2 AND state = 0")?
        .execute(params![person.as_i64(), id])?;
    Ok(withdrawn == 1)
}

/// The verb `list_case_files`.
pub(super) fn list(view: &View<'_>, cursor: Option<&str>, limit: usize) -> Result<Page<CaseFileRow>> {
    let (opened_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MIN, [0; 16]));
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(
        "SELECT person_id, case_id, opened_ms, barcode, state FROM case_file
         WHERE (opened_ms, case_id) > (?1, ?2) ORDER BY opened_ms, case_id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![opened_ms, id, limit as i64 + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let tube = row.get_ref(3)?.as_str_or_null().map_err(|_| corrupt("a barcode"))?;
        items.push(CaseFileRow {
            person: person_id(row.get(0)?)?,
            id: row.get(1)?,
            opened: instant(row.get(2)?)?,
            barcode: tube.map(barcode).transpose()?,
            state: CaseState::from_i64(row.get(4)?)?,
        });
    }
    Ok(Page::cut(items, limit, |case| cursor::of_time_and_id(ms(case.opened), &case.id)))
}
