//! Venues.

use rusqlite::{OptionalExtension, Row, params};
use yimatong_model::ids::VenueId;

use super::idempotency::once;
use super::sequence;
use super::tx::{Tx, View};
use crate::codec::{ms, narrow};
use crate::cursor;
use crate::error::{Problem, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::page::{Page, page_size};
use crate::sequence::Sequence;
use crate::venue::{NewVenue, VenueRow};

const COLUMNS: &str = "venue_id, name, venue_type, district_code";

/// The verb `create_venue`.
pub(super) fn create(tx: &Tx<'_>, new: &NewVenue, key: Option<Idempotency>) -> Result<VenueRow> {
    new.check()?;
    once(tx, "create_venue", key, new.at, || {
        let id = match new.id {
            Some(id) => id,
            None => VenueId(narrow(sequence::take(tx, Sequence::Venue, 1)?, "the venue sequence")?),
        };
        if !insert(tx, id, new)? {
            return Err(StoreError::invalid("id", Problem::Mismatch));
        }
        Ok(new.row(id))
    })
}

/// The verb `import_venues`.
pub(super) fn import(tx: &Tx<'_>, venues: &[NewVenue]) -> Result<usize> {
    let mut created = 0;
    for new in venues {
        new.check()?;
        let id = new.id.ok_or_else(|| StoreError::invalid("id", Problem::Empty))?;
        created += usize::from(insert(tx, id, new)?);
    }
    Ok(created)
}

fn insert(tx: &Tx<'_>, id: VenueId, new: &NewVenue) -> Result<bool> {
    let row = new.row(id);
    let inserted = tx
        .sql
        .prepare_cached(
            "INSERT INTO venue (venue_id, name, venue_type, district_code, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![id.0, row.name, row.venue_type, row.district_code, ms(new.at)])?;
    sequence::skip_past(tx, Sequence::Venue, i64::from(id.0))?;
    Ok(inserted == 1)
}

/// The verb `venue`.
pub(super) fn find(view: &View<'_>, venue: VenueId) -> Result<Option<VenueRow>> {
    Ok(view
        .sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM venue WHERE venue_id = ?1"))?
        .query_row([venue.0], from_row)
        .optional()?)
}

/// Whether there is such a venue.
pub(super) fn exists(view: &View<'_>, venue: VenueId) -> Result<bool> {
    Ok(view.sql.prepare_cached("SELECT 1 FROM venue WHERE venue_id = ?1")?.exists([venue.0])?)
}

/// The verb `list_venues`.
pub(super) fn list(
    view: &View<'_>,
    query: &str,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<VenueRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(&format!(
        r"SELECT {COLUMNS} FROM venue WHERE venue_id > ?1 AND name LIKE ?2 ESCAPE '\' ORDER BY venue_id LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![after, cursor::containing(query), limit as i64 + 1], from_row)?;
    let items = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Page::cut(items, limit, |row| row.id.to_string()))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<VenueRow> {
    Ok(VenueRow {
        id: VenueId(row.get(0)?),
        name: row.get(1)?,
        venue_type: row.get(2)?,
        district_code: row.get(3)?,
    })
}
