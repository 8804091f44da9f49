//! What a batch of samples does to tubes and people: decided here for every adapter, from what it read under its locks and
//! before anything is written. Adapters only read and write.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use yimatong_model::ids::{HouseholdId, PersonId, SamplingPointId};
use yimatong_model::sampling::{Barcode, SampleFlag, SampleFlags, SampleSource, TubeSize};

use crate::codec::ms;
use crate::error::{Result, corrupt};
use crate::result::SKEW;
use crate::rounds::Rounds;
use crate::row_outcome::RowProblem;
use crate::sample::{NewSample, SampleBatch, SampleOutcome};
use crate::sample_problem::NewProblem;
use crate::sampling_load::Counts;
use crate::tube::{OpenedTube, TubeRow, TubeSample, people_in};

/// What has to be known of a person.
#[derive(Debug, Default)]
pub(crate) struct PersonFacts {
    pub(crate) rounds: Rounds,
    /// Rounds with a live sample that are too old for `rounds`; read only when a row asks for one.
    pub(crate) older: BTreeSet<u16>,
    pub(crate) household: Option<HouseholdId>,
    /// Samples on the person's side with an id and time that the batch has too, and their tubes.
    pub(crate) there: BTreeMap<(i64, [u8; 16]), Barcode>,
    /// Single samples that are waited for.
    pub(crate) tasks: Vec<OpenTask>,
}

/// A single sample that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenTask {
    pub(crate) id: [u8; 16],
    /// A sample after this does it.
    pub(crate) sampled: Timestamp,
}

/// Whose a row was found to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) person: PersonId,
    /// The document is on file under another name.
    pub(crate) name_differs: bool,
}

/// A sample to write on both sides.
pub(crate) struct PlannedSample {
    pub(crate) barcode: Barcode,
    pub(crate) size: TubeSize,
    pub(crate) campaign: Option<u16>,
    pub(crate) point: SamplingPointId,
    pub(crate) sample: TubeSample,
}

struct PlannedTube {
    row: TubeRow,
    samples: BTreeMap<[u8; 16], TubeSample>,
    is_changed: bool,
}

/// A sample as told: barcode, id, person, time and source.
type Told = (Barcode, [u8; 16], PersonId, i64, u8);

fn told(new: &NewSample, person: PersonId) -> Told {
    (new.barcode.clone(), new.id, person, ms(new.sampled), new.source.as_u8())
}

/// The plan of one transaction.
pub(crate) struct SamplePlan {
    now: Timestamp,
    tubes: BTreeMap<Barcode, PlannedTube>,
    people: BTreeMap<PersonId, PersonFacts>,
    /// What rows of the batches undo, and when: also where the sample itself stands before it in the same batch.
    undone_later: BTreeMap<Told, Timestamp>,
    /// Samples on file that were undone for these batches.
    undone_now: BTreeSet<(Barcode, [u8; 16])>,
    /// People whose rounds change.
    pub(crate) with_rounds: BTreeSet<PersonId>,
    /// New samples, in the order in which they came.
    pub(crate) samples: Vec<PlannedSample>,
    /// Tasks that a sample does, with its time.
    pub(crate) done_tasks: Vec<(PersonId, [u8; 16], Timestamp)>,
    /// Who took part in which round, and when.
    pub(crate) took_part: Vec<(PersonId, u16, Timestamp)>,
    /// What it adds to the loads of sampling points.
    pub(crate) counts: Counts,
    pub(crate) problems: Vec<NewProblem>,
}

impl SamplePlan {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            tubes: BTreeMap::new(),
            people: BTreeMap::new(),
            with_rounds: BTreeSet::new(),
            samples: Vec::new(),
            undone_later: BTreeMap::new(),
            undone_now: BTreeSet::new(),
            done_tasks: Vec::new(),
            took_part: Vec::new(),
            counts: Counts::default(),
            problems: Vec::new(),
        }
    }

    pub(crate) fn has_tube(&self, barcode: &Barcode) -> bool {
        self.tubes.contains_key(barcode)
    }

    /// Tells of a tube and everything in it.
    pub(crate) fn tube(&mut self, row: TubeRow, samples: impl IntoIterator<Item = TubeSample>) {
        let samples = samples.into_iter().map(|sample| (sample.id, sample)).collect();
        self.tubes.insert(row.barcode.clone(), PlannedTube { row, samples, is_changed: false });
    }

    /// What is known of a person, to be added to.
    pub(crate) fn person(&mut self, person: PersonId) -> Option<&mut PersonFacts> {
        self.people.get_mut(&person)
    }

    /// Tells of a person.
    pub(crate) fn add_person(&mut self, person: PersonId, facts: PersonFacts) {
        self.people.insert(person, facts);
    }

    /// Tubes to write, by barcode.
    pub(crate) fn changed_tubes(&self) -> impl Iterator<Item = &TubeRow> {
        self.tubes.values().filter(|tube| tube.is_changed).map(|tube| &tube.row)
    }

    /// Rounds to write, by person.
    pub(crate) fn changed_rounds(&self) -> impl Iterator<Item = (PersonId, &Rounds)> {
        self.with_rounds.iter().filter_map(|person| Some((*person, &self.people.get(person)?.rounds)))
    }

    /// Notes what a row undoes, before any row is entered.
    pub(crate) fn look_for_undone(&mut self, new: &NewSample, person: PersonId) {
        if let Some(at) = new.undone {
            self.undone_later.entry(told(new, person)).or_insert(at);
        }
    }

    /// Undoes a sample that is on file live, if the row says so and no result is there. The answer has to be written, and
    /// the facts of its person read after that, before any row is entered.
    pub(crate) fn undo(
        &mut self,
        batch: &SampleBatch,
        new: &NewSample,
        person: PersonId,
    ) -> Result<Option<TubeSample>> {
        let sample = new.kept(person, batch.staff, new.undone)?;
        let Some(tube) = self.tubes.get_mut(&new.barcode).filter(|tube| tube.row.result_version == 0) else {
            return Ok(None);
        };
        let there = tube.samples.get_mut(&new.id).filter(|there| there.undone.is_none());
        let Some(there) = there.filter(|there| sample.undone.is_some() && content(there) == content(&sample))
        else {
            return Ok(None);
        };
        (there.undone, there.undone_by) = (sample.undone, sample.undone_by);
        let undone = *there;
        tube.row.people = people_in(tube.samples.values());
        tube.is_changed = true;
        self.undone_now.insert((new.barcode.clone(), new.id));
        Ok(Some(undone))
    }

    /// Enters a row. Its tube and its person must have been told of.
    pub(crate) fn enter(
        &mut self,
        batch: &SampleBatch,
        new: &NewSample,
        found: Found,
    ) -> Result<SampleOutcome> {
        let missing = || corrupt("a sample that was not read before");
        let tube = self.tubes.get_mut(&new.barcode).ok_or_else(missing)?;
        let person = self.people.get_mut(&found.person).ok_or_else(missing)?;
        let undone = new.undone.or_else(|| self.undone_later.get(&told(new, found.person)).copied());
        let sample = new.kept(found.person, batch.staff, undone)?;
        if let Some(there) = tube.samples.get(&new.id).copied() {
            return Ok(self.again(batch, new, &there, &sample));
        }
        // The same sample under another barcode is no repeat: what was meant has to be told by undoing one.
        if person.there.contains_key(&(ms(sample.sampled), sample.id)) {
            return Ok(SampleOutcome::Rejected(RowProblem::IdReused));
        }
        let live = sample.undone.is_none();
        let opens_tube = tube.row.opened.is_none();
        let opened = open(&mut tube.row, batch, new, &sample);
        let size = opened.size;
        let mut flags = SampleFlags::NONE;
        if live {
            flags = flags_of(tube, person, batch, new, found, &sample);
        }
        tube.samples.insert(sample.id, sample);
        tube.row.people = people_in(tube.samples.values());
        if live && tube.row.people > u32::from(size.people()) {
            flags.insert(SampleFlag::TubeOver);
        }
        tube.is_changed = true;
        person.there.insert((ms(sample.sampled), sample.id), new.barcode.clone());
        if live {
            self.counts.add(batch.point, sample.sampled, opens_tube, self.now);
            if let Some(campaign) = new.campaign {
                self.took_part.push((found.person, campaign, sample.sampled));
                if person.rounds.add(campaign) {
                    self.with_rounds.insert(found.person);
                }
                if person.rounds.contain(campaign).is_none() {
                    person.older.insert(campaign);
                }
            }
            if size == TubeSize::One {
                let done = |task: &OpenTask| sample.sampled > task.sampled;
                self.done_tasks.extend(
                    person
                        .tasks
                        .iter()
                        .filter(|task| done(task))
                        .map(|task| (found.person, task.id, sample.sampled)),
                );
                person.tasks.retain(|task| !done(task));
            }
        }
        self.samples.push(PlannedSample {
            barcode: new.barcode.clone(),
            size,
            campaign: new.campaign,
            point: batch.point,
            sample,
        });
        self.note(batch, &new.barcode, &sample, flags);
        Ok(SampleOutcome::Recorded(flags))
    }

    /// A row whose id is on file for the tube.
    fn again(
        &mut self,
        batch: &SampleBatch,
        new: &NewSample,
        there: &TubeSample,
        sample: &TubeSample,
    ) -> SampleOutcome {
        if content(there) != content(sample) {
            return SampleOutcome::Rejected(RowProblem::IdReused);
        }
        if new.undone.is_none() {
            return SampleOutcome::Duplicate;
        }
        if self.undone_now.remove(&(new.barcode.clone(), there.id)) {
            return SampleOutcome::Recorded(SampleFlags::NONE);
        }
        if there.undone.is_some() {
            return SampleOutcome::Duplicate;
        }
        // The result has gone out to the person; taking the sample back would hide that.
        let flags = SampleFlags::from_iter([SampleFlag::UndoneAfterResult]);
        self.note(batch, &new.barcode, there, flags);
        SampleOutcome::Recorded(flags)
    }

    /// Writes a problem for each flag; of a kind that is about the tube only one while it is open.
    fn note(&mut self, batch: &SampleBatch, barcode: &Barcode, sample: &TubeSample, flags: SampleFlags) {
        let Some(tube) = self.tubes.get_mut(barcode) else { return };
        for kind in flags.iter() {
            if !kind.is_of_sample() {
                if !tube.row.flags.insert(kind) {
                    continue;
                }
                tube.is_changed = true;
            }
            self.problems.push(NewProblem {
                at: self.now,
                kind,
                barcode: barcode.clone(),
                person: Some(sample.person),
                sample: Some(sample.id),
                point: Some(batch.point),
                staff: Some(batch.staff),
            });
        }
    }
}

/// What a repeat must have in common with the first.
fn content(sample: &TubeSample) -> (PersonId, Timestamp, SampleSource) {
    (sample.person, sample.sampled, sample.source)
}

/// Opens a tube unless it is open.
fn open<'a>(
    row: &'a mut TubeRow,
    batch: &SampleBatch,
    new: &NewSample,
    sample: &TubeSample,
) -> &'a mut OpenedTube {
    row.opened.get_or_insert(OpenedTube {
        size: new.size,
        one_household: new.household,
        household: None,
        campaign: new.campaign,
        point: batch.point,
        staff: batch.staff,
        device: batch.device,
        at: sample.sampled,
    })
}

/// What is odd about a live sample, beside the number of people in its tube.
fn flags_of(
    tube: &mut PlannedTube,
    person: &PersonFacts,
    batch: &SampleBatch,
    new: &NewSample,
    found: Found,
    sample: &TubeSample,
) -> SampleFlags {
    let mut flags = SampleFlags::NONE;
    let mut set = |flag: SampleFlag, is_so: bool| {
        if is_so {
            flags.insert(flag);
        }
    };
    let in_round = new.campaign.is_some_and(|campaign| {
        person.rounds.contain(campaign).unwrap_or_else(|| person.older.contains(&campaign))
    });
    let in_tube = tube.samples.values().any(|there| there.undone.is_none() && there.person == found.person);
    set(SampleFlag::AlreadySampled, in_tube || in_round && person.tasks.is_empty());
    set(SampleFlag::NameDiffers, found.name_differs);
    set(SampleFlag::TubeSealed, tube.row.sealed.is_some_and(|sealed| sample.sampled > sealed));
    let has_result = tube.row.result_version > 0;
    let after_lab = tube.row.result_received.is_some_and(|lab| sample.sampled.duration_since(lab) > SKEW);
    let Some(opened) = &mut tube.row.opened else { return flags };
    let in_doubt = opened.device != batch.device || has_result && after_lab;
    set(SampleFlag::BarcodeUsed, in_doubt);
    set(SampleFlag::AfterResult, has_result && !in_doubt);
    if opened.one_household
        && let Some(household) = person.household
    {
        let first = *opened.household.get_or_insert(household);
        set(SampleFlag::HouseholdMixed, first != household);
    }
    flags
}
