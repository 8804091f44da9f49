//! The operators' document.

use rusqlite::params;
use yimatong_model::ids::StaffId;

use super::audit;
use super::tx::{Tx, View};
use crate::access::AuditEntry;
use crate::codec::{instant, ms, narrow, optional_instant};
use crate::error::{Conflict, Result, StoreError, corrupt};
use crate::operations::{NoticeRow, Operations, OperationsChange};

/// The verb `operations`.
pub(super) fn read(view: &View<'_>) -> Result<Operations> {
    let mut statement = view.sql.prepare_cached(
        "SELECT version, settings, switches, notice_zh, notice_en, notice_level, notice_ms, changed_by, changed_ms
         FROM operations WHERE operations_id = 1",
    )?;
    let mut rows = statement.query([])?;
    let row = rows.next()?.ok_or_else(|| corrupt("the operators' document"))?;
    let notice = match row.get::<_, Option<i64>>(6)? {
        None => None,
        Some(at) => {
            Some(NoticeRow { zh: row.get(3)?, en: row.get(4)?, level: row.get(5)?, at: instant(at)? })
        }
    };
    Ok(Operations {
        version: narrow(row.get(0)?, "a version")?,
        settings: row.get(1)?,
        switches: row.get(2)?,
        notice,
        changed_by: row.get::<_, Option<u32>>(7)?.map(StaffId),
        changed_at: optional_instant(row.get(8)?)?,
    })
}

/// The verb `change_operations`.
pub(super) fn change(
    tx: &Tx<'_>,
    change: &OperationsChange,
    version: Option<u64>,
    entry: &AuditEntry,
) -> Result<Operations> {
    change.check()?;
    let version = version.map(|version| i64::try_from(version).unwrap_or(i64::MAX));
    let changed = tx
        .sql
        .prepare_cached(
            "UPDATE operations SET version = version + 1, changed_by = ?1, changed_ms = ?2
             WHERE operations_id = 1 AND version = coalesce(?3, version)",
        )?
        .execute(params![entry.staff.map(|staff| staff.0), ms(entry.at), version])?;
    if changed == 0 {
        return Err(StoreError::Conflict(Conflict::ChangedMeanwhile));
    }
    match change {
        OperationsChange::Settings(document) => tx
            .sql
            .prepare_cached("UPDATE operations SET settings = ?1 WHERE operations_id = 1")?
            .execute([document])?,
        OperationsChange::Switches(document) => tx
            .sql
            .prepare_cached("UPDATE operations SET switches = ?1 WHERE operations_id = 1")?
            .execute([document])?,
        OperationsChange::Notice(notice) => set_notice(tx, notice.as_ref())?,
    };
    audit::append(tx, entry)?;
    read(tx)
}

fn set_notice(tx: &Tx<'_>, notice: Option<&NoticeRow>) -> Result<usize> {
    Ok(tx
        .sql
        .prepare_cached(
            "UPDATE operations SET notice_zh = ?1, notice_en = ?2, notice_level = ?3, notice_ms = ?4
             WHERE operations_id = 1",
        )?
        .execute(params![
            notice.map(|notice| &notice.zh),
            notice.map(|notice| &notice.en),
            notice.map(|notice| &notice.level),
            notice.map(|notice| ms(notice.at))
        ])?)
}
