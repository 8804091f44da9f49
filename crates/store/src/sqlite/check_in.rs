//! Check-ins of venues.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};
use yimatong_model::ids::{PersonId, StaffId, VenueId};

use super::sequence;
use super::state::person_id;
use super::tx::{Tx, View};
use super::{check_in_day, venue};
use crate::check_in::{CheckIn, GateOutcome, MOST_CHECK_INS, first_day};
use crate::codec::{day_number, instant, ms};
use crate::cursor;
use crate::error::corrupt;
use crate::error::{Noun, Problem, Result, StoreError};
use crate::page::{Page, page_size};
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::sequence::Fact;

/// The verb `record_check_ins`.
pub(super) fn record(
    tx: &Tx<'_>,
    venue: VenueId,
    check_ins: &[CheckIn],
    now: Timestamp,
) -> Result<Vec<RowOutcome>> {
    if check_ins.len() > MOST_CHECK_INS {
        return Err(StoreError::invalid("checkIns", Problem::TooManyRows));
    }
    if !venue::exists(tx, venue)? {
        return Err(StoreError::NotFound(Noun::Venue));
    }
    let first_day = first_day(sequence::fact(tx, Fact::CheckInFloor)?, now)?;
    let days: Vec<std::result::Result<Date, RowProblem>> =
        check_ins.iter().map(|check_in| check_in.day(first_day, now)).collect();
    let mut outcomes: Vec<RowOutcome> =
        days.iter().map(|day| day.map_or_else(RowOutcome::Rejected, |_| RowOutcome::Recorded)).collect();
    // Nearly always one day; its statements are then prepared once for the batch.
    for day in days.iter().filter_map(|day| day.ok()).collect::<BTreeSet<_>>() {
        check_in_day::create(tx, day)?;
        let (venue_side, person_side) = statements(day);
        let mut venue_side = tx.sql.prepare_cached(&venue_side)?;
        let mut person_side = tx.sql.prepare_cached(&person_side)?;
        for (index, check_in) in check_ins.iter().enumerate().filter(|(index, _)| days[*index] == Ok(day)) {
            let (at_ms, person, outcome) =
                (ms(check_in.at), check_in.person.as_i64(), check_in.outcome as u8);
            let staff = check_in.staff.map(|staff| staff.0);
            if venue_side.execute(params![venue.0, check_in.id, at_ms, person, outcome, staff])? == 0 {
                outcomes[index] = RowOutcome::Duplicate;
            } else {
                person_side.execute(params![person, at_ms, check_in.id, venue.0, outcome])?;
            }
        }
    }
    Ok(outcomes)
}

fn statements(day: Date) -> (String, String) {
    let day = check_in_day::suffix(day);
    (
        format!(
            "INSERT INTO venue_check_in_{day} (venue_id, check_in_id, at_ms, person_id, outcome, staff_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING"
        ),
        format!(
            "INSERT INTO person_check_in_{day} (person_id, at_ms, check_in_id, venue_id, outcome)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"
        ),
    )
}

/// The verb `list_check_ins`.
pub(super) fn list(
    view: &View<'_>,
    venue: VenueId,
    day: Date,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<CheckIn>> {
    let (at_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MIN, [0; 16]));
    let limit = page_size(limit);
    if !check_in_day::exists(view, day)? {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT check_in_id, person_id, at_ms, outcome, staff_id FROM venue_check_in_{}
         WHERE venue_id = ?1 AND (at_ms, check_in_id) > (?2, ?3) ORDER BY at_ms, check_in_id LIMIT ?4",
        check_in_day::suffix(day)
    ))?;
    let mut rows = statement.query(params![venue.0, at_ms, id, limit as i64 + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(from_row(row)?);
    }
    Ok(Page::cut(items, limit, |check_in| cursor::of_time_and_id(ms(check_in.at), &check_in.id)))
}

fn from_row(row: &Row<'_>) -> Result<CheckIn> {
    let person: PersonId = person_id(row.get(1)?)?;
    Ok(CheckIn {
        id: row.get(0)?,
        person,
        at: instant(row.get(2)?)?,
        outcome: GateOutcome::from_u8(row.get(3)?).ok_or_else(|| corrupt("a gate's outcome"))?,
        staff: row.get::<_, Option<u32>>(4)?.map(StaffId),
    })
}

/// The verb `drop_check_ins_before`.
pub(super) fn drop_before(tx: &Tx<'_>, day: Date) -> Result<usize> {
    let days = check_in_day::drop_before(tx, day)?;
    sequence::raise_fact(tx, Fact::CheckInFloor, i64::from(day_number(day)))?;
    Ok(days)
}
