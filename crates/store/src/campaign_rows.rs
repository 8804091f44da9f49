//! The columns of a campaign, as both databases give them.

use yimatong_model::ids::StaffId;

use crate::campaign::{CampaignRow, CampaignState, Signature};
use crate::codec::{instant, narrow};
use crate::error::Result;

/// The columns in the order in which the adapters read them.
macro_rules! campaign_columns {
    () => {
        "number, id, document, state, version, drafted_by, drafted_ms, approved_by, approved_ms, started_by, started_ms, \
         asked_by, asked_ms, counts, most_given, closing_by, closing_ms, closed_by, closed_ms, reversed_by, \
         reversed_ms, withdrawn_by, withdrawn_ms, given, undone"
    };
}
pub(crate) use campaign_columns;

/// Who and when, null together.
pub(crate) type SignatureColumns = (Option<i64>, Option<i64>);

/// One row.
pub(crate) struct CampaignColumns {
    pub(crate) number: i64,
    pub(crate) id: String,
    pub(crate) document: String,
    pub(crate) state: i64,
    pub(crate) version: i64,
    pub(crate) drafted: (i64, i64),
    pub(crate) approved: SignatureColumns,
    pub(crate) started: SignatureColumns,
    pub(crate) asked: SignatureColumns,
    pub(crate) counts: Option<String>,
    pub(crate) most_given: Option<i64>,
    pub(crate) closing: SignatureColumns,
    pub(crate) closed: SignatureColumns,
    pub(crate) reversed: SignatureColumns,
    pub(crate) withdrawn: SignatureColumns,
    pub(crate) given: i64,
    pub(crate) undone: i64,
}

impl CampaignColumns {
    pub(crate) fn row(self) -> Result<CampaignRow> {
        let signature = |(by, at_ms)| Signature::from_columns(by, at_ms);
        let people = |number| narrow::<u32>(number, "a number of people");
        let (by, at_ms) = self.drafted;
        Ok(CampaignRow {
            number: narrow(self.number, "a campaign's number")?,
            id: self.id,
            document: self.document,
            state: CampaignState::from_i64(self.state)?,
            version: narrow(self.version, "a version")?,
            drafted: Signature { by: StaffId(narrow(by, "a staff id")?), at: instant(at_ms)? },
            approved: signature(self.approved)?,
            started: signature(self.started)?,
            closing_asked: signature(self.asked)?,
            counts: self.counts,
            most_given: self.most_given.map(people).transpose()?,
            closing_approved: signature(self.closing)?,
            closed: signature(self.closed)?,
            reversed: signature(self.reversed)?,
            withdrawn: signature(self.withdrawn)?,
            given: people(self.given)?,
            undone: people(self.undone)?,
        })
    }
}
