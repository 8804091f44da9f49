//! Samples: recording what devices told, and the samples of a person. What a batch does is decided in `sample_plan`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use yimatong_model::document::Document;
use yimatong_model::ids::{HouseholdId, PersonId, SamplingPointId};
use yimatong_model::name::PersonName;

use super::person::{self, NewPerson, Place};
use super::tx::{Tx, View};
use super::{campaign_given, change, resample_task, sample_problem, sample_undo, sampling_load, tube};
use crate::codec::{instant, ms, optional_instant};
use crate::cursor;
use crate::error::{Result, corrupt};
use crate::page::{Page, page_size};
use crate::profile::Identity;
use crate::rounds::Rounds;
use crate::row_outcome::RowProblem;
use crate::sample::{
    NewSample, PersonSample, RecordedSamples, SampleBatch, SampleOutcome, SampledPerson, nationality_by,
};
use crate::sample_plan::{Found, PersonFacts, SamplePlan};
use crate::tube_columns::{barcode, tube_size};

/// The verb `record_samples`.
pub(super) fn record(tx: &Tx<'_>, batch: &SampleBatch, now: Timestamp) -> Result<RecordedSamples> {
    batch.check()?;
    let mut changed = BTreeSet::new();
    let mut found = Vec::with_capacity(batch.rows.len());
    let mut plan = SamplePlan::new(now);
    for new in &batch.rows {
        let whose = find(tx, new, now, &mut changed)?;
        if let Ok(Found { person, .. }) = whose {
            plan.look_for_undone(new, person);
            if !plan.has_tube(&new.barcode) {
                plan.tube(tube::find_or_new(tx, &new.barcode)?, tube::samples(tx, &new.barcode)?);
            }
            if let Some(undone) = plan.undo(batch, new, person)?
                && sample_undo::take_back(tx, &new.barcode, &undone)?
            {
                changed.insert(person);
            }
        }
        found.push(whose);
    }
    let mut rows = Vec::with_capacity(found.len());
    for (new, found) in batch.rows.iter().zip(found) {
        rows.push(match found {
            Err(problem) => SampleOutcome::Rejected(problem),
            Ok(found) => {
                tell_of_person(tx, &mut plan, new, found.person)?;
                plan.enter(batch, new, found)?
            }
        });
    }
    write(tx, &plan)?;
    for taken in &plan.took_part {
        if campaign_given::release_sampled(tx, *taken, now)? {
            changed.insert(taken.0);
        }
    }
    changed.extend(&plan.with_rounds);
    sample_problem::add(tx, &plan.problems)?;
    Ok(RecordedSamples { rows, states: change::note(tx, &changed, now)? })
}

/// Whose a row is; whoever is not known yet is registered.
fn find(
    tx: &Tx<'_>,
    new: &NewSample,
    now: Timestamp,
    created: &mut BTreeSet<PersonId>,
) -> Result<std::result::Result<Found, RowProblem>> {
    if let Err(problem) = new.check(now) {
        return Ok(Err(problem));
    }
    let (document, name) = match &new.person {
        SampledPerson::Known(person) => {
            let mut statement = tx.sql.prepare_cached("SELECT 1 FROM person WHERE person_id = ?1")?;
            let found = Found { person: *person, name_differs: false };
            return Ok(if statement.exists([person.as_i64()])? {
                Ok(found)
            } else {
                Err(RowProblem::UnknownPerson)
            });
        }
        SampledPerson::Document { document, name } => (document, name.as_ref()),
    };
    let tag = tx.keys.document_tag(document);
    Ok(match (person::place(tx, &tag)?, name) {
        (Place::Known(person), None) => Ok(Found { person, name_differs: false }),
        (Place::Known(person), Some(name)) => {
            Ok(Found { person, name_differs: !person::name_matches(tx, person, name)? })
        }
        (Place::Free(_), None) => Err(RowProblem::NameNeeded),
        (Place::Free(person), Some(name)) => {
            create(tx, person, &tag, document, name, now)?;
            created.insert(person);
            Ok(Found { person, name_differs: false })
        }
    })
}

fn create(
    tx: &Tx<'_>,
    person: PersonId,
    tag: &[u8; 32],
    document: &Document,
    name: &PersonName,
    now: Timestamp,
) -> Result<()> {
    let identity = Identity { document, name, phone: None, birth_date: None, sex: None };
    let sealed = identity.seal(tx.keys, tx.rng, person)?;
    let (nationality, community, household) = (nationality_by(document), None, None);
    person::insert(
        tx,
        &NewPerson { person, tag, seq: 0, sealed: &sealed, nationality, community, household, now },
    )
}

/// Reads what the plan has to know of a person for a row.
fn tell_of_person(tx: &Tx<'_>, plan: &mut SamplePlan, new: &NewSample, person: PersonId) -> Result<()> {
    if plan.person(person).is_none() {
        plan.add_person(person, facts(tx, person)?);
    }
    let Some(facts) = plan.person(person) else { return Ok(()) };
    let mut there = tx.sql.prepare_cached(
        "SELECT barcode FROM sample WHERE person_id = ?1 AND sampled_ms = ?2 AND sample_id = ?3",
    )?;
    let key = (ms(new.sampled), new.id);
    let at: Option<String> =
        there.query_row(params![person.as_i64(), key.0, key.1], |row| row.get(0)).optional()?;
    if let Some(at) = at {
        facts.there.insert(key, barcode(&at)?);
    }
    if new.campaign.is_some_and(|campaign| facts.rounds.contain(campaign).is_none()) && facts.older.is_empty()
    {
        facts.older = rounds_of(tx, person)?.into_iter().collect();
    }
    Ok(())
}

fn facts(view: &View<'_>, person: PersonId) -> Result<PersonFacts> {
    let mut statement =
        view.sql.prepare_cached("SELECT rounds, household_id FROM person WHERE person_id = ?1")?;
    let (rounds, household): (Option<Vec<u8>>, Option<i64>) =
        statement.query_row([person.as_i64()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(PersonFacts {
        rounds: Rounds::decode(rounds.as_deref())?,
        older: BTreeSet::new(),
        household: household.and_then(HouseholdId::from_i64),
        there: BTreeMap::new(),
        tasks: resample_task::open_of(view, person)?,
    })
}

/// All rounds that a person has a live sample in.
pub(super) fn rounds_of(view: &View<'_>, person: PersonId) -> Result<Vec<u16>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT DISTINCT campaign FROM sample
         WHERE person_id = ?1 AND undone_ms IS NULL AND campaign IS NOT NULL ORDER BY campaign",
    )?;
    let rounds = statement.query_map([person.as_i64()], |row| row.get(0))?;
    Ok(rounds.collect::<rusqlite::Result<_>>()?)
}

/// Writes everything of a plan but its problems.
fn write(tx: &Tx<'_>, plan: &SamplePlan) -> Result<()> {
    for row in plan.changed_tubes() {
        tube::save(tx, row)?;
    }
    let mut by_tube = tx.sql.prepare_cached(
        "INSERT INTO tube_sample (barcode, sample_id, person_id, sampled_ms, source, staff_id, undone_ms, undone_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut by_person = tx.sql.prepare_cached(
        "INSERT INTO sample (person_id, sampled_ms, sample_id, barcode, size, campaign, point_id, undone_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for new in &plan.samples {
        let (sample, tube) = (&new.sample, new.barcode.as_str());
        let (person, sampled_ms, undone_ms) =
            (sample.person.as_i64(), ms(sample.sampled), sample.undone.map(ms));
        let (source, undone_by) = (sample.source.as_u8(), sample.undone_by.map(|staff| staff.0));
        by_tube.execute(params![
            tube,
            sample.id,
            person,
            sampled_ms,
            source,
            sample.staff.0,
            undone_ms,
            undone_by
        ])?;
        by_person.execute(params![
            person,
            sampled_ms,
            sample.id,
            tube,
            new.size.people(),
            new.campaign,
            new.point.0,
            undone_ms
        ])?;
    }
    let mut rounds = tx.sql.prepare_cached("UPDATE person SET rounds = ?2 WHERE person_id = ?1")?;
    for (person, numbers) in plan.changed_rounds() {
        rounds.execute(params![person.as_i64(), numbers.encode()])?;
    }
    for (person, task, done) in &plan.done_tasks {
        resample_task::set_done(tx, *person, task, Some(*done))?;
    }
    sampling_load::add(tx, &plan.counts)
}

/// The verb `samples_of`.
pub(super) fn of_person(
    view: &View<'_>,
    person: PersonId,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<PersonSample>> {
    let (sampled_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MAX, [0; 16]));
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(
        "SELECT sample_id, sampled_ms, barcode, size, campaign, point_id, undone_ms FROM sample
         WHERE person_id = ?1 AND (sampled_ms, sample_id) < (?2, ?3)
         ORDER BY sampled_ms DESC, sample_id DESC LIMIT ?4",
    )?;
    let mut rows = statement.query(params![person.as_i64(), sampled_ms, id, limit as i64 + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(PersonSample {
            id: row.get(0)?,
            sampled: instant(row.get(1)?)?,
            barcode: barcode(row.get_ref(2)?.as_str().map_err(|_| corrupt("a barcode"))?)?,
            size: tube_size(row.get(3)?)?,
            campaign: row.get(4)?,
            point: SamplingPointId(row.get(5)?),
            undone: optional_instant(row.get(6)?)?,
        });
    }
    Ok(Page::cut(items, limit, |sample| cursor::of_time_and_id(ms(sample.sampled), &sample.id)))
}
