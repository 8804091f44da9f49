//! Arguments and results of the verbs about results of tubes, and of what follows from them.

use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{CommunityId, PersonId, StaffId};
use yimatong_model::sampling::Barcode;
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};

use crate::codec::{instant, narrow};
use crate::error::{Problem, Result, StoreError, corrupt};
use crate::result::SKEW;
use crate::row_outcome::RowProblem;
use crate::state::PersonState;
use crate::tube_columns::id16;

/// Most rows one call takes.
pub(crate) const MOST_TUBE_RESULTS: usize = 1_000;
/// Most rows that are checked at once: a whole file.
pub(crate) const MOST_CHECKED: usize = 20_000;
/// Longest remark, in bytes: it goes into the audit log with more around it.
const LONGEST_REMARK: usize = 400;

/// What a lab tells of a tube.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTubeResult {
    /// Id given by the lab; a repeat for the same tube is a duplicate.
    pub id: [u8; 16],
    /// The tube.
    pub barcode: Barcode,
    /// What the lab found.
    pub outcome: Outcome,
    /// How it was tested.
    pub method: Method,
    /// When the lab received the tube.
    pub received: Timestamp,
    /// When the lab reported.
    pub reported: Timestamp,
    /// Number of the institution.
    pub institution: u16,
    /// Who posts it.
    pub staff: StaffId,
    /// The version this one corrects; none for the first.
    pub amends: Option<u16>,
    /// Why it is corrected, or whatever the lab remarks; at most 400 bytes.
    pub remark: Option<String>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TubeOutcome {
    /// It counts from now on.
    Recorded {
        /// Its version.
        version: u16,
        /// How many people got it.
        people: u32,
    },
    /// It was there before; nothing changed.
    Duplicate,
    /// It was refused; the other rows are not affected.
    Rejected(RowProblem),
}

/// Outcome of a batch of results.
#[derive(Debug, Clone, PartialEq)]
pub struct PostedTubeResults {
    /// One outcome per row, in the order of the batch.
    pub rows: Vec<TubeOutcome>,
    /// Everyone whose state changed, by person.
    pub states: Vec<PersonState>,
}

/// One version of what a lab told of a tube. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TubeResultRow {
    /// Its number, from 1; the highest counts.
    pub version: u16,
    /// Id given by the lab.
    pub id: [u8; 16],
    /// What the lab found.
    pub outcome: Outcome,
    /// How it was tested.
    pub method: Method,
    /// When the lab received the tube.
    pub received: Timestamp,
    /// When the lab reported.
    pub reported: Timestamp,
    /// Number of the institution.
    pub institution: u16,
    /// When it was posted here.
    pub posted: Timestamp,
    /// Who posted it.
    pub staff: StaffId,
    /// Why it was amended, or whatever the lab remarked.
    pub remark: Option<String>,
}

/// Whose tasks to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskArea {
    /// Everybody's.
    City,
    /// Of the residents of a district, by its division code.
    District(u32),
    /// Of the residents of a community.
    Community(CommunityId),
}

/// Somebody who needs a single sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResampleTaskRow {
    /// The person.
    pub person: PersonId,
    /// Names it; the id of the person's result that it follows from.
    pub id: [u8; 16],
    /// The tube whose result asks for it.
    pub barcode: Barcode,
    /// The round of that tube.
    pub campaign: Option<u16>,
    /// When the sample in that tube was taken.
    pub sampled: Timestamp,
    /// When the task was made.
    pub made: Timestamp,
    /// Where the person lives.
    pub community: Option<CommunityId>,
}

/// A case file that a positive single test opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFileRow {
    /// The person.
    pub person: PersonId,
    /// Names it; the id of the person's result that opened it.
    pub id: [u8; 16],
    /// When it was opened.
    pub opened: Timestamp,
    /// The tube; none when the result came without one, or is an earlier one than the one corrected.
    pub barcode: Option<Barcode>,
    /// How it stands.
    pub state: CaseState,
}

/// How a case file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum CaseState {
    /// Nobody has worked on it yet.
    Open = 0,
    /// The result that opened it was corrected.
    Withdrawn = 1,
}

impl CaseState {
    /// The state of a stored number.
    pub(crate) fn from_i64(number: i64) -> Result<Self> {
        match number {
            0 => Ok(Self::Open),
            1 => Ok(Self::Withdrawn),
            _ => Err(corrupt("the state of a case file")),
        }
    }
}

impl NewTubeResult {
    /// Refuses impossible times.
    pub(crate) fn check(&self, now: Timestamp) -> std::result::Result<(), RowProblem> {
        if self.received > self.reported {
            return Err(RowProblem::TimesOutOfOrder);
        }
        if self.reported.duration_since(now) > SKEW { Err(RowProblem::InFuture) } else { Ok(()) }
    }
}

/// Refuses calls with more rows than `most` or too long remarks.
pub(crate) fn check_all(rows: &[NewTubeResult], most: usize) -> Result<()> {
    if rows.len() > most {
        return Err(StoreError::invalid("results", Problem::TooManyRows));
    }
    if rows.iter().filter_map(|row| row.remark.as_ref()).any(|remark| remark.len() > LONGEST_REMARK) {
        return Err(StoreError::invalid("remark", Problem::TooLong));
    }
    Ok(())
}

/// Id of the result that a tube's result gives a person. The tube is in it: a lab that gives an id to two tubes must not make one
/// result of theirs.
pub(crate) fn person_result_id(tube_result: &[u8; 16], barcode: &Barcode, person: PersonId) -> [u8; 16] {
    let mut digest = Context::new(&SHA256);
    digest.update(tube_result);
    digest.update(barcode.as_str().as_bytes());
    digest.update(&person.get().to_be_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&digest.finish().as_ref()[..16]);
    id
}

/// Whether a person with this result needs a single sample.
pub(crate) fn needs_sample(result: &TestResult) -> bool {
    match result.outcome {
        Outcome::Positive => result.tube == Tube::Pooled,
        Outcome::Indeterminate | Outcome::Invalid => true,
        Outcome::Negative => false,
    }
}

/// Whether this result opens a case file.
pub(crate) fn opens_case(result: &TestResult) -> bool {
    result.outcome == Outcome::Positive && result.tube == Tube::Single
}

/// The columns of the table as both databases give them: version, result_id, outcome, method, received_ms, reported_ms,
/// institution, posted_ms, staff_id, remark.
pub(crate) struct TubeResultColumns {
    pub(crate) version: i64,
    pub(crate) id: Vec<u8>,
    pub(crate) outcome: i64,
    pub(crate) method: i64,
    pub(crate) received_ms: i64,
    pub(crate) reported_ms: i64,
    pub(crate) institution: i64,
    pub(crate) posted_ms: i64,
    pub(crate) staff: i64,
    pub(crate) remark: Option<String>,
}

impl TubeResultColumns {
    /// The result of the columns.
    pub(crate) fn row(self) -> Result<TubeResultRow> {
        let outcome = u8::try_from(self.outcome).ok().and_then(Outcome::from_u8);
        let method = u8::try_from(self.method).ok().and_then(Method::from_u8);
        Ok(TubeResultRow {
            version: narrow(self.version, "a version")?,
            id: id16(&self.id)?,
            outcome: outcome.ok_or_else(|| corrupt("an outcome"))?,
            method: method.ok_or_else(|| corrupt("a method"))?,
            received: instant(self.received_ms)?,
            reported: instant(self.reported_ms)?,
            institution: narrow(self.institution, "an institution")?,
            posted: instant(self.posted_ms)?,
            staff: StaffId(narrow(self.staff, "a staff id")?),
            remark: self.remark,
        })
    }
}
