//! Check-ins of venues.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;
use yimatong_model::ids::{PersonId, StaffId, VenueId};

use super::sql::{Sql, Values};
use super::tx::{Parameter, Tx, at};
use super::{sequence, venue};
use crate::check_in::{CheckIn, GateOutcome, MOST_CHECK_INS, first_day};
use crate::codec::{day_number, instant, ms, narrow};
use crate::cursor;
use crate::error::{Noun, Problem, Result, StoreError, corrupt};
use crate::page::{Page, page_size};
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::sequence::Fact;
use crate::state_rows::person_id;

const BY_VENUE: Values = Values {
    head: "INSERT INTO venue_check_in (venue_id, day, check_in_id, at_ms, person_id, outcome, staff_id) VALUES",
    types: &["bigint", "int", "bytea", "bigint", "bigint", "bigint", "bigint"],
    tail: "ON CONFLICT DO NOTHING RETURNING venue_id, day, check_in_id",
};
const BY_PERSON: Values = Values {
    head: "INSERT INTO person_check_in (person_id, day, at_ms, check_in_id, venue_id, outcome) VALUES",
    types: &["bigint", "int", "bigint", "bytea", "bigint", "bigint"],
    tail: "ON CONFLICT DO NOTHING",
};
const LIST: Sql = Sql::key(
    "venue_id",
    "SELECT check_in_id, person_id, at_ms, outcome, staff_id FROM venue_check_in
     WHERE venue_id = $1 AND day = $2 AND (at_ms, check_in_id) > ($3, $4) ORDER BY at_ms, check_in_id LIMIT $5",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[LIST];
/// Its inserts of many rows, with the key of each.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("venue_id", BY_VENUE), ("person_id", BY_PERSON)];

/// The arguments of one call.
pub(super) struct Batch {
    pub(super) venue: VenueId,
    pub(super) check_ins: Vec<CheckIn>,
    pub(super) now: Timestamp,
}

impl Batch {
    /// How many rows it brings.
    pub(super) fn rows(&self) -> usize {
        self.check_ins.len()
    }
}

/// What names a row, and whether it was there before is asked by.
type Name = (i64, i32, [u8; 16]);

/// One row to write.
struct NewRow {
    name: Name,
    at_ms: i64,
    person: i64,
    outcome: i64,
    staff: Option<i64>,
}

/// The days of check-ins that can be taken when days before a floor were dropped.
pub(super) async fn days(tx: &Tx, batches: &[&Batch]) -> Result<BTreeSet<Date>> {
    let floor = sequence::fact(tx, Fact::CheckInFloor).await?;
    let mut days = BTreeSet::new();
    for batch in batches {
        let first = first_day(floor, batch.now)?;
        days.extend(batch.check_ins.iter().filter_map(|check_in| check_in.day(first, batch.now).ok()));
    }
    Ok(days)
}

/// Refuses batches that are too large.
pub(super) fn check(check_ins: &[CheckIn]) -> Result<()> {
    if check_ins.len() > MOST_CHECK_INS {
        return Err(StoreError::invalid("checkIns", Problem::TooManyRows));
    }
    Ok(())
}

/// The verb `record_check_ins` for several callers, once their days have tables.
pub(super) async fn record(tx: &Tx, batches: &[&Batch]) -> Result<Vec<Result<Vec<RowOutcome>>>> {
    let venues: BTreeSet<VenueId> = batches.iter().map(|batch| batch.venue).collect();
    let known = venue::known(tx, &venues).await?;
    let floor = sequence::fact(tx, Fact::CheckInFloor).await?;
    let mut rows = Vec::new();
    let mut outcomes: Vec<Result<Vec<std::result::Result<Name, RowProblem>>>> = Vec::new();
    for batch in batches {
        if !known.contains(&batch.venue) {
            outcomes.push(Err(StoreError::NotFound(Noun::Venue)));
            continue;
        }
        let first = first_day(floor, batch.now)?;
        let mut names = Vec::with_capacity(batch.check_ins.len());
        for check_in in &batch.check_ins {
            names.push(check_in.day(first, batch.now).map(|day| {
                let row = NewRow::of(batch.venue, day, check_in);
                let name = row.name;
                rows.push(row);
                name
            }));
        }
        outcomes.push(Ok(names));
    }
    // In order of keys, so that two batches with the same rows never wait for each other.
    rows.sort_by_key(|row| row.name);
    let mut inserted = insert(tx, &rows).await?;
    let mut told = |name: std::result::Result<Name, RowProblem>| match name {
        Err(problem) => RowOutcome::Rejected(problem),
        // Of several with one name the first is the one that was stored.
        Ok(name) if inserted.remove(&name) => RowOutcome::Recorded,
        Ok(_) => RowOutcome::Duplicate,
    };
    Ok(outcomes.into_iter().map(|names| Ok(names?.into_iter().map(&mut told).collect())).collect())
}

impl NewRow {
    fn of(venue: VenueId, day: Date, check_in: &CheckIn) -> Self {
        Self {
            name: (i64::from(venue.0), day_number(day), check_in.id),
            at_ms: ms(check_in.at),
            person: check_in.person.as_i64(),
            outcome: i64::from(check_in.outcome as u8),
            staff: check_in.staff.map(|staff| i64::from(staff.0)),
        }
    }
}

/// Inserts rows on both sides; answers the names of those that were not there before.
async fn insert(tx: &Tx, rows: &[NewRow]) -> Result<HashSet<Name>> {
    let ids: Vec<&[u8]> = rows.iter().map(|row| &row.name.2[..]).collect();
    let mut parameters: Vec<Parameter<'_>> = Vec::with_capacity(rows.len() * BY_VENUE.types.len());
    for (row, id) in rows.iter().zip(&ids) {
        let (venue, day, _) = &row.name;
        parameters.extend([
            venue as Parameter<'_>,
            day,
            id,
            &row.at_ms,
            &row.person,
            &row.outcome,
            &row.staff,
        ]);
    }
    let mut inserted = HashSet::with_capacity(rows.len());
    for row in tx.insert(&BY_VENUE, &parameters).await? {
        inserted.insert((at(&row, 0)?, at(&row, 1)?, id_of(at(&row, 2)?)?));
    }
    let mut seen = HashSet::with_capacity(inserted.len());
    let is_new = |index: &usize| inserted.contains(&rows[*index].name) && seen.insert(rows[*index].name);
    let mut new: Vec<usize> = (0..rows.len()).filter(is_new).collect();
    new.sort_by_key(|index| rows[*index].person);
    parameters.clear();
    for index in new {
        let row = &rows[index];
        let (venue, day, _) = &row.name;
        parameters.extend([&row.person as Parameter<'_>, day, &row.at_ms, &ids[index], venue, &row.outcome]);
    }
    tx.insert(&BY_PERSON, &parameters).await?;
    Ok(inserted)
}

fn id_of(bytes: &[u8]) -> Result<[u8; 16]> {
    bytes.try_into().map_err(|_| corrupt("a check-in's id"))
}

/// The verb `list_check_ins`.
pub(super) async fn list(
    tx: &Tx,
    venue: VenueId,
    day: Date,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<CheckIn>> {
    let (at_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MIN, [0; 16]));
    let limit = page_size(limit);
    let (venue, day, most) = (i64::from(venue.0), day_number(day), limit as i64 + 1);
    let rows = tx.rows(&LIST, &[&venue, &day, &at_ms, &&id[..], &most]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |check_in: &CheckIn| cursor::of_time_and_id(ms(check_in.at), &check_in.id)))
}

fn from_row(row: &Row) -> Result<CheckIn> {
    let person: PersonId = person_id(at(row, 1)?)?;
    let staff: Option<i64> = at(row, 4)?;
    Ok(CheckIn {
        id: id_of(at(row, 0)?)?,
        person,
        at: instant(at(row, 2)?)?,
        outcome: GateOutcome::from_u8(narrow(at(row, 3)?, "a gate's outcome")?)
            .ok_or_else(|| corrupt("a gate's outcome"))?,
        staff: staff.map(|staff| narrow(staff, "a staff id").map(StaffId)).transpose()?,
    })
}

/// Refuses days before one from now on.
pub(super) async fn raise_floor(tx: &Tx, day: Date) -> Result<()> {
    sequence::raise_fact(tx, Fact::CheckInFloor, i64::from(day_number(day))).await
}
