//! The audit log.

use rusqlite::params;
use yimatong_model::ids::{PersonId, StaffId};

use super::person;
use super::sequence;
use super::state::person_id;
use super::tx::{Tx, View};
use crate::access::{Access, AuditEntry, AuditRow};
use crate::codec::{instant, ms, narrow};
use crate::cursor;
use crate::error::Result;
use crate::page::{Page, page_size};
use crate::sequence::Sequence;

/// Appends a row; answers its id.
pub(super) fn append(tx: &Tx<'_>, entry: &AuditEntry) -> Result<u64> {
    entry.check()?;
    let id = sequence::take(tx, Sequence::Audit, 1)?;
    tx.sql
        .prepare_cached(
            "INSERT INTO audit (audit_id, at_ms, staff_id, action, subject_id, purpose)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            id,
            ms(entry.at),
            entry.staff.map(|staff| staff.0),
            entry.action,
            entry.subject.map(PersonId::as_i64),
            entry.purpose
        ])?;
    narrow(id, "the audit sequence")
}

/// The verb `list_audit`.
pub(super) fn list(view: &View<'_>, cursor: Option<&str>, limit: usize) -> Result<Page<AuditRow>> {
    let before = cursor::parse::<1>(cursor)?.map_or(i64::MAX, |[id]| id);
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(
        "SELECT audit_id, at_ms, staff_id, action, subject_id, purpose FROM audit
         WHERE audit_id < ?1 ORDER BY audit_id DESC LIMIT ?2",
    )?;
    let mut rows = statement.query(params![before, limit as i64 + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(AuditRow {
            id: narrow(row.get(0)?, "an audit id")?,
            at: instant(row.get(1)?)?,
            staff: row.get::<_, Option<u32>>(2)?.map(StaffId),
            action: row.get(3)?,
            subject: row.get::<_, Option<i64>>(4)?.map(person_id).transpose()?,
            purpose: row.get(5)?,
        });
    }
    Ok(Page::cut(items, limit, |row| row.id.to_string()))
}

/// The verb `check_person`.
pub(super) fn check_person(
    tx: &Tx<'_>,
    document: &yimatong_model::document::Document,
    access: &Access,
) -> Result<Option<PersonId>> {
    access.check()?;
    let found = person::find(tx, document)?;
    append(tx, &AuditEntry::of(access, "check-person", found))?;
    Ok(found)
}
