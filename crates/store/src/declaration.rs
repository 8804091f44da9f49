//! Declarations: what people tell of themselves, for somebody of their community to accept or refuse.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{CommunityId, PersonId, StaffId};

use crate::access::AuditEntry;
use crate::campaign::{CampaignRow, CampaignState, Signature};
use crate::codec::{instant, ms, narrow, optional_instant};
use crate::cursor;
use crate::error::{Conflict, Problem, Result, StoreError, corrupt};
use crate::evidence::{Evidence, EvidenceKind};
use crate::state_rows::person_id;

/// Most declarations of a person that may wait at a time.
pub(crate) const MOST_WAITING: i64 = 10;
/// Longest remark, in bytes.
const LONGEST_REMARK: usize = 400;
/// How far ahead a clock may be.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum DeclarationKind {
    /// Vaccinated shortly before.
    Vaccinated = 0,
    /// Outside the city, with a negative test of then.
    OutsideCity = 1,
    /// Will be tested at work.
    AtWork = 2,
}

impl DeclarationKind {
    /// The stable name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vaccinated => "vaccinated",
            Self::OutsideCity => "outside-city",
            Self::AtWork => "at-work",
        }
    }

    pub(crate) fn from_i64(number: i64) -> Result<Self> {
        match number {
            0 => Ok(Self::Vaccinated),
            1 => Ok(Self::OutsideCity),
            2 => Ok(Self::AtWork),
            _ => Err(corrupt("a declaration's kind")),
        }
    }
}

/// How the review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum DeclarationReview {
    /// Nobody has looked yet.
    Waiting = 1,
    /// Accepted.
    Accepted = 2,
    /// Refused; the remark says why.
    Refused = 3,
}

impl DeclarationReview {
    /// The stable name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn from_i64(number: i64) -> Result<Self> {
        match number {
            1 => Ok(Self::Waiting),
            2 => Ok(Self::Accepted),
            3 => Ok(Self::Refused),
            _ => Err(corrupt("a review")),
        }
    }
}

/// A declaration to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeclaration {
    /// Whose.
    pub person: PersonId,
    /// The campaign it is for, if any; one that is approved and not closed.
    pub campaign: Option<u16>,
    /// What.
    pub kind: DeclarationKind,
    /// When the sample of the negative test was taken; needed by [`DeclarationKind::OutsideCity`].
    pub sampled: Option<Timestamp>,
    /// What it rests on.
    pub evidence: Evidence,
    /// The member of staff who recorded it for the person; none when the person did.
    pub declared_by: Option<StaffId>,
    /// When.
    pub at: Timestamp,
}

impl NewDeclaration {
    /// Refuses evidence that can't be, and times that can't be.
    pub(crate) fn check(&self) -> Result<()> {
        self.evidence.check()?;
        match self.sampled {
            None if self.kind == DeclarationKind::OutsideCity => {
                Err(StoreError::invalid("sampled", Problem::Empty))
            }
            Some(sampled) if sampled.duration_since(self.at) > SKEW => {
                Err(StoreError::invalid("sampled", Problem::InFuture))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a campaign that has not been approved, or is over.
    pub(crate) fn check_campaign(campaign: &CampaignRow) -> Result<()> {
        match campaign.state {
            CampaignState::Approved | CampaignState::Running => Ok(()),
            CampaignState::Closing if campaign.closing_approved.is_none() => Ok(()),
            state => Err(Conflict::WrongState(state).into()),
        }
    }

    /// The line of the audit log.
    pub(crate) fn audit(&self) -> AuditEntry {
        AuditEntry {
            at: self.at,
            staff: self.declared_by,
            action: "declare".to_owned(),
            subject: Some(self.person),
            purpose: Some(self.kind.as_str().to_owned()),
        }
    }
}

/// Which declaration an idempotency key made.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct DeclarationKey {
    pub(crate) person: PersonId,
    pub(crate) id: [u8; 16],
}

/// A declaration on file, without its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarationRow {
    /// Whose.
    pub person: PersonId,
    /// Random; unique with the person.
    pub id: [u8; 16],
    /// The campaign it is for.
    pub campaign: Option<u16>,
    /// What.
    pub kind: DeclarationKind,
    /// When the sample of the negative test was taken.
    pub sampled: Option<Timestamp>,
    /// Kind of its evidence; `Store::read_evidence` gives that itself.
    pub evidence: EvidenceKind,
    /// The person's community when it was declared.
    pub community: Option<CommunityId>,
    /// The member of staff who recorded it for the person.
    pub declared_by: Option<StaffId>,
    /// When (milliseconds kept).
    pub declared: Timestamp,
    /// How the review stands.
    pub review: DeclarationReview,
    /// Who reviewed it.
    pub reviewed: Option<Signature>,
    /// Why, in words for the person.
    pub remark: Option<String>,
}

impl DeclarationRow {
    /// When it was made, or else reviewed.
    #[must_use]
    pub fn changed(&self) -> Timestamp {
        self.reviewed.map_or(self.declared, |reviewed| reviewed.at)
    }

    /// Where a page of changes goes on after this one.
    pub(crate) fn cursor_of_change(&self) -> String {
        cursor::of_time_and_id(ms(self.changed()), &self.id)
    }
}

/// The columns of a declaration, as both databases give them.
pub(crate) struct DeclarationColumns {
    pub(crate) person: i64,
    pub(crate) id: Vec<u8>,
    pub(crate) campaign: Option<i64>,
    pub(crate) kind: i64,
    pub(crate) sampled_ms: Option<i64>,
    pub(crate) evidence_kind: i64,
    pub(crate) community: Option<i64>,
    pub(crate) declared_by: Option<i64>,
    pub(crate) declared_ms: i64,
    pub(crate) review: i64,
    pub(crate) reviewed_by: Option<i64>,
    pub(crate) reviewed_ms: Option<i64>,
    pub(crate) remark: Option<String>,
}

impl DeclarationColumns {
    pub(crate) fn row(self) -> Result<DeclarationRow> {
        let staff = |staff| narrow(staff, "a staff id").map(StaffId);
        Ok(DeclarationRow {
            person: person_id(self.person)?,
            id: self.id.try_into().map_err(|_| corrupt("a declaration's id"))?,
            campaign: self.campaign.map(|number| narrow(number, "a campaign")).transpose()?,
            kind: DeclarationKind::from_i64(self.kind)?,
            sampled: optional_instant(self.sampled_ms)?,
            evidence: EvidenceKind::from_i64(self.evidence_kind)?,
            community: self.community.map(|id| narrow(id, "a community").map(CommunityId)).transpose()?,
            declared_by: self.declared_by.map(staff).transpose()?,
            declared: instant(self.declared_ms)?,
            review: DeclarationReview::from_i64(self.review)?,
            reviewed: Signature::from_columns(self.reviewed_by, self.reviewed_ms)?,
            remark: self.remark,
        })
    }
}

/// Which declarations to list; everything that is given has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeclarationQuery {
    /// Of this campaign.
    pub campaign: Option<u16>,
    /// Of people of this community.
    pub community: Option<CommunityId>,
    /// Of people of the communities of this district.
    pub district: Option<u32>,
    /// Only what nobody has looked at yet.
    pub waiting: bool,
}

/// A decision about a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewDeclaration {
    /// Whose declaration.
    pub person: PersonId,
    /// Which.
    pub id: [u8; 16],
    /// Accepted, or else refused.
    pub accept: bool,
    /// Why, in words for the person; at most 400 bytes, and needed to refuse.
    pub remark: String,
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

impl ReviewDeclaration {
    /// Refuses a refusal without a reason.
    pub(crate) fn check(&self) -> Result<()> {
        match self.remark.trim() {
            "" if !self.accept => Err(StoreError::invalid("remark", Problem::Empty)),
            remark if remark.len() > LONGEST_REMARK => Err(StoreError::invalid("remark", Problem::TooLong)),
            _ => Ok(()),
        }
    }

    /// Refuses to look twice, and at what one has recorded oneself.
    pub(crate) fn apply(&self, row: &mut DeclarationRow) -> Result<()> {
        if row.review != DeclarationReview::Waiting {
            return Err(Conflict::AlreadyReviewed.into());
        }
        if row.declared_by == Some(self.by) {
            return Err(Conflict::SamePerson.into());
        }
        row.review = if self.accept { DeclarationReview::Accepted } else { DeclarationReview::Refused };
        row.reviewed = Some(Signature { by: self.by, at: self.at });
        row.remark = Some(self.remark.trim().to_owned()).filter(|remark| !remark.is_empty());
        Ok(())
    }

    /// The line of the audit log.
    pub(crate) fn audit(&self, row: &DeclarationRow) -> AuditEntry {
        let action = if self.accept { "accept-declaration" } else { "refuse-declaration" };
        AuditEntry {
            at: self.at,
            staff: Some(self.by),
            action: action.to_owned(),
            subject: Some(self.person),
            purpose: Some(row.remark.clone().unwrap_or_else(|| row.kind.as_str().to_owned())),
        }
    }
}
