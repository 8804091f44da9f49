//! What is odd about samples and tubes, for a coordinator to look at.

use jiff::Timestamp;
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::sampling::{Barcode, SampleFlag};

use crate::codec::{instant, narrow, optional_instant};
use crate::error::{Result, corrupt};
use crate::state_rows::person_id;
use crate::tube_columns::{barcode, id16, staff};

/// Remark of a problem that is over because the lab posted the tube's result again.
pub(crate) const POSTED_AGAIN: &str = "the result was posted again";

/// A problem to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewProblem {
    pub(crate) at: Timestamp,
    pub(crate) kind: SampleFlag,
    pub(crate) barcode: Barcode,
    pub(crate) person: Option<PersonId>,
    pub(crate) sample: Option<[u8; 16]>,
    pub(crate) point: Option<SamplingPointId>,
    pub(crate) staff: Option<StaffId>,
}

/// A problem on file. Numbers rise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleProblemRow {
    /// Its number, from 1.
    pub id: u64,
    /// When it was noticed.
    pub at: Timestamp,
    /// What is odd.
    pub kind: SampleFlag,
    /// The tube.
    pub barcode: Barcode,
    /// The person, where it is about one.
    pub person: Option<PersonId>,
    /// The sample, where it is about one.
    pub sample: Option<[u8; 16]>,
    /// Where the device stood that told of it.
    pub point: Option<SamplingPointId>,
    /// Who told of it.
    pub staff: Option<StaffId>,
    /// When it was resolved.
    pub resolved: Option<Timestamp>,
    /// Who resolved it.
    pub resolved_by: Option<StaffId>,
    /// What was found out.
    pub remark: Option<String>,
}

impl SampleProblemRow {
    /// Whether it was resolved in these words.
    pub(crate) fn was_resolved(&self, by: StaffId, remark: &str) -> bool {
        self.resolved_by == Some(by) && self.remark.as_deref() == Some(remark.trim())
    }
}

/// Names of the columns, in the order of [`ProblemColumns`].
macro_rules! problem_columns {
    () => {
        "problem_id, at_ms, kind, barcode, person_id, sample_id, point_id, staff_id, resolved_ms, resolved_by, remark"
    };
}
pub(crate) use problem_columns;

/// The columns of the table as both databases give them.
pub(crate) struct ProblemColumns {
    pub(crate) id: i64,
    pub(crate) at_ms: i64,
    pub(crate) kind: i64,
    pub(crate) barcode: String,
    pub(crate) person: Option<i64>,
    pub(crate) sample: Option<Vec<u8>>,
    pub(crate) point: Option<i64>,
    pub(crate) staff: Option<i64>,
    pub(crate) resolved_ms: Option<i64>,
    pub(crate) resolved_by: Option<i64>,
    pub(crate) remark: Option<String>,
}

impl ProblemColumns {
    /// The problem of the columns.
    pub(crate) fn row(self) -> Result<SampleProblemRow> {
        let kind = u8::try_from(self.kind).ok().and_then(SampleFlag::from_u8);
        let point = self.point.map(|number| narrow(number, "a sampling point").map(SamplingPointId));
        Ok(SampleProblemRow {
            id: narrow(self.id, "the number of a problem")?,
            at: instant(self.at_ms)?,
            kind: kind.ok_or_else(|| corrupt("the kind of a problem"))?,
            barcode: barcode(&self.barcode)?,
            person: self.person.map(person_id).transpose()?,
            sample: self.sample.as_deref().map(id16).transpose()?,
            point: point.transpose()?,
            staff: staff(self.staff)?,
            resolved: optional_instant(self.resolved_ms)?,
            resolved_by: staff(self.resolved_by)?,
            remark: self.remark,
        })
    }
}
