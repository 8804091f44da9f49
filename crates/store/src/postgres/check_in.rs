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

/// One row to write.
struct Row7 {
    venue: i64,
    day: i32,
    id: [u8; 16],
    at_ms: i64,
    person: i64,
    outcome: i64,
    staff: Option<i64>,
}

/// The days of check-ins that can be taken when days before a floor were dropped.
pub(super) async fn days(tx: &Tx, check_ins: &[CheckIn], now: Timestamp) -> Result<BTreeSet<Date>> {
    let first = first_day(sequence::fact(tx, Fact::CheckInFloor).await?, now)?;
    Ok(check_ins.iter().filter_map(|check_in| check_in.day(first, now).ok()).collect())
}

/// Refuses batches that are too large.
pub(super) fn check(check_ins: &[CheckIn]) -> Result<()> {
    if check_ins.len() > MOST_CHECK_INS {
        return Err(StoreError::invalid("checkIns", Problem::TooManyRows));
    }
    Ok(())
}

/// The verb `record_check_ins`, once its days have tables.
pub(super) async fn record(
    tx: &Tx,
    venue: VenueId,
    check_ins: &[CheckIn],
    now: Timestamp,
) -> Result<Vec<RowOutcome>> {
    if !venue::exists(tx, venue).await? {
        return Err(StoreError::NotFound(Noun::Venue));
    }
    let first = first_day(sequence::fact(tx, Fact::CheckInFloor).await?, now)?;
    let days: Vec<std::result::Result<Date, RowProblem>> =
        check_ins.iter().map(|check_in| check_in.day(first, now)).collect();
    let mut rows: Vec<Row7> = check_ins
        .iter()
        .zip(&days)
        .filter_map(|(check_in, day)| day.ok().map(|day| row_of(venue, day, check_in)))
        .collect();
    rows.sort_by_key(|row| (row.venue, row.day, row.id));
    let mut inserted = insert(tx, &rows).await?;
    Ok(check_ins
        .iter()
        .zip(&days)
        .map(|(check_in, day)| match day {
            Err(problem) => RowOutcome::Rejected(*problem),
            // The first of the same id within the batch is the one that was stored.
            Ok(day) if inserted.remove(&(day_number(*day), check_in.id)) => RowOutcome::Recorded,
            Ok(_) => RowOutcome::Duplicate,
        })
        .collect())
}

fn row_of(venue: VenueId, day: Date, check_in: &CheckIn) -> Row7 {
    Row7 {
        venue: i64::from(venue.0),
        day: day_number(day),
        id: check_in.id,
        at_ms: ms(check_in.at),
        person: check_in.person.as_i64(),
        outcome: i64::from(check_in.outcome as u8),
        staff: check_in.staff.map(|staff| i64::from(staff.0)),
    }
}

/// Inserts rows of one venue on both sides; answers day and id of those that were not there before.
async fn insert(tx: &Tx, rows: &[Row7]) -> Result<HashSet<(i32, [u8; 16])>> {
    let ids: Vec<&[u8]> = rows.iter().map(|row| &row.id[..]).collect();
    let mut parameters: Vec<Parameter<'_>> = Vec::with_capacity(rows.len() * BY_VENUE.types.len());
    for (row, id) in rows.iter().zip(&ids) {
        parameters.extend([&row.venue as Parameter<'_>, &row.day, id, &row.at_ms, &row.person, &row.outcome]);
        parameters.push(&row.staff);
    }
    let mut inserted = HashSet::with_capacity(rows.len());
    for row in tx.insert(&BY_VENUE, &parameters).await? {
        inserted.insert((at(&row, 1)?, id_of(at(&row, 2)?)?));
    }
    let mut seen = HashSet::with_capacity(inserted.len());
    let mut new: Vec<usize> = (0..rows.len())
        .filter(|index| {
            let name = (rows[*index].day, rows[*index].id);
            inserted.contains(&name) && seen.insert(name)
        })
        .collect();
    new.sort_by_key(|index| rows[*index].person);
    parameters.clear();
    for index in new {
        let row = &rows[index];
        parameters.extend([&row.person as Parameter<'_>, &row.day, &row.at_ms, &ids[index], &row.venue]);
        parameters.push(&row.outcome);
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
