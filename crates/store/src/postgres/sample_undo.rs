//! Undoing samples.

use std::collections::BTreeSet;

use jiff::Timestamp;
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::sampling::Barcode;

use super::sql::Sql;
use super::tx::{Tx, at};
use super::{audit, change, resample_task, sample_people, state, tube};
use crate::access::AuditEntry;
use crate::codec::{ms, optional_instant};
use crate::error::{Conflict, Noun, Result, StoreError};
use crate::rounds::Rounds;
use crate::state::PersonState;
use crate::tube::{TubeSample, people_in};

const BY_TUBE: Sql = Sql::key(
    "barcode",
    "UPDATE tube_sample SET undone_ms = $3, undone_by = $4 WHERE barcode = $1 AND sample_id = $2",
);
const BY_PERSON: Sql = Sql::key(
    "person_id",
    "UPDATE sample SET undone_ms = $4 WHERE person_id = $1 AND sampled_ms = $2 AND sample_id = $3",
);
const ROUNDS: Sql = Sql::key(
    "person_id",
    "UPDATE person SET rounds = $2 WHERE person_id = $1 AND coalesce(rounds, ''::bytea) <> coalesce($2, ''::bytea)",
);
const FIRST_SINGLE: Sql = Sql::key(
    "person_id",
    "SELECT min(sampled_ms) FROM sample WHERE person_id = $1 AND sampled_ms > $2 AND size = 1 AND undone_ms IS NULL",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[BY_TUBE, BY_PERSON, ROUNDS, FIRST_SINGLE];

/// The verb `undo_sample`.
pub(super) async fn undo(
    tx: &Tx,
    barcode: &Barcode,
    id: &[u8; 16],
    by: StaffId,
    remark: &str,
    now: Timestamp,
) -> Result<Option<PersonState>> {
    let entry = AuditEntry::with_remark("undo-sample", by, remark, now)?;
    let not_found = StoreError::NotFound(Noun::Sample);
    let Some(mut tube) = tube::lock(tx, barcode).await? else { return Err(not_found) };
    let mut samples = tube::samples(tx, [barcode]).await?.remove(barcode).unwrap_or_default();
    let sample = samples.iter_mut().find(|sample| sample.id == *id).ok_or(not_found)?;
    if sample.undone.is_some() {
        return Ok(None);
    }
    if tube.result_version > 0 {
        return Err(Conflict::HasResult.into());
    }
    (sample.undone, sample.undone_by) = (Some(now), Some(by));
    let sample = *sample;
    state::lock(tx, sample.person).await?;
    let is_changed = take_back(tx, barcode, &sample).await?;
    tube.people = people_in(&samples);
    tube::save(tx, &tube).await?;
    audit::append(tx, &entry.of_tube(barcode).about(sample.person)).await?;
    if !is_changed {
        return Ok(None);
    }
    Ok(change::note(tx, &BTreeSet::from([sample.person]), now).await?.pop())
}

/// Marks a sample as undone on both sides, and does its person's rounds and tasks anew; tube and person are locked. Answers
/// whether the rounds changed.
pub(super) async fn take_back(tx: &Tx, barcode: &Barcode, sample: &TubeSample) -> Result<bool> {
    let (person, undone_ms) = (sample.person.as_i64(), sample.undone.map(ms));
    let by = sample.undone_by.map(|staff| i64::from(staff.0));
    tx.execute(&BY_TUBE, &[&barcode.as_str(), &&sample.id[..], &undone_ms, &by]).await?;
    tx.execute(&BY_PERSON, &[&person, &ms(sample.sampled), &&sample.id[..], &undone_ms]).await?;
    for task in resample_task::done_at(tx, sample.person, sample.sampled).await? {
        let done = first_single_after(tx, sample.person, task.sampled).await?;
        resample_task::set_done(tx, sample.person, &task.id, done).await?;
    }
    let rounds = Rounds::of(sample_people::rounds_of(tx, sample.person).await?);
    Ok(tx.execute(&ROUNDS, &[&person, &rounds.encode()]).await? == 1)
}

/// The first live single sample of a person after a time.
pub(super) async fn first_single_after(
    tx: &Tx,
    person: PersonId,
    after: Timestamp,
) -> Result<Option<Timestamp>> {
    let row = tx.row(&FIRST_SINGLE, &[&person.as_i64(), &ms(after)]).await?;
    optional_instant(row.map(|row| at(&row, 0)).transpose()?.flatten())
}
