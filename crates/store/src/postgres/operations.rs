//! The operators' document.

use yimatong_model::ids::StaffId;

use super::audit;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::access::AuditEntry;
use crate::codec::{instant, ms, narrow, optional_instant};
use crate::error::{Conflict, Result, StoreError, corrupt};
use crate::operations::{NoticeRow, Operations, OperationsChange};

const READ: Sql = Sql::coordinator(
    "SELECT version, settings, switches, notice_zh, notice_en, notice_level, notice_ms, changed_by, changed_ms
     FROM operations WHERE operations_id = 1",
);
const SETTINGS: Sql = Sql::coordinator("UPDATE operations SET settings = $1 WHERE operations_id = 1");
const SWITCHES: Sql = Sql::coordinator("UPDATE operations SET switches = $1 WHERE operations_id = 1");
const NOTICE: Sql = Sql::coordinator(
    "UPDATE operations SET notice_zh = $1, notice_en = $2, notice_level = $3, notice_ms = $4
     WHERE operations_id = 1",
);
const CHANGED: Sql = Sql::coordinator(
    "UPDATE operations SET version = version + 1, changed_by = $1, changed_ms = $2
     WHERE operations_id = 1 AND version = coalesce($3::bigint, version)",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[READ, SETTINGS, SWITCHES, NOTICE, CHANGED];

/// The verb `operations`.
pub(super) async fn read(tx: &Tx) -> Result<Operations> {
    let row = tx.row(&READ, &[]).await?.ok_or_else(|| corrupt("the operators' document"))?;
    let notice = match at::<Option<i64>>(&row, 6)? {
        None => None,
        Some(time) => {
            Some(NoticeRow { zh: at(&row, 3)?, en: at(&row, 4)?, level: at(&row, 5)?, at: instant(time)? })
        }
    };
    let changed_by: Option<i64> = at(&row, 7)?;
    Ok(Operations {
        version: narrow(at(&row, 0)?, "a version")?,
        settings: at(&row, 1)?,
        switches: at(&row, 2)?,
        notice,
        changed_by: changed_by.map(|staff| narrow(staff, "a staff id").map(StaffId)).transpose()?,
        changed_at: optional_instant(at(&row, 8)?)?,
    })
}

/// The verb `change_operations`.
pub(super) async fn change(
    tx: &Tx,
    change: &OperationsChange,
    version: Option<u64>,
    entry: &AuditEntry,
) -> Result<Operations> {
    change.check()?;
    let version = version.map(|version| i64::try_from(version).unwrap_or(i64::MAX));
    let by = entry.staff.map(|staff| i64::from(staff.0));
    // First, because it locks the row: whoever waited for another change sees the version that this one made.
    if tx.execute(&CHANGED, &[&by, &ms(entry.at), &version]).await? == 0 {
        return Err(StoreError::Conflict(Conflict::ChangedMeanwhile));
    }
    match change {
        OperationsChange::Settings(document) => tx.execute(&SETTINGS, &[document]).await?,
        OperationsChange::Switches(document) => tx.execute(&SWITCHES, &[document]).await?,
        OperationsChange::Notice(notice) => set_notice(tx, notice.as_ref()).await?,
    };
    audit::append(tx, entry).await?;
    read(tx).await
}

async fn set_notice(tx: &Tx, notice: Option<&NoticeRow>) -> Result<u64> {
    let zh = notice.map(|notice| &notice.zh);
    let en = notice.map(|notice| &notice.en);
    let level = notice.map(|notice| &notice.level);
    tx.execute(&NOTICE, &[&zh, &en, &level, &notice.map(|notice| ms(notice.at))]).await
}
