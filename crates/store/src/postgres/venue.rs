//! Venues.

use std::collections::BTreeSet;

use tokio_postgres::Row;
use yimatong_model::ids::VenueId;

use super::idempotency::{self, Once};
use super::sequence;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::{ms, narrow};
use crate::cursor;
use crate::error::{Problem, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::page::{Page, page_size};
use crate::sequence::Sequence;
use crate::venue::{NewVenue, VenueRow};

const INSERT: Sql = Sql::reference(
    "INSERT INTO venue (venue_id, name, venue_type, district_code, created_ms) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING",
);
const FIND: Sql =
    Sql::reference("SELECT venue_id, name, venue_type, district_code FROM venue WHERE venue_id = $1");
const KNOWN: Sql = Sql::reference("SELECT venue_id FROM venue WHERE venue_id = ANY($1) ORDER BY venue_id");
const LIST: Sql = Sql::reference(
    r"SELECT venue_id, name, venue_type, district_code FROM venue
      WHERE venue_id > $1 AND name ILIKE $2 ESCAPE '\' ORDER BY venue_id LIMIT $3",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[INSERT, FIND, KNOWN, LIST];

/// The verb `create_venue`.
pub(super) async fn create(tx: &Tx, new: &NewVenue, key: Option<Idempotency>) -> Result<VenueRow> {
    new.check()?;
    if let Once::Before(row) = idempotency::begin(tx, "create_venue", key, new.at).await? {
        return Ok(row);
    }
    let id = match new.id {
        Some(id) => id,
        None => VenueId(narrow(sequence::take(tx, Sequence::Venue, 1).await?, "the venue sequence")?),
    };
    if !insert(tx, id, new).await? {
        return Err(StoreError::invalid("id", Problem::Mismatch));
    }
    sequence::skip_past(tx, Sequence::Venue, i64::from(id.0)).await?;
    let row = new.row(id);
    idempotency::finish(tx, key, &row).await?;
    Ok(row)
}

/// The verb `import_venues`.
pub(super) async fn import(tx: &Tx, venues: &[NewVenue]) -> Result<usize> {
    let mut created = 0;
    let mut highest = None;
    for new in venues {
        new.check()?;
        let id = new.id.ok_or_else(|| StoreError::invalid("id", Problem::Empty))?;
        created += usize::from(insert(tx, id, new).await?);
        highest = highest.max(Some(id.0));
    }
    if let Some(highest) = highest {
        sequence::skip_past(tx, Sequence::Venue, i64::from(highest)).await?;
    }
    Ok(created)
}

async fn insert(tx: &Tx, id: VenueId, new: &NewVenue) -> Result<bool> {
    let row = new.row(id);
    let (id, district) = (i64::from(id.0), i64::from(row.district_code));
    Ok(tx.execute(&INSERT, &[&id, &row.name, &row.venue_type, &district, &ms(new.at)]).await? == 1)
}

/// The verb `venue`.
pub(super) async fn find(tx: &Tx, venue: VenueId) -> Result<Option<VenueRow>> {
    tx.row(&FIND, &[&i64::from(venue.0)]).await?.map(|row| from_row(&row)).transpose()
}

/// Those of some venues that there are.
pub(super) async fn known(tx: &Tx, venues: &BTreeSet<VenueId>) -> Result<BTreeSet<VenueId>> {
    let ids: Vec<i64> = venues.iter().map(|venue| i64::from(venue.0)).collect();
    let rows = tx.rows(&KNOWN, &[&ids]).await?;
    rows.iter().map(|row| Ok(VenueId(narrow(at(row, 0)?, "a venue id")?))).collect()
}

/// Whether there is such a venue.
pub(super) async fn exists(tx: &Tx, venue: VenueId) -> Result<bool> {
    Ok(tx.row(&FIND, &[&i64::from(venue.0)]).await?.is_some())
}

/// The verb `list_venues`.
pub(super) async fn list(tx: &Tx, query: &str, cursor: Option<&str>, limit: usize) -> Result<Page<VenueRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let rows = tx.rows(&LIST, &[&after, &cursor::containing(query), &(limit as i64 + 1)]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &VenueRow| row.id.to_string()))
}

fn from_row(row: &Row) -> Result<VenueRow> {
    Ok(VenueRow {
        id: VenueId(narrow(at(row, 0)?, "a venue id")?),
        name: at(row, 1)?,
        venue_type: at(row, 2)?,
        district_code: narrow(at(row, 3)?, "a district")?,
    })
}
