//! The audit log.

use tokio_postgres::Row;
use yimatong_model::document::Document;
use yimatong_model::ids::{PersonId, StaffId};

use super::sql::Sql;
use super::tx::{Tx, at};
use super::{person, sequence};
use crate::access::{Access, AuditEntry, AuditRow};
use crate::codec::{instant, ms, narrow};
use crate::cursor;
use crate::error::Result;
use crate::page::{Page, page_size};
use crate::sequence::Sequence;
use crate::state_rows::person_id;

const APPEND: Sql = Sql::coordinator(
    "INSERT INTO audit (audit_id, at_ms, staff_id, action, subject_id, purpose) VALUES ($1, $2, $3, $4, $5, $6)",
);
const LIST: Sql = Sql::coordinator(
    "SELECT audit_id, at_ms, staff_id, action, subject_id, purpose FROM audit
     WHERE audit_id < $1 ORDER BY audit_id DESC LIMIT $2",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[APPEND, LIST];

/// Appends a row; answers its id.
pub(super) async fn append(tx: &Tx, entry: &AuditEntry) -> Result<u64> {
    entry.check()?;
    let id = sequence::take(tx, Sequence::Audit, 1).await?;
    let staff = entry.staff.map(|staff| i64::from(staff.0));
    let subject = entry.subject.map(PersonId::as_i64);
    tx.execute(&APPEND, &[&id, &ms(entry.at), &staff, &entry.action, &subject, &entry.purpose]).await?;
    narrow(id, "the audit sequence")
}

/// The verb `list_audit`.
pub(super) async fn list(tx: &Tx, cursor: Option<&str>, limit: usize) -> Result<Page<AuditRow>> {
    let before = cursor::parse::<1>(cursor)?.map_or(i64::MAX, |[id]| id);
    let limit = page_size(limit);
    let rows = tx.rows(&LIST, &[&before, &(limit as i64 + 1)]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &AuditRow| row.id.to_string()))
}

fn from_row(row: &Row) -> Result<AuditRow> {
    let staff: Option<i64> = at(row, 2)?;
    Ok(AuditRow {
        id: narrow(at(row, 0)?, "an audit id")?,
        at: instant(at(row, 1)?)?,
        staff: staff.map(|staff| narrow(staff, "a staff id").map(StaffId)).transpose()?,
        action: at(row, 3)?,
        subject: at::<Option<i64>>(row, 4)?.map(person_id).transpose()?,
        purpose: at(row, 5)?,
    })
}

/// The verb `check_person`.
pub(super) async fn check_person(tx: &Tx, document: &Document, access: &Access) -> Result<Option<PersonId>> {
    access.check()?;
    let found = person::find(tx, document).await?;
    append(tx, &AuditEntry::of(access, "check-person", found)).await?;
    Ok(found)
}
