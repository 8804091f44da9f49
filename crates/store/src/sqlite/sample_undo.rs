//! Undoing samples.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::sampling::Barcode;

use super::tx::Tx;
use super::{audit, change, resample_task, sample, tube};
use crate::access::AuditEntry;
use crate::codec::ms;
use crate::error::{Conflict, Noun, Result, StoreError};
use crate::rounds::Rounds;
use crate::state::PersonState;
use crate::tube::{TubeSample, people_in};

/// The verb `undo_sample`.
pub(super) fn undo(
    tx: &Tx<'_>,
    barcode: &Barcode,
    id: &[u8; 16],
    by: StaffId,
    remark: &str,
    now: Timestamp,
) -> Result<Option<PersonState>> {
    let entry = AuditEntry::with_remark("undo-sample", by, remark, now)?;
    let not_found = StoreError::NotFound(Noun::Sample);
    let Some(mut tube) = tube::find(tx, barcode)? else { return Err(not_found) };
    let mut samples = tube::samples(tx, barcode)?;
    let sample = samples.iter_mut().find(|sample| sample.id == *id).ok_or(not_found)?;
    if sample.undone.is_some() {
        return Ok(None);
    }
    if tube.result_version > 0 {
        return Err(Conflict::HasResult.into());
    }
    (sample.undone, sample.undone_by) = (Some(now), Some(by));
    let sample = *sample;
    let is_changed = take_back(tx, barcode, &sample)?;
    tube.people = people_in(&samples);
    tube::save(tx, &tube)?;
    audit::append(tx, &entry.of_tube(barcode).about(sample.person))?;
    if !is_changed {
        return Ok(None);
    }
    Ok(change::note(tx, &BTreeSet::from([sample.person]), now)?.pop())
}

/// Marks a sample as undone on both sides, and does its person's rounds and tasks anew. Answers whether the rounds changed.
pub(super) fn take_back(tx: &Tx<'_>, barcode: &Barcode, sample: &TubeSample) -> Result<bool> {
    let (person, undone_ms) = (sample.person, sample.undone.map(ms));
    tx.sql
        .prepare_cached(
            "UPDATE tube_sample SET undone_ms = ?3, undone_by = ?4 WHERE barcode = ?1 AND sample_id = ?2",
        )?
        .execute(params![barcode.as_str(), sample.id, undone_ms, sample.undone_by.map(|staff| staff.0)])?;
    tx.sql
        .prepare_cached(
            "UPDATE sample SET undone_ms = ?4 WHERE person_id = ?1 AND sampled_ms = ?2 AND sample_id = ?3",
        )?
        .execute(params![person.as_i64(), ms(sample.sampled), sample.id, undone_ms])?;
    for task in resample_task::done_at(tx, person, sample.sampled)? {
        let done = first_single_after(tx, person, task.sampled)?;
        resample_task::set_done(tx, person, &task.id, done)?;
    }
    let rounds = Rounds::of(sample::rounds_of(tx, person)?);
    let updated = tx
        .sql
        .prepare_cached("UPDATE person SET rounds = ?2 WHERE person_id = ?1 AND rounds IS NOT ?2")?
        .execute(params![person.as_i64(), rounds.encode()])?;
    Ok(updated == 1)
}

/// The first live single sample of a person after a time.
pub(super) fn first_single_after(
    tx: &Tx<'_>,
    person: PersonId,
    after: Timestamp,
) -> Result<Option<Timestamp>> {
    let mut statement = tx.sql.prepare_cached(
        "SELECT min(sampled_ms) FROM sample
         WHERE person_id = ?1 AND sampled_ms > ?2 AND size = 1 AND undone_ms IS NULL",
    )?;
    let first: Option<i64> = statement.query_row(params![person.as_i64(), ms(after)], |row| row.get(0))?;
    crate::codec::optional_instant(first)
}
