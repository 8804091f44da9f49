//! Staff accounts.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use yimatong_model::ids::{StaffId, VenueId};
use yimatong_model::role::Role;

use super::idempotency::once;
use super::sequence;
use super::tx::{Tx, View};
use super::{audit, staff_change, venue};
use crate::access::AuditEntry;
use crate::codec::{instant, ms, narrow, optional_instant};
use crate::cursor;
use crate::error::corrupt;
use crate::error::{Conflict, Noun, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::page::{Page, page_size};
use crate::sequence::Sequence;
use crate::staff::{NewStaff, StaffRow};

const COLUMNS: &str = "staff_id, name, role, password_hash, totp_secret, venue_id, disabled_ms, created_ms";

/// The verb `create_staff`.
pub(super) fn create(tx: &Tx<'_>, new: &NewStaff, key: Option<Idempotency>) -> Result<StaffId> {
    let name = new.checked_name()?;
    once(tx, "create_staff", key, new.at, || {
        if let Some(place) = new.venue
            && !venue::exists(tx, place)?
        {
            return Err(StoreError::NotFound(Noun::Venue));
        }
        let id = StaffId(narrow(sequence::take(tx, Sequence::Staff, 1)?, "the staff sequence")?);
        let claimed = tx
            .sql
            .prepare_cached("INSERT INTO staff_name (name, staff_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute(params![name, id.0])?;
        if claimed == 0 {
            return Err(Conflict::NameTaken.into());
        }
        tx.sql
            .prepare_cached(
                "INSERT INTO staff (staff_id, name, role, password_hash, totp_secret, venue_id, created_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                id.0,
                name,
                new.role.as_str(),
                new.password_hash,
                new.totp_secret,
                new.venue.map(|venue| venue.0),
                ms(new.at)
            ])?;
        staff_change::note_account(tx, new.at)?;
        Ok(id)
    })
}

/// The verb `staff_by_name`.
pub(super) fn by_name(view: &View<'_>, name: &str) -> Result<Option<StaffRow>> {
    let id: Option<u32> = view
        .sql
        .prepare_cached("SELECT staff_id FROM staff_name WHERE name = ?1")?
        .query_row([name.trim()], |row| row.get(0))
        .optional()?;
    let Some(id) = id else { return Ok(None) };
    let mut statement =
        view.sql.prepare_cached(&format!("SELECT {COLUMNS} FROM staff WHERE staff_id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(from_row).transpose()
}

/// The verb `list_staff`.
pub(super) fn list(view: &View<'_>, cursor: Option<&str>, limit: usize) -> Result<Page<StaffRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM staff WHERE staff_id > ?1 ORDER BY staff_id LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![after, limit as i64 + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(from_row(row)?);
    }
    Ok(Page::cut(items, limit, |row| row.id.to_string()))
}

/// The verb `set_staff_disabled`. Disabling twice keeps the first time.
pub(super) fn set_disabled(
    tx: &Tx<'_>,
    staff: StaffId,
    disabled: bool,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<()> {
    let changed = tx
        .sql
        .prepare_cached(
            "UPDATE staff SET disabled_ms = CASE WHEN ?2 THEN coalesce(disabled_ms, ?3) END WHERE staff_id = ?1",
        )?
        .execute(params![staff.0, disabled, ms(now)])?;
    if changed == 0 {
        return Err(StoreError::NotFound(Noun::Staff));
    }
    let action = if disabled { "disable-staff" } else { "enable-staff" }.to_owned();
    let purpose = Some(staff.to_string());
    staff_change::note_account(tx, now)?;
    audit::append(tx, &AuditEntry { at: now, staff: by, action, subject: None, purpose })?;
    Ok(())
}

/// The verb `use_totp_step`.
pub(super) fn use_totp_step(tx: &Tx<'_>, staff: StaffId, step: u64) -> Result<bool> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let used: Option<i64> = tx
        .sql
        .prepare_cached("SELECT totp_step FROM staff WHERE staff_id = ?1")?
        .query_row([staff.0], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound(Noun::Staff))?;
    if used.is_some_and(|used| used >= step) {
        return Ok(false);
    }
    tx.sql
        .prepare_cached("UPDATE staff SET totp_step = ?2 WHERE staff_id = ?1")?
        .execute(params![staff.0, step])?;
    Ok(true)
}

fn from_row(row: &Row<'_>) -> Result<StaffRow> {
    let role: String = row.get(2)?;
    Ok(StaffRow {
        id: StaffId(row.get(0)?),
        name: row.get(1)?,
        role: Role::from_name(&role).ok_or_else(|| corrupt("a role"))?,
        password_hash: row.get(3)?,
        totp_secret: row.get(4)?,
        venue: row.get::<_, Option<u32>>(5)?.map(VenueId),
        disabled_at: optional_instant(row.get(6)?)?,
        created_at: instant(row.get(7)?)?,
    })
}
