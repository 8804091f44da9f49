//! Samples: recording what devices told, several devices in one transaction, and the samples of a person. What a batch does
//! is decided in `sample_plan`. Locks are taken in one order: tubes by barcode, then people by id, then numbers.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{BoxFuture, try_join_all};
use jiff::Timestamp;
use yimatong_model::ids::{PersonId, SamplingPointId};
use yimatong_model::sampling::Barcode;

use super::attempt::{Mode, transact};
use super::group::{Job, Turn};
use super::open::Shared;
use super::sql::{Sql, Values};
use super::tx::{Parameter, Tx, at};
use super::{
    campaign_given, change, resample_task, sample_people, sample_problem, sample_undo, sampling_load, tube,
};
use crate::codec::{instant, ms, narrow, optional_instant};
use crate::cursor;
use crate::error::{Outage, Result, StoreError};
use crate::page::{Page, page_size};
use crate::row_outcome::RowProblem;
use crate::sample::{NewSample, PersonSample, RecordedSamples, SampleBatch, SampleOutcome};
use crate::sample_plan::{Found, PlannedSample, SamplePlan};
use crate::state::PersonState;
use crate::tube_columns::{barcode, campaign, id16, tube_size};

const BY_TUBE: Values = Values {
    head: "INSERT INTO tube_sample (barcode, sample_id, person_id, sampled_ms, source, staff_id, undone_ms, undone_by) VALUES",
    types: &["text", "bytea", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint"],
    tail: "",
};
const BY_PERSON: Values = Values {
    head: "INSERT INTO sample (person_id, sampled_ms, sample_id, barcode, size, campaign, point_id, undone_ms) VALUES",
    types: &["bigint", "bigint", "bytea", "text", "bigint", "bigint", "bigint", "bigint"],
    tail: "",
};
const ROUNDS: Sql = Sql::keys(
    "person_id",
    "UPDATE person SET rounds = new.rounds FROM unnest($1::bigint[], $2::bytea[]) AS new (person_id, rounds)
     WHERE person.person_id = new.person_id AND person.person_id = ANY($1)",
);
const PAGE: Sql = Sql::key(
    "person_id",
    "SELECT sample_id, sampled_ms, barcode, size, campaign, point_id, undone_ms FROM sample
     WHERE person_id = $1 AND (sampled_ms, sample_id) < ($2, $3) ORDER BY sampled_ms DESC, sample_id DESC LIMIT $4",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[ROUNDS, PAGE];
/// Its inserts of many rows, with the key of each.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("barcode", BY_TUBE), ("person_id", BY_PERSON)];

/// The arguments of one call.
pub(super) struct Call {
    pub(super) batch: SampleBatch,
    pub(super) now: Timestamp,
}

impl Call {
    /// How many rows it brings.
    pub(super) fn rows(&self) -> usize {
        self.batch.rows.len()
    }
}

/// Records batches of several callers in one transaction; when that fails, each in its own.
pub(super) fn run(shared: &Shared, jobs: Vec<Job<Call, RecordedSamples>>, turn: Turn) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let calls: Vec<&Call> = jobs.iter().map(|job| &job.work).collect();
        let recorded = record_in(shared, &calls).await;
        // They end in the number of the change, which all share: the next gather until these are committed.
        drop(turn);
        match recorded {
            Ok(answers) => jobs.into_iter().zip(answers).for_each(|(job, answer)| job.answer(Ok(answer))),
            Err(error) if jobs.len() == 1 => jobs.into_iter().for_each(|job| job.answer(Err(error.clone()))),
            // One batch must not take the others down with it.
            Err(_) => {
                for job in jobs {
                    let alone = job.in_time(record_in(shared, &[&job.work])).await;
                    let lost = StoreError::Unavailable(Outage::RolledBack);
                    job.answer(alone.and_then(|mut answers| answers.pop().ok_or(lost)));
                }
            }
        }
    })
}

async fn record_in(shared: &Shared, calls: &[&Call]) -> Result<Vec<RecordedSamples>> {
    transact!(shared, "record_samples", Mode::WriteAgain, tx => record(tx, calls))
}

/// The verb `record_samples` for several callers.
async fn record(tx: &Tx, calls: &[&Call]) -> Result<Vec<RecordedSamples>> {
    let now = calls.iter().map(|call| call.now).max().unwrap_or_default();
    let rows: Vec<(&SampleBatch, &NewSample, Timestamp)> = calls
        .iter()
        .flat_map(|call| call.batch.rows.iter().map(|row| (&call.batch, row, call.now)))
        .collect();
    let asked: Vec<(&NewSample, Timestamp)> = rows.iter().map(|(_, row, now)| (*row, *now)).collect();
    let people = sample_people::find(tx, &asked).await?;
    let mut changed: BTreeSet<PersonId> = people.new.keys().copied().collect();
    let good: Vec<(&NewSample, Found)> =
        asked.iter().zip(&people.found).filter_map(|((row, _), found)| Some((*row, found.ok()?))).collect();
    let barcodes: BTreeSet<Barcode> = good.iter().map(|(row, _)| row.barcode.clone()).collect();
    let tubes = tube::lock_all(tx, &barcodes).await?;
    let mut facts = sample_people::lock(tx, &people, now).await?;
    let mut plan = SamplePlan::new(now);
    good.iter().for_each(|(row, found)| plan.look_for_undone(row, found.person));
    let mut samples = tube::samples(tx, &barcodes).await?;
    for (barcode, row) in tubes {
        plan.tube(row, samples.remove(&barcode).unwrap_or_default());
    }
    for ((batch, row, _), found) in rows.iter().zip(&people.found) {
        if let Ok(found) = found
            && let Some(undone) = plan.undo(batch, row, found.person)?
            && sample_undo::take_back(tx, &row.barcode, &undone).await?
        {
            changed.insert(found.person);
            facts.insert(found.person, sample_people::lock_one(tx, found.person).await?);
        }
    }
    sample_people::add_facts(tx, &mut facts, &good).await?;
    facts.into_iter().for_each(|(person, facts)| plan.add_person(person, facts));
    let mut outcomes = Vec::with_capacity(rows.len());
    for ((batch, row, _), found) in rows.iter().zip(&people.found) {
        outcomes.push(match found {
            Err(problem) => SampleOutcome::Rejected(*problem),
            Ok(found) => plan.enter(batch, row, *found)?,
        });
    }
    write(tx, &plan).await?;
    changed.extend(campaign_given::release_sampled(tx, &plan.took_part, now).await?);
    changed.extend(&plan.with_rounds);
    sample_problem::add(tx, &plan.problems).await?;
    let states = change::note(tx, &changed, now).await?;
    Ok(answers(calls, &people.found, outcomes, &states))
}

/// To each caller the outcomes of the own rows and the states of their people.
fn answers(
    calls: &[&Call],
    found: &[std::result::Result<Found, RowProblem>],
    outcomes: Vec<SampleOutcome>,
    states: &[PersonState],
) -> Vec<RecordedSamples> {
    let mut outcomes = outcomes.into_iter();
    let mut found = found.iter();
    let mut answers = Vec::with_capacity(calls.len());
    for call in calls {
        let own: BTreeSet<PersonId> =
            found.by_ref().take(call.rows()).flatten().map(|found| found.person).collect();
        let states = states.iter().filter(|state| own.contains(&state.person_id)).cloned().collect();
        answers.push(RecordedSamples { rows: outcomes.by_ref().take(call.rows()).collect(), states });
    }
    answers
}

/// Writes everything of a plan but its problems.
async fn write(tx: &Tx, plan: &SamplePlan) -> Result<()> {
    tube::save_all(tx, plan.changed_tubes()).await?;
    insert(tx, plan).await?;
    let mut by_person = BTreeMap::new();
    for (person, rounds) in plan.changed_rounds() {
        by_person.insert(person.as_i64(), rounds.encode());
    }
    if !by_person.is_empty() {
        let (people, rounds): (Vec<i64>, Vec<Option<Vec<u8>>>) = by_person.into_iter().unzip();
        tx.execute(&ROUNDS, &[&people, &rounds]).await?;
    }
    let done = plan
        .done_tasks
        .iter()
        .map(|(person, task, at)| resample_task::set_done(tx, *person, task, Some(*at)));
    try_join_all(done).await?;
    sampling_load::add(tx, &plan.counts).await
}

/// Values of columns that have to lie somewhere while they are sent.
struct Columns<'a> {
    barcode: &'a str,
    id: &'a [u8],
    person: i64,
    sampled_ms: i64,
    source: i64,
    staff: i64,
    undone_ms: Option<i64>,
    undone_by: Option<i64>,
    size: i64,
    campaign: Option<i64>,
    point: i64,
}

impl<'a> Columns<'a> {
    fn of(new: &'a PlannedSample) -> Self {
        let sample = &new.sample;
        Self {
            barcode: new.barcode.as_str(),
            id: &sample.id,
            person: sample.person.as_i64(),
            sampled_ms: ms(sample.sampled),
            source: i64::from(sample.source.as_u8()),
            staff: i64::from(sample.staff.0),
            undone_ms: sample.undone.map(ms),
            undone_by: sample.undone_by.map(|staff| i64::from(staff.0)),
            size: i64::from(new.size.people()),
            campaign: new.campaign.map(i64::from),
            point: i64::from(new.point.0),
        }
    }
}

async fn insert(tx: &Tx, plan: &SamplePlan) -> Result<()> {
    let mut rows: Vec<Columns<'_>> = plan.samples.iter().map(Columns::of).collect();
    // In the order of each side's keys, as everywhere.
    rows.sort_by(|a, b| (a.barcode, a.id).cmp(&(b.barcode, b.id)));
    let mut values: Vec<Parameter<'_>> = Vec::with_capacity(rows.len() * BY_TUBE.types.len());
    for row in &rows {
        values.extend([&row.barcode as Parameter<'_>, &row.id, &row.person, &row.sampled_ms, &row.source]);
        values.extend([&row.staff as Parameter<'_>, &row.undone_ms, &row.undone_by]);
    }
    tx.insert(&BY_TUBE, &values).await?;
    let mut by_person: Vec<&Columns<'_>> = rows.iter().collect();
    by_person.sort_by(|a, b| (a.person, a.sampled_ms, a.id).cmp(&(b.person, b.sampled_ms, b.id)));
    values.clear();
    for row in by_person {
        values.extend([&row.person as Parameter<'_>, &row.sampled_ms, &row.id, &row.barcode, &row.size]);
        values.extend([&row.campaign as Parameter<'_>, &row.point, &row.undone_ms]);
    }
    tx.insert(&BY_PERSON, &values).await.map(drop)
}

/// The verb `samples_of`.
pub(super) async fn of_person(
    tx: &Tx,
    person: PersonId,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<PersonSample>> {
    let (sampled_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MAX, [0; 16]));
    let limit = page_size(limit);
    let rows = tx.rows(&PAGE, &[&person.as_i64(), &sampled_ms, &&id[..], &(limit as i64 + 1)]).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(PersonSample {
            id: id16(at(row, 0)?)?,
            sampled: instant(at(row, 1)?)?,
            barcode: barcode(at(row, 2)?)?,
            size: tube_size(at(row, 3)?)?,
            campaign: campaign(at(row, 4)?)?,
            point: SamplingPointId(narrow(at(row, 5)?, "a sampling point")?),
            undone: optional_instant(at(row, 6)?)?,
        });
    }
    Ok(Page::cut(items, limit, |sample| cursor::of_time_and_id(ms(sample.sampled), &sample.id)))
}
