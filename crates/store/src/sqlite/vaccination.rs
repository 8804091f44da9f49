//! Vaccinations: the furthest one is kept.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::params;

use yimatong_model::clock::city_day;

use super::tx::Tx;
use super::{change, person};
use crate::codec::day_number;
use crate::error::{Problem, Result, StoreError};
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::vaccination::{MOST_VACCINATIONS, NewVaccination, RecordedVaccinations};

/// The verb `record_vaccinations`.
pub(super) fn record(tx: &Tx<'_>, new: &[NewVaccination], now: Timestamp) -> Result<RecordedVaccinations> {
    if new.len() > MOST_VACCINATIONS {
        return Err(StoreError::invalid("vaccinations", Problem::TooManyRows));
    }
    let mut changed = BTreeSet::new();
    let mut rows = Vec::with_capacity(new.len());
    for row in new {
        if row.vaccination.last > city_day(now) {
            rows.push(RowOutcome::Rejected(RowProblem::InFuture));
            continue;
        }
        let Some(person) = person::find(tx, &row.document)? else {
            rows.push(RowOutcome::Rejected(RowProblem::UnknownPerson));
            continue;
        };
        let updated = tx
            .sql
            .prepare_cached(
                "UPDATE person SET doses = ?2, last_dose_day = ?3
                 WHERE person_id = ?1 AND (doses IS NULL OR (doses, last_dose_day) < (?2, ?3))",
            )?
            .execute(params![person.as_i64(), row.vaccination.doses, day_number(row.vaccination.last)])?;
        if updated == 1 {
            changed.insert(person);
        }
        rows.push(if updated == 1 { RowOutcome::Recorded } else { RowOutcome::Duplicate });
    }
    Ok(RecordedVaccinations { rows, states: change::note(tx, &changed, now)? })
}
