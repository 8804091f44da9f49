//! What is on file of a tube, whoever told first of it: the table in the street, a box or the lab.

use jiff::Timestamp;
use yimatong_model::ids::{HouseholdId, PersonId, SamplingPointId, StaffId};
use yimatong_model::sampling::{Barcode, SampleFlags, SampleSource, TubeSize};
use yimatong_model::test_result::Outcome;

use crate::codec::{instant, ms};
use crate::error::{Problem, Result, StoreError};
use crate::result::SKEW;
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::tube_result::TubeResultRow;

/// A tube. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TubeRow {
    /// Its barcode.
    pub barcode: Barcode,
    /// What the table told; none while only a box or the lab told of it.
    pub opened: Option<OpenedTube>,
    /// When it was sealed.
    pub sealed: Option<Timestamp>,
    /// Who sealed it.
    pub sealed_by: Option<StaffId>,
    /// Different people with a live sample in it.
    pub people: u32,
    /// Kinds of problem that are open for it.
    pub flags: SampleFlags,
    /// The last box it was packed into.
    pub in_box: Option<Barcode>,
    /// When it was packed; none when it came without being sent.
    pub packed: Option<Timestamp>,
    /// When the lab received it.
    pub received: Option<Timestamp>,
    /// Who received it.
    pub received_by: Option<StaffId>,
    /// Number of the latest version of its result; 0 without one.
    pub result_version: u16,
    /// What the lab found.
    pub outcome: Option<Outcome>,
    /// When the lab had it, as the result says.
    pub result_received: Option<Timestamp>,
}

/// What the device told that opened a tube.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedTube {
    /// How many people it is made for.
    pub size: TubeSize,
    /// It is for the people of one household only.
    pub one_household: bool,
    /// The first household known in it.
    pub household: Option<HouseholdId>,
    /// Number of the round; none outside of one.
    pub campaign: Option<u16>,
    /// Where.
    pub point: SamplingPointId,
    /// By whom.
    pub staff: StaffId,
    /// By which device.
    pub device: [u8; 16],
    /// When its first sample was taken.
    pub at: Timestamp,
}

/// A sample as it stands with its tube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TubeSample {
    /// Id made on the device.
    pub id: [u8; 16],
    /// Whose.
    pub person: PersonId,
    /// When it was taken.
    pub sampled: Timestamp,
    /// How the sampler knew whose it was.
    pub source: SampleSource,
    /// Who took it.
    pub staff: StaffId,
    /// When it was undone.
    pub undone: Option<Timestamp>,
    /// Who undid it.
    pub undone_by: Option<StaffId>,
}

/// A tube with everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TubeFile {
    /// The tube.
    pub tube: TubeRow,
    /// Its samples, undone ones too, by id.
    pub samples: Vec<TubeSample>,
    /// What labs told, oldest version first.
    pub results: Vec<TubeResultRow>,
}

impl TubeRow {
    /// A tube that nobody has told anything of yet.
    pub(crate) fn unknown(barcode: Barcode) -> Self {
        Self {
            barcode,
            opened: None,
            sealed: None,
            sealed_by: None,
            people: 0,
            flags: SampleFlags::NONE,
            in_box: None,
            packed: None,
            received: None,
            received_by: None,
            result_version: 0,
            outcome: None,
            result_received: None,
        }
    }

    /// Whether anybody has told anything of it.
    pub(crate) fn is_known(&self) -> bool {
        *self != Self::unknown(self.barcode.clone())
    }

    /// Seals it unless it is; a time ahead is refused.
    pub(crate) fn seal(&mut self, at: Timestamp, by: StaffId, now: Timestamp) -> Result<RowOutcome> {
        if at.duration_since(now) > SKEW {
            return Ok(RowOutcome::Rejected(RowProblem::InFuture));
        }
        if self.opened.is_none() {
            return Ok(RowOutcome::Rejected(RowProblem::UnknownTube));
        }
        if self.sealed.is_some() {
            return Ok(RowOutcome::Duplicate);
        }
        (self.sealed, self.sealed_by) = (Some(instant(ms(at))?), Some(by));
        Ok(RowOutcome::Recorded)
    }
}

/// Most tubes one call takes.
pub(crate) const MOST_TUBES: usize = 1_000;

/// Refuses calls with too many tubes.
pub(crate) fn check_tubes(tubes: usize) -> Result<()> {
    if tubes > MOST_TUBES { Err(StoreError::invalid("tubes", Problem::TooManyRows)) } else { Ok(()) }
}

/// Different people with a live sample among some.
pub(crate) fn people_in<'a>(samples: impl IntoIterator<Item = &'a TubeSample>) -> u32 {
    let live = samples.into_iter().filter(|sample| sample.undone.is_none());
    let people: std::collections::BTreeSet<PersonId> = live.map(|sample| sample.person).collect();
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}
