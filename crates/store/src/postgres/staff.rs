//! Staff accounts.

use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::{StaffId, VenueId};
use yimatong_model::role::Role;

use super::idempotency::{self, Once};
use super::sql::Sql;
use super::tx::{Tx, at};
use super::{audit, sequence, staff_change, venue};
use crate::access::AuditEntry;
use crate::codec::{instant, ms, narrow, optional_instant};
use crate::cursor;
use crate::error::{Conflict, Noun, Result, StoreError, corrupt};
use crate::idempotency::Idempotency;
use crate::page::{Page, page_size};
use crate::sequence::Sequence;
use crate::staff::{NewStaff, StaffRow};

/// Columns [`from_row`] reads, in its order.
macro_rules! columns {
    () => {
        "staff_id, name, role, password_hash, totp_secret, venue_id, disabled_ms, created_ms"
    };
}

const CLAIM_NAME: Sql =
    Sql::coordinator("INSERT INTO staff_name (name, staff_id) VALUES ($1, $2) ON CONFLICT DO NOTHING");
const INSERT: Sql = Sql::coordinator(
    "INSERT INTO staff (staff_id, name, role, password_hash, totp_secret, venue_id, created_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
);
const ID_OF: Sql = Sql::coordinator("SELECT staff_id FROM staff_name WHERE name = $1");
const FIND: Sql = Sql::coordinator(concat!("SELECT ", columns!(), " FROM staff WHERE staff_id = $1"));
const LIST: Sql = Sql::coordinator(concat!(
    "SELECT ",
    columns!(),
    " FROM staff WHERE staff_id > $1 ORDER BY staff_id LIMIT $2"
));
const SET_DISABLED: Sql = Sql::coordinator(
    "UPDATE staff SET disabled_ms = CASE WHEN $2 THEN coalesce(disabled_ms, $3) END WHERE staff_id = $1",
);
const TOTP_STEP: Sql = Sql::coordinator("SELECT totp_step FROM staff WHERE staff_id = $1 FOR UPDATE");
const SET_TOTP_STEP: Sql = Sql::coordinator("UPDATE staff SET totp_step = $2 WHERE staff_id = $1");

/// The statements of this file.
pub(super) const ALL: &[Sql] =
    &[CLAIM_NAME, INSERT, ID_OF, FIND, LIST, SET_DISABLED, TOTP_STEP, SET_TOTP_STEP];

/// The verb `create_staff`.
pub(super) async fn create(tx: &Tx, new: &NewStaff, key: Option<Idempotency>) -> Result<StaffId> {
    let name = new.checked_name()?;
    if let Once::Before(id) = idempotency::begin(tx, "create_staff", key, new.at).await? {
        return Ok(id);
    }
    if let Some(place) = new.venue
        && !venue::exists(tx, place).await?
    {
        return Err(StoreError::NotFound(Noun::Venue));
    }
    let number = sequence::take(tx, Sequence::Staff, 1).await?;
    let id = StaffId(narrow(number, "the staff sequence")?);
    if tx.execute(&CLAIM_NAME, &[&name, &number]).await? == 0 {
        return Err(Conflict::NameTaken.into());
    }
    let venue = new.venue.map(|venue| i64::from(venue.0));
    let role = new.role.as_str();
    tx.execute(&INSERT, &[&number, &name, &role, &new.password_hash, &new.totp_secret, &venue, &ms(new.at)])
        .await?;
    staff_change::note_account(tx, new.at).await?;
    idempotency::finish(tx, key, &id).await?;
    Ok(id)
}

/// The verb `staff_by_name`.
pub(super) async fn by_name(tx: &Tx, name: &str) -> Result<Option<StaffRow>> {
    let Some(row) = tx.row(&ID_OF, &[&name.trim()]).await? else { return Ok(None) };
    let found = tx.row(&FIND, &[&at::<i64>(&row, 0)?]).await?;
    found.map(|row| from_row(&row)).transpose()
}

/// The verb `list_staff`.
pub(super) async fn list(tx: &Tx, cursor: Option<&str>, limit: usize) -> Result<Page<StaffRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let rows = tx.rows(&LIST, &[&after, &(limit as i64 + 1)]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &StaffRow| row.id.to_string()))
}

/// The verb `set_staff_disabled`. Disabling twice keeps the first time.
pub(super) async fn set_disabled(
    tx: &Tx,
    staff: StaffId,
    disabled: bool,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<()> {
    if tx.execute(&SET_DISABLED, &[&i64::from(staff.0), &disabled, &ms(now)]).await? == 0 {
        return Err(StoreError::NotFound(Noun::Staff));
    }
    let action = if disabled { "disable-staff" } else { "enable-staff" }.to_owned();
    let purpose = Some(staff.to_string());
    staff_change::note_account(tx, now).await?;
    audit::append(tx, &AuditEntry { at: now, staff: by, action, subject: None, purpose }).await?;
    Ok(())
}

/// The verb `use_totp_step`.
pub(super) async fn use_totp_step(tx: &Tx, staff: StaffId, step: u64) -> Result<bool> {
    let id = i64::from(staff.0);
    let row = tx.row(&TOTP_STEP, &[&id]).await?.ok_or(StoreError::NotFound(Noun::Staff))?;
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    if at::<Option<i64>>(&row, 0)?.is_some_and(|used| used >= step) {
        return Ok(false);
    }
    tx.execute(&SET_TOTP_STEP, &[&id, &step]).await?;
    Ok(true)
}

fn from_row(row: &Row) -> Result<StaffRow> {
    let venue: Option<i64> = at(row, 5)?;
    Ok(StaffRow {
        id: StaffId(narrow(at(row, 0)?, "a staff id")?),
        name: at(row, 1)?,
        role: Role::from_name(at(row, 2)?).ok_or_else(|| corrupt("a role"))?,
        password_hash: at(row, 3)?,
        totp_secret: at(row, 4)?,
        venue: venue.map(|venue| narrow(venue, "a venue id").map(VenueId)).transpose()?,
        disabled_at: optional_instant(at(row, 6)?)?,
        created_at: instant(at(row, 7)?)?,
    })
}
