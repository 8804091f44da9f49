//! Columns of tubes and of the samples in them, as both databases give and take them.

use jiff::Timestamp;
use yimatong_model::ids::{HouseholdId, SamplingPointId, StaffId};
use yimatong_model::sampling::{Barcode, SampleFlags, SampleSource, TubeSize};
use yimatong_model::test_result::Outcome;

use crate::codec::{instant, ms, narrow, optional_instant};
use crate::error::{Result, corrupt};
use crate::tube::{OpenedTube, TubeRow, TubeSample};

/// The columns of the tube table as both databases give and take them, in the order of [`TUBE_COLUMNS`].
#[derive(Debug, Clone)]
pub(crate) struct TubeColumns {
    pub(crate) barcode: String,
    pub(crate) size: Option<i64>,
    pub(crate) household: Option<i64>,
    pub(crate) household_id: Option<i64>,
    pub(crate) campaign: Option<i64>,
    pub(crate) point: Option<i64>,
    pub(crate) staff: Option<i64>,
    pub(crate) device: Option<Vec<u8>>,
    pub(crate) opened_ms: Option<i64>,
    pub(crate) sealed_ms: Option<i64>,
    pub(crate) sealed_by: Option<i64>,
    pub(crate) people: i64,
    pub(crate) flags: i64,
    pub(crate) in_box: Option<String>,
    pub(crate) packed_ms: Option<i64>,
    pub(crate) received_ms: Option<i64>,
    pub(crate) received_by: Option<i64>,
    pub(crate) result_version: i64,
    pub(crate) outcome: Option<i64>,
    pub(crate) result_received_ms: Option<i64>,
}

/// Names of the columns, in the order of [`TubeColumns`].
macro_rules! tube_columns {
    () => {
        "barcode, size, household, household_id, campaign, point_id, staff_id, device, opened_ms, sealed_ms, sealed_by, \
         people, flags, box, packed_ms, received_ms, received_by, result_version, outcome, result_received_ms"
    };
}
pub(crate) use tube_columns;

impl TubeColumns {
    /// The tube of the columns.
    pub(crate) fn row(self) -> Result<TubeRow> {
        let opened = self.opened()?;
        let outcome = self.outcome.map(|number| narrow(number, "an outcome")).transpose()?;
        Ok(TubeRow {
            barcode: barcode(&self.barcode)?,
            opened,
            sealed: optional_instant(self.sealed_ms)?,
            sealed_by: staff(self.sealed_by)?,
            people: narrow(self.people, "a number of people")?,
            flags: SampleFlags::from_bits(narrow(self.flags, "flags")?).ok_or_else(|| corrupt("flags"))?,
            in_box: self.in_box.as_deref().map(barcode).transpose()?,
            packed: optional_instant(self.packed_ms)?,
            received: optional_instant(self.received_ms)?,
            received_by: staff(self.received_by)?,
            result_version: narrow(self.result_version, "a version")?,
            outcome: outcome
                .map(|number| Outcome::from_u8(number).ok_or_else(|| corrupt("an outcome")))
                .transpose()?,
            result_received: optional_instant(self.result_received_ms)?,
        })
    }

    fn opened(&self) -> Result<Option<OpenedTube>> {
        let (Some(people), Some(household), Some(point), Some(taken_by), Some(device), Some(at)) =
            (self.size, self.household, self.point, self.staff, &self.device, self.opened_ms)
        else {
            return Ok(None);
        };
        Ok(Some(OpenedTube {
            size: tube_size(people)?,
            one_household: household != 0,
            household: self.household_id.and_then(HouseholdId::from_i64),
            campaign: campaign(self.campaign)?,
            point: SamplingPointId(narrow(point, "a sampling point")?),
            staff: StaffId(narrow(taken_by, "a staff id")?),
            device: id16(device)?,
            at: instant(at)?,
        }))
    }
}

impl From<&TubeRow> for TubeColumns {
    fn from(tube: &TubeRow) -> Self {
        let opened = tube.opened.as_ref();
        let time = |at: Option<Timestamp>| at.map(ms);
        Self {
            barcode: tube.barcode.as_str().to_owned(),
            size: opened.map(|opened| i64::from(opened.size.people())),
            household: opened.map(|opened| i64::from(opened.one_household)),
            household_id: opened.and_then(|opened| opened.household).map(HouseholdId::as_i64),
            campaign: opened.and_then(|opened| opened.campaign).map(i64::from),
            point: opened.map(|opened| i64::from(opened.point.0)),
            staff: opened.map(|opened| i64::from(opened.staff.0)),
            device: opened.map(|opened| opened.device.to_vec()),
            opened_ms: time(opened.map(|opened| opened.at)),
            sealed_ms: time(tube.sealed),
            sealed_by: tube.sealed_by.map(|staff| i64::from(staff.0)),
            people: i64::from(tube.people),
            flags: i64::from(tube.flags.bits()),
            in_box: tube.in_box.as_ref().map(|barcode| barcode.as_str().to_owned()),
            packed_ms: time(tube.packed),
            received_ms: time(tube.received),
            received_by: tube.received_by.map(|staff| i64::from(staff.0)),
            result_version: i64::from(tube.result_version),
            outcome: tube.outcome.map(|outcome| i64::from(outcome.as_u8())),
            result_received_ms: time(tube.result_received),
        }
    }
}

/// The columns of a sample in its tube: sample_id, person_id, sampled_ms, source, staff_id, undone_ms, undone_by.
pub(crate) struct SampleColumns<'a> {
    pub(crate) id: &'a [u8],
    pub(crate) person: i64,
    pub(crate) sampled_ms: i64,
    pub(crate) source: i64,
    pub(crate) staff: i64,
    pub(crate) undone_ms: Option<i64>,
    pub(crate) undone_by: Option<i64>,
}

impl SampleColumns<'_> {
    /// The sample of the columns.
    pub(crate) fn sample(&self) -> Result<TubeSample> {
        let source = u8::try_from(self.source).ok().and_then(SampleSource::from_u8);
        Ok(TubeSample {
            id: id16(self.id)?,
            person: crate::state_rows::person_id(self.person)?,
            sampled: instant(self.sampled_ms)?,
            source: source.ok_or_else(|| corrupt("the source of a sample"))?,
            staff: StaffId(narrow(self.staff, "a staff id")?),
            undone: optional_instant(self.undone_ms)?,
            undone_by: staff(self.undone_by)?,
        })
    }
}

/// A barcode column.
pub(crate) fn barcode(text: &str) -> Result<Barcode> {
    text.parse().map_err(|_| corrupt("a barcode"))
}

/// A column with an id of 16 bytes.
pub(crate) fn id16(bytes: &[u8]) -> Result<[u8; 16]> {
    bytes.try_into().map_err(|_| corrupt("an id"))
}

/// A staff column that may be null.
pub(crate) fn staff(number: Option<i64>) -> Result<Option<StaffId>> {
    number.map(|number| narrow(number, "a staff id").map(StaffId)).transpose()
}

/// A campaign column.
pub(crate) fn campaign(number: Option<i64>) -> Result<Option<u16>> {
    number.map(|number| narrow(number, "a campaign")).transpose()
}

/// A size column.
pub(crate) fn tube_size(people: i64) -> Result<TubeSize> {
    let people: u8 = narrow(people, "the size of a tube")?;
    TubeSize::try_from(people).map_err(|_| corrupt("the size of a tube"))
}
