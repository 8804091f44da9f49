//! Vaccinations: the furthest one is kept.

use std::collections::BTreeSet;

use jiff::Timestamp;
use yimatong_model::clock::city_day;

use super::sql::Sql;
use super::tx::Tx;
use super::{change, person, state};
use crate::codec::day_number;
use crate::error::{Problem, Result, StoreError};
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::vaccination::{MOST_VACCINATIONS, NewVaccination, RecordedVaccinations};

const RECORD: Sql = Sql::key(
    "person_id",
    "UPDATE person SET doses = $2, last_dose_day = $3
     WHERE person_id = $1 AND (doses IS NULL OR (doses, last_dose_day) < ($2, $3))",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[RECORD];

/// The verb `record_vaccinations`.
pub(super) async fn record(tx: &Tx, new: &[NewVaccination], now: Timestamp) -> Result<RecordedVaccinations> {
    if new.len() > MOST_VACCINATIONS {
        return Err(StoreError::invalid("vaccinations", Problem::TooManyRows));
    }
    let mut rows = vec![RowOutcome::Duplicate; new.len()];
    let mut people = Vec::with_capacity(new.len());
    for (index, row) in new.iter().enumerate() {
        if row.vaccination.last > city_day(now) {
            rows[index] = RowOutcome::Rejected(RowProblem::InFuture);
            continue;
        }
        match person::find(tx, &row.document).await? {
            None => rows[index] = RowOutcome::Rejected(RowProblem::UnknownPerson),
            Some(person) => people.push((person, index)),
        }
    }
    // In order of ids, so that two batches with the same people never wait for each other.
    people.sort_unstable();
    let mut changed = BTreeSet::new();
    for (person, index) in people {
        state::lock(tx, person).await?;
        let vaccination = &new[index].vaccination;
        let (doses, day) = (i64::from(vaccination.doses), day_number(vaccination.last));
        if tx.execute(&RECORD, &[&person.as_i64(), &doses, &day]).await? == 1 {
            rows[index] = RowOutcome::Recorded;
            changed.insert(person);
        }
    }
    Ok(RecordedVaccinations { rows, states: change::note(tx, &changed, now).await? })
}
