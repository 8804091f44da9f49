//! Arguments and results of the verbs about boxes of tubes, and about tubes that are late.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use yimatong_model::ids::{SamplingPointId, StaffId};
use yimatong_model::sampling::Barcode;

use crate::codec::{instant, ms, narrow, optional_instant};
use crate::error::{Problem, Result, StoreError, corrupt};
use crate::row_outcome::RowOutcome;
use crate::tube::TubeRow;
use crate::tube_columns::{barcode, staff};

/// Longest name of a courier, in bytes.
const LONGEST_COURIER: usize = 200;

/// A box. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TubeBoxRow {
    /// Its barcode.
    pub barcode: Barcode,
    /// Where it was packed.
    pub point: Option<SamplingPointId>,
    /// When its first tubes were packed; none when it came without being sent.
    pub packed: Option<Timestamp>,
    /// Who packed it.
    pub packed_by: Option<StaffId>,
    /// Who carries it, or carried it last.
    pub courier: Option<String>,
    /// When that courier took it.
    pub handed: Option<Timestamp>,
    /// When the lab received it.
    pub received: Option<Timestamp>,
    /// Who received it.
    pub received_by: Option<StaffId>,
}

/// A box at the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedBox {
    /// The box.
    pub row: TubeBoxRow,
    /// Tubes that were sent in it and that the lab has not received, by barcode.
    pub missing: Vec<Barcode>,
    /// Tubes that came in it and were not sent in it, by barcode.
    pub unsent: Vec<Barcode>,
}

/// In what way a tube is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// People are in it, and it is neither packed nor received; since it was opened.
    Unpacked,
    /// It is packed and not received; since it was packed.
    InTransit,
    /// The lab has it and has told no result; since it was received.
    WithoutResult,
    /// The lab has it, and nobody told of sending it; since it was received.
    ReceivedUnsent,
}

/// A tube that is late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueTube {
    /// The tube.
    pub barcode: Barcode,
    /// Since when it waits where it is.
    pub since: Timestamp,
    /// People in it who wait for a result, as far as is known.
    pub people: u32,
    /// The last box it was packed into.
    pub in_box: Option<Barcode>,
    /// Who has it.
    pub owner: TubeOwner,
}

/// Who has a tube.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TubeOwner {
    /// A sampling point.
    Point(SamplingPointId),
    /// A courier, in a box.
    Courier {
        /// The courier's name.
        courier: String,
        /// The box.
        in_box: Barcode,
    },
    /// The lab, received by this member of staff.
    Lab(StaffId),
    /// Nobody has told.
    Unknown,
}

impl TubeBoxRow {
    /// A box that nobody has told anything of yet.
    pub(crate) fn unknown(barcode: Barcode) -> Self {
        Self {
            barcode,
            point: None,
            packed: None,
            packed_by: None,
            courier: None,
            handed: None,
            received: None,
            received_by: None,
        }
    }

    /// Tubes are packed into it.
    pub(crate) fn pack(&mut self, point: SamplingPointId, by: StaffId, now: Timestamp) -> Result<()> {
        if self.packed.is_none() {
            (self.packed, self.packed_by) = (Some(instant(ms(now))?), Some(by));
        }
        self.point = Some(point);
        Ok(())
    }

    /// A courier takes it. The same one again changes nothing.
    pub(crate) fn hand_over(&mut self, courier: &str, now: Timestamp) -> Result<()> {
        if self.courier.as_deref() != Some(courier) {
            (self.courier, self.handed) = (Some(courier.to_owned()), Some(instant(ms(now))?));
        }
        Ok(())
    }

    /// The lab receives it.
    pub(crate) fn receive(&mut self, by: StaffId, now: Timestamp) -> Result<()> {
        if self.received.is_none() {
            (self.received, self.received_by) = (Some(instant(ms(now))?), Some(by));
        }
        Ok(())
    }
}

impl TubeRow {
    /// It is packed into a box; the last box counts. True when that changed anything.
    pub(crate) fn pack(&mut self, in_box: &Barcode, now: Timestamp) -> Result<bool> {
        if self.in_box.as_ref() == Some(in_box) && self.packed.is_some() {
            return Ok(false);
        }
        (self.in_box, self.packed) = (Some(in_box.clone()), Some(instant(ms(now))?));
        Ok(true)
    }

    /// The lab receives it; the first time counts.
    pub(crate) fn receive(&mut self, by: StaffId, now: Timestamp) -> Result<RowOutcome> {
        if self.received.is_some() {
            return Ok(RowOutcome::Duplicate);
        }
        (self.received, self.received_by) = (Some(instant(ms(now))?), Some(by));
        Ok(RowOutcome::Recorded)
    }

    /// The tube as one that is late.
    pub(crate) fn overdue(
        &self,
        kind: Overdue,
        boxes: &BTreeMap<Barcode, TubeBoxRow>,
    ) -> Result<OverdueTube> {
        let since = match kind {
            Overdue::Unpacked => self.opened.as_ref().map(|opened| opened.at),
            Overdue::InTransit => self.packed,
            Overdue::WithoutResult | Overdue::ReceivedUnsent => self.received,
        };
        let point = || self.opened.as_ref().map(|opened| opened.point);
        let in_box = self.in_box.as_ref().and_then(|barcode| boxes.get(barcode));
        let owner = match (kind, in_box) {
            (Overdue::WithoutResult | Overdue::ReceivedUnsent, _) => self.received_by.map(TubeOwner::Lab),
            (Overdue::InTransit, Some(TubeBoxRow { courier: Some(courier), barcode, .. })) => {
                Some(TubeOwner::Courier { courier: courier.clone(), in_box: barcode.clone() })
            }
            (_, in_box) => in_box.and_then(|row| row.point).or_else(point).map(TubeOwner::Point),
        };
        Ok(OverdueTube {
            barcode: self.barcode.clone(),
            since: since.ok_or_else(|| corrupt("a tube that is late"))?,
            people: self.people,
            in_box: self.in_box.clone(),
            owner: owner.unwrap_or(TubeOwner::Unknown),
        })
    }
}

/// The courier's name without spaces around it.
pub(crate) fn check_courier(courier: &str) -> Result<&str> {
    match courier.trim() {
        "" => Err(StoreError::invalid("courier", Problem::Empty)),
        name if name.len() > LONGEST_COURIER => Err(StoreError::invalid("courier", Problem::TooLong)),
        name => Ok(name),
    }
}

/// A tube that was sent in a box, or came in it.
pub(crate) struct BoxTube {
    pub(crate) barcode: Barcode,
    pub(crate) is_sent: bool,
    pub(crate) is_received: bool,
}

/// What is missing of a box and what came without being sent. A tube that was packed into another box later, or that
/// came by another way, is not missing.
pub(crate) fn compare(row: TubeBoxRow, told: &[BoxTube], tubes: &BTreeMap<Barcode, TubeRow>) -> ReceivedBox {
    let is_waited_for = |tube: &&BoxTube| {
        let there = tubes.get(&tube.barcode);
        let is_here = there.is_some_and(|there| there.in_box.as_ref() == Some(&row.barcode));
        tube.is_sent && is_here && there.is_none_or(|there| there.received.is_none())
    };
    let barcodes = |tubes: Vec<&BoxTube>| {
        let sorted: BTreeSet<Barcode> = tubes.into_iter().map(|tube| tube.barcode.clone()).collect();
        sorted.into_iter().collect()
    };
    let missing = barcodes(told.iter().filter(is_waited_for).collect());
    let unsent = barcodes(told.iter().filter(|tube| tube.is_received && !tube.is_sent).collect());
    ReceivedBox { row, missing, unsent }
}

/// The columns of the table as both databases give and take them: box, point_id, packed_ms, packed_by, courier, handed_ms,
/// received_ms, received_by.
pub(crate) struct BoxColumns {
    pub(crate) barcode: String,
    pub(crate) point: Option<i64>,
    pub(crate) packed_ms: Option<i64>,
    pub(crate) packed_by: Option<i64>,
    pub(crate) courier: Option<String>,
    pub(crate) handed_ms: Option<i64>,
    pub(crate) received_ms: Option<i64>,
    pub(crate) received_by: Option<i64>,
}

impl BoxColumns {
    /// The box of the columns.
    pub(crate) fn row(self) -> Result<TubeBoxRow> {
        let point = self.point.map(|number| narrow(number, "a sampling point").map(SamplingPointId));
        Ok(TubeBoxRow {
            barcode: barcode(&self.barcode)?,
            point: point.transpose()?,
            packed: optional_instant(self.packed_ms)?,
            packed_by: staff(self.packed_by)?,
            courier: self.courier,
            handed: optional_instant(self.handed_ms)?,
            received: optional_instant(self.received_ms)?,
            received_by: staff(self.received_by)?,
        })
    }
}

impl From<&TubeBoxRow> for BoxColumns {
    fn from(row: &TubeBoxRow) -> Self {
        Self {
            barcode: row.barcode.as_str().to_owned(),
            point: row.point.map(|point| i64::from(point.0)),
            packed_ms: row.packed.map(ms),
            packed_by: row.packed_by.map(|staff| i64::from(staff.0)),
            courier: row.courier.clone(),
            handed_ms: row.handed.map(ms),
            received_ms: row.received.map(ms),
            received_by: row.received_by.map(|staff| i64::from(staff.0)),
        }
    }
}
