//! Arguments and results of the verbs about samples.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use yimatong_model::document::{Document, DocumentKind};
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::sampling::{Barcode, SampleFlags, SampleSource, TubeSize};

use crate::codec::{instant, ms};
use crate::error::{Problem, Result, StoreError};
use crate::result::SKEW;
use crate::row_outcome::RowProblem;
use crate::state::PersonState;
use crate::tube::TubeSample;

/// Most rows one call takes.
pub(crate) const MOST_SAMPLES: usize = 1_000;
/// Oldest sample taken: a device that was offline for longer has a wrong clock.
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What a sampler's device recorded, in the order in which it did.
#[derive(Clone)]
pub struct SampleBatch {
    /// Which device, for good: two devices on one barcode are told apart by it.
    pub device: [u8; 16],
    /// Where it stands. Not looked up: a swab that was taken is not refused for it.
    pub point: SamplingPointId,
    /// Who uses it.
    pub staff: StaffId,
    /// The samples; at most 1,000.
    pub rows: Vec<NewSample>,
}

/// A sample as the device recorded it. What tube and round it says counts where the tube is opened by it.
#[derive(Clone)]
pub struct NewSample {
    /// Id made by the device; a repeat for the same tube is a duplicate.
    pub id: [u8; 16],
    /// The tube.
    pub barcode: Barcode,
    /// How many people the tube is made for.
    pub size: TubeSize,
    /// The tube is for the people of one household only.
    pub household: bool,
    /// Number of the round; none outside of one.
    pub campaign: Option<u16>,
    /// Whose swab it is.
    pub person: SampledPerson,
    /// When it was taken, by the device's clock (milliseconds kept).
    pub sampled: Timestamp,
    /// How the sampler knew whose it is.
    pub source: SampleSource,
    /// When the sampler undid it on the device, maybe before it was ever sent. Whichever comes first, the sample without
    /// this or with it, it ends undone.
    pub undone: Option<Timestamp>,
}

/// Whose swab it is.
#[derive(Clone)]
pub enum SampledPerson {
    /// By a code that the server opened.
    Known(PersonId),
    /// By an identity document.
    Document {
        /// The checked document.
        document: Document,
        /// The name given with it: needed for a person who is not registered, compared for one who is.
        name: Option<PersonName>,
    },
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleOutcome {
    /// It is recorded now, and this is odd about it.
    Recorded(SampleFlags),
    /// It was recorded before; nothing changed.
    Duplicate,
    /// It was refused; the other rows are not affected.
    Rejected(RowProblem),
}

/// Outcome of a batch of samples.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedSamples {
    /// One outcome per row, in the order of the batch.
    pub rows: Vec<SampleOutcome>,
    /// Everyone whose state changed, by person.
    pub states: Vec<PersonState>,
}

/// A sample as it stands with its person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonSample {
    /// Id made on the device.
    pub id: [u8; 16],
    /// When it was taken.
    pub sampled: Timestamp,
    /// The tube.
    pub barcode: Barcode,
    /// How many people the tube is made for.
    pub size: TubeSize,
    /// Number of the round; none outside of one.
    pub campaign: Option<u16>,
    /// Where.
    pub point: SamplingPointId,
    /// When it was undone.
    pub undone: Option<Timestamp>,
}

impl SampleBatch {
    /// Refuses batches that are too large.
    pub(crate) fn check(&self) -> Result<()> {
        if self.rows.len() > MOST_SAMPLES {
            return Err(StoreError::invalid("samples", Problem::TooManyRows));
        }
        Ok(())
    }
}

impl NewSample {
    /// Refuses impossible times.
    pub(crate) fn check(&self, now: Timestamp) -> std::result::Result<(), RowProblem> {
        let age = now.duration_since(self.sampled);
        let is_ahead = |at: Timestamp| at.duration_since(now) > SKEW;
        if is_ahead(self.sampled) || self.undone.is_some_and(is_ahead) {
            return Err(RowProblem::InFuture);
        }
        if age > OLDEST { Err(RowProblem::SampledTooLongAgo) } else { Ok(()) }
    }

    /// The sample as it is kept.
    pub(crate) fn kept(
        &self,
        person: PersonId,
        staff: StaffId,
        undone: Option<Timestamp>,
    ) -> Result<TubeSample> {
        Ok(TubeSample {
            id: self.id,
            person,
            sampled: instant(ms(self.sampled))?,
            source: self.source,
            staff,
            undone: undone.map(|at| instant(ms(at))).transpose()?,
            undone_by: undone.map(|_| staff),
        })
    }
}

/// The nationality of somebody of whom only the document is known.
pub(crate) fn nationality_by(document: &Document) -> Nationality {
    match document.kind() {
        DocumentKind::ResidentId => Nationality::CHN,
        _ => Nationality::UNSPECIFIED,
    }
}
