//! What a lab's results do to tubes and to the people in them: decided here for every adapter, from what it read under its
//! locks and before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::reason::Reason;
use yimatong_model::sampling::{Barcode, SampleFlag, TubeSize};
use yimatong_model::test_result::{Outcome, TestResult, Tube};

use crate::access::AuditEntry;
use crate::codec::{instant, ms};
use crate::error::{Result, corrupt};
use crate::result::SKEW;
use crate::row_outcome::RowProblem;
use crate::sample_problem::NewProblem;
use crate::tube::{TubeRow, TubeSample};
use crate::tube_result::{NewTubeResult, TubeOutcome, TubeResultRow, person_result_id};

/// What a tube's result does to the results of one person.
#[derive(Debug, Clone)]
pub(crate) struct PersonWork {
    pub(crate) barcode: Barcode,
    pub(crate) campaign: Option<u16>,
    /// When the person's last sample in the tube was taken, by the device's clock: only a later one is another one.
    pub(crate) sampled: Timestamp,
    /// Id of the former version's result, which goes.
    pub(crate) remove: Option<[u8; 16]>,
    /// What comes, with its id.
    pub(crate) add: Option<([u8; 16], TestResult)>,
    pub(crate) by: StaffId,
    /// Why, for the audit log.
    pub(crate) why: String,
}

impl PersonWork {
    /// The audit row of a reason that is withdrawn.
    pub(crate) fn audit(&self, person: PersonId, reason: &Reason, now: Timestamp) -> AuditEntry {
        let entry = AuditEntry {
            at: now,
            staff: Some(self.by),
            action: "release-reason".to_owned(),
            subject: Some(person),
            purpose: Some(format!("{}, {}", reason.code, self.why)),
        };
        entry.of_tube(&self.barcode)
    }
}

struct PlannedTube {
    row: TubeRow,
    samples: Vec<TubeSample>,
    results: Vec<TubeResultRow>,
    is_changed: bool,
}

/// The plan of one transaction.
pub(crate) struct TubeResultPlan {
    now: Timestamp,
    tubes: BTreeMap<Barcode, PlannedTube>,
    /// Results to write.
    pub(crate) results: Vec<(Barcode, TubeResultRow)>,
    /// What to do to people, in order.
    pub(crate) works: BTreeMap<PersonId, Vec<PersonWork>>,
    pub(crate) problems: Vec<NewProblem>,
    /// Problems of tubes that are over with this.
    pub(crate) cured: BTreeSet<(Barcode, SampleFlag)>,
    pub(crate) audit: Vec<AuditEntry>,
}

impl TubeResultPlan {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            tubes: BTreeMap::new(),
            results: Vec::new(),
            works: BTreeMap::new(),
            problems: Vec::new(),
            cured: BTreeSet::new(),
            audit: Vec::new(),
        }
    }

    pub(crate) fn has_tube(&self, barcode: &Barcode) -> bool {
        self.tubes.contains_key(barcode)
    }

    /// Tells of a tube, who is in it, and its results, oldest first.
    pub(crate) fn tube(&mut self, row: TubeRow, samples: Vec<TubeSample>, results: Vec<TubeResultRow>) {
        let barcode = row.barcode.clone();
        self.tubes.insert(barcode, PlannedTube { row, samples, results, is_changed: false });
    }

    /// Tubes to write, by barcode.
    pub(crate) fn changed_tubes(&self) -> impl Iterator<Item = &TubeRow> {
        self.tubes.values().filter(|tube| tube.is_changed).map(|tube| &tube.row)
    }

    /// Enters a row. Its tube must have been told of.
    pub(crate) fn enter(&mut self, new: &NewTubeResult) -> Result<TubeOutcome> {
        let rejected = |problem| Ok(TubeOutcome::Rejected(problem));
        if let Err(problem) = new.check(self.now) {
            return rejected(problem);
        }
        let unread = || corrupt("a tube that was not read before");
        let tube = self.tubes.get_mut(&new.barcode).ok_or_else(unread)?;
        let row = new_row(new, tube.row.result_version.saturating_add(1), self.now)?;
        if let Some(there) = tube.results.iter().find(|there| there.id == row.id) {
            return if is_same(there, &row) {
                Ok(TubeOutcome::Duplicate)
            } else {
                rejected(RowProblem::IdReused)
            };
        }
        let people = people_of(tube);
        if people.is_empty() {
            self.note(new, SampleFlag::ResultWithoutSamples, None);
            return rejected(RowProblem::UnknownTube);
        }
        let former = tube.results.last().cloned();
        match (&former, new.amends) {
            (Some(former), None) if is_same(former, &row) => return Ok(TubeOutcome::Duplicate),
            (Some(_), None) => return rejected(RowProblem::AlreadyReported),
            (_, Some(version)) if version != tube.row.result_version => {
                return rejected(RowProblem::VersionDiffers);
            }
            _ => {}
        }
        let is_in_doubt = tube.row.flags.contains(SampleFlag::BarcodeUsed);
        if new.outcome == Outcome::Negative && is_in_doubt {
            return rejected(RowProblem::TubeInDoubt);
        }
        // Of a barcode in doubt the lab may have had the other tube, and a positive must not wait.
        if !is_in_doubt && people.values().all(|person| is_after_receipt(person.first, &row)) {
            return rejected(RowProblem::ReceivedBeforeSampled);
        }
        self.accept(new, row, former.as_ref(), &people)
    }

    fn accept(
        &mut self,
        new: &NewTubeResult,
        row: TubeResultRow,
        former: Option<&TubeResultRow>,
        people: &BTreeMap<PersonId, Sampled>,
    ) -> Result<TubeOutcome> {
        let unread = || corrupt("a tube that was not read before");
        let tube = self.tubes.get_mut(&new.barcode).ok_or_else(unread)?;
        let opened = tube.row.opened.as_ref().ok_or_else(unread)?;
        // Of two people in a tube for one nobody knows whose the result is.
        let is_single = opened.size == TubeSize::One && people.len() == 1;
        let (kind, campaign) = (if is_single { Tube::Single } else { Tube::Pooled }, opened.campaign);
        tube.row.result_version = row.version;
        tube.row.outcome = Some(row.outcome);
        tube.row.result_received = Some(row.received);
        if tube.row.received.is_none() {
            (tube.row.received, tube.row.received_by) = (Some(row.received), Some(row.staff));
        }
        // Now there are samples, and whoever was told of after an earlier version gets this one.
        for kind in [SampleFlag::ResultWithoutSamples, SampleFlag::AfterResult] {
            if tube.row.flags.remove(kind) {
                self.cured.insert((new.barcode.clone(), kind));
            }
        }
        tube.is_changed = true;
        tube.results.push(row.clone());
        let why = format!("version {} of the result: {}", row.version, row.remark.as_deref().unwrap_or("-"));
        let mut got = 0;
        let mut too_late = None;
        for (person, Sampled { first: sampled, last }) in people {
            // Who was sampled after the lab had the tube can't be in it; only a positive is taken to be about everybody.
            let is_in = row.outcome != Outcome::Negative || !is_after_receipt(*sampled, &row);
            if !is_in {
                too_late.get_or_insert(*person);
            }
            let result = TestResult {
                sampled: (*sampled).min(row.received),
                received: row.received,
                reported: row.reported,
                outcome: row.outcome,
                tube: kind,
                method: row.method,
                institution: row.institution,
            };
            got += u32::from(is_in);
            self.works.entry(*person).or_default().push(PersonWork {
                barcode: new.barcode.clone(),
                campaign,
                sampled: *last,
                remove: former.map(|former| person_result_id(&former.id, &new.barcode, *person)),
                add: is_in.then(|| (person_result_id(&row.id, &new.barcode, *person), result)),
                by: row.staff,
                why: why.clone(),
            });
        }
        if too_late.is_some() {
            self.note(new, SampleFlag::SampledAfterReceipt, too_late);
        }
        if former.is_some() {
            let entry = AuditEntry {
                at: self.now,
                staff: Some(row.staff),
                action: "amend-tube-result".to_owned(),
                subject: None,
                purpose: Some(why),
            };
            self.audit.push(entry.of_tube(&new.barcode));
        }
        let version = row.version;
        self.results.push((new.barcode.clone(), row));
        Ok(TubeOutcome::Recorded { version, people: got })
    }

    /// Writes a problem of a tube, one while it is open.
    fn note(&mut self, new: &NewTubeResult, kind: SampleFlag, person: Option<PersonId>) {
        let Some(tube) = self.tubes.get_mut(&new.barcode) else { return };
        if !tube.row.flags.insert(kind) {
            return;
        }
        tube.is_changed = true;
        self.problems.push(NewProblem {
            at: self.now,
            kind,
            barcode: new.barcode.clone(),
            person,
            sample: None,
            point: tube.row.opened.as_ref().map(|opened| opened.point),
            staff: Some(new.staff),
        });
    }
}

fn new_row(new: &NewTubeResult, version: u16, now: Timestamp) -> Result<TubeResultRow> {
    let kept = |at: Timestamp| instant(ms(at));
    Ok(TubeResultRow {
        version,
        id: new.id,
        outcome: new.outcome,
        method: new.method,
        received: kept(new.received)?,
        reported: kept(new.reported)?,
        institution: new.institution,
        posted: kept(now)?,
        staff: new.staff,
        remark: new.remark.clone(),
    })
}

/// Whether two say the same of the tube.
fn is_same(a: &TubeResultRow, b: &TubeResultRow) -> bool {
    let content =
        |row: &TubeResultRow| (row.outcome, row.method, row.received, row.reported, row.institution);
    content(a) == content(b)
}

/// Whether a sample was taken after the lab had the tube, by more than clocks differ.
fn is_after_receipt(sampled: Timestamp, row: &TubeResultRow) -> bool {
    sampled.duration_since(row.received) > SKEW
}

/// When the samples of a person in a tube were taken.
struct Sampled {
    first: Timestamp,
    last: Timestamp,
}

/// People with a live sample in a tube.
fn people_of(tube: &PlannedTube) -> BTreeMap<PersonId, Sampled> {
    let mut people = BTreeMap::new();
    for sample in tube.samples.iter().filter(|sample| sample.undone.is_none()) {
        let at = sample.sampled;
        let own = people.entry(sample.person).or_insert(Sampled { first: at, last: at });
        (own.first, own.last) = (own.first.min(at), own.last.max(at));
    }
    people
}
