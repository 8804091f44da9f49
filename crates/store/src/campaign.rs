//! Campaigns as the store keeps them: the document, who did what to it, and how many people closing gave the reason.

use std::fmt;

use jiff::Timestamp;
use yimatong_model::campaign::{Campaign, Refinement};
use yimatong_model::ids::StaffId;

use crate::access::AuditEntry;
use crate::codec::{instant, narrow};
use crate::error::{Conflict, Problem, Result, StoreError, corrupt};
use crate::state::PersonState;

/// Longest document kept, in bytes.
const LONGEST_DOCUMENT: usize = 256 * 1024;

/// What is known of a campaign's course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CampaignState {
    /// Written, and seen by nobody else yet.
    Draft = 0,
    /// A second person has approved it.
    Approved = 1,
    /// People are being sampled.
    Running = 2,
    /// Somebody asked to close it; once a second person has approved that, the reason is given.
    Closing = 3,
    /// Everybody who did not take part has the reason.
    Closed = 4,
    /// The reasons are taken back, page by page.
    Reversed = 5,
    /// It never began.
    Withdrawn = 6,
}

impl CampaignState {
    /// The stable name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Running => "running",
            Self::Closing => "closing",
            Self::Closed => "closed",
            Self::Reversed => "reversed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a stored number.
    pub(crate) fn from_i64(number: i64) -> Result<Self> {
        Ok(match number {
            0 => Self::Draft,
            1 => Self::Approved,
            2 => Self::Running,
            3 => Self::Closing,
            4 => Self::Closed,
            5 => Self::Reversed,
            6 => Self::Withdrawn,
            _ => return Err(corrupt("a campaign's state")),
        })
    }
}

impl fmt::Display for CampaignState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who did something, and when (milliseconds kept).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Member of staff.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

impl Signature {
    /// From two columns that are null together.
    pub(crate) fn from_columns(by: Option<i64>, at_ms: Option<i64>) -> Result<Option<Self>> {
        let (Some(by), Some(at_ms)) = (by, at_ms) else { return Ok(None) };
        Ok(Some(Self { by: StaffId(narrow(by, "a staff id")?), at: instant(at_ms)? }))
    }

    /// The column of who.
    pub(crate) fn staff(signature: Option<Self>) -> Option<i64> {
        signature.map(|signature| i64::from(signature.by.0))
    }

    /// The column of when.
    pub(crate) fn time_ms(signature: Option<Self>) -> Option<i64> {
        signature.map(|signature| signature.at.as_millisecond())
    }
}

/// A campaign on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignRow {
    /// The number, from 1.
    pub number: u16,
    /// The id in the document; unique among those that are not withdrawn.
    pub id: String,
    /// TOML or JSON, as it was handed in. It was valid then.
    pub document: String,
    /// Where it is in its course.
    pub state: CampaignState,
    /// Rises by one with every change; reasons given and taken back are no changes.
    pub version: u64,
    /// Who wrote the document as it is.
    pub drafted: Signature,
    /// Who approved it.
    pub approved: Option<Signature>,
    /// Who started it.
    pub started: Option<Signature>,
    /// Who asked to close it, with the counts that follow.
    pub closing_asked: Option<Signature>,
    /// What was said about the closing: JSON text.
    pub counts: Option<String>,
    /// How many people closing may give the reason at most.
    pub most_given: Option<u32>,
    /// Who approved the closing.
    pub closing_approved: Option<Signature>,
    /// Who noted that everybody has the reason.
    pub closed: Option<Signature>,
    /// Who had it reversed.
    pub reversed: Option<Signature>,
    /// Who withdrew it.
    pub withdrawn: Option<Signature>,
    /// How many people were given the reason.
    pub given: u32,
    /// From how many of them it was taken back as a whole.
    pub undone: u32,
}

impl CampaignRow {
    /// A campaign that was just written.
    pub(crate) fn drafted(number: u16, id: String, draft: &DraftCampaign) -> Self {
        Self {
            number,
            id,
            document: draft.document.clone(),
            state: CampaignState::Draft,
            version: 1,
            drafted: Signature { by: draft.by, at: draft.at },
            approved: None,
            started: None,
            closing_asked: None,
            counts: None,
            most_given: None,
            closing_approved: None,
            closed: None,
            reversed: None,
            withdrawn: None,
            given: 0,
            undone: 0,
        }
    }

    /// Refuses to give reasons unless two people want it; answers the second.
    pub(crate) fn check_giving(&self) -> Result<StaffId> {
        match (self.state, self.closing_approved) {
            (CampaignState::Closing, Some(approved)) => Ok(approved.by),
            (state, _) => Err(Conflict::WrongState(state).into()),
        }
    }

    /// Counts people who were given the reason now; refuses more than were approved.
    pub(crate) fn count_given(&mut self, new: usize) -> Result<()> {
        let given = u32::try_from(new).ok().and_then(|new| self.given.checked_add(new));
        match given.filter(|given| self.most_given.is_some_and(|most| *given <= most)) {
            Some(given) => self.given = given,
            None => return Err(Conflict::MoreThanApproved.into()),
        }
        Ok(())
    }

    /// Refuses to take reasons back unless that was decided; answers who did.
    pub(crate) fn check_taking_back(&self) -> Result<StaffId> {
        match (self.state, self.reversed) {
            (CampaignState::Reversed, Some(reversed)) => Ok(reversed.by),
            (state, _) => Err(Conflict::WrongState(state).into()),
        }
    }

    /// The document, read anew.
    pub(crate) fn read(&self) -> Result<Campaign> {
        Campaign::parse(&self.document).map_err(|_| corrupt("a campaign's document"))
    }

    /// What the audit log says it was about.
    pub(crate) fn audit_purpose(&self, remark: &str) -> String {
        let about = format!("campaign {} {}", self.number, self.id);
        if remark.is_empty() { about } else { format!("{about}: {remark}") }
    }
}

/// What tells a follower that a campaign has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CampaignMark {
    /// The campaign.
    pub number: u16,
    /// Its version.
    pub version: u64,
    /// Where it is in its course.
    pub state: CampaignState,
    /// People who were given the reason.
    pub given: u32,
    /// From how many it was taken back.
    pub undone: u32,
}

/// The columns of a mark, as both databases give them: number, version, state, given, undone.
impl TryFrom<[i64; 5]> for CampaignMark {
    type Error = StoreError;

    fn try_from([number, version, state, given, undone]: [i64; 5]) -> Result<Self> {
        Ok(Self {
            number: narrow(number, "a campaign's number")?,
            version: narrow(version, "a version")?,
            state: CampaignState::from_i64(state)?,
            given: narrow(given, "a number of people")?,
            undone: narrow(undone, "a number of people")?,
        })
    }
}

/// A campaign with all its refinements, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignFile {
    /// The campaign.
    pub campaign: CampaignRow,
    /// Its refinements.
    pub refinements: Vec<RefinementRow>,
}

/// Other windows for a part of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefinementRow {
    /// From 1, within the campaign.
    pub number: u32,
    /// Where and when.
    pub refinement: Refinement,
    /// Who made it.
    pub refined: Signature,
}

impl RefinementRow {
    /// From columns.
    pub(crate) fn from_columns(
        number: i64,
        scope: &str,
        windows: &str,
        refined: Option<Signature>,
    ) -> Result<Self> {
        let unread = |_| corrupt("a refinement");
        Ok(Self {
            number: narrow(number, "a refinement's number")?,
            refinement: Refinement {
                scope: serde_json::from_str(scope).map_err(unread)?,
                windows: serde_json::from_str(windows).map_err(unread)?,
            },
            refined: refined.ok_or_else(|| corrupt("a refinement"))?,
        })
    }
}

/// A campaign to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftCampaign {
    /// TOML or JSON, at most 256 KiB.
    pub document: String,
    /// Who wrote it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

/// The id in a document; refuses one that is too long or not valid. What is wrong in it [`Campaign::parse`] tells.
pub(crate) fn checked_id(document: &str) -> Result<String> {
    if document.len() > LONGEST_DOCUMENT {
        return Err(StoreError::invalid("document", Problem::TooLong));
    }
    let campaign = Campaign::parse(document);
    campaign.map(|campaign| campaign.id).map_err(|_| StoreError::invalid("document", Problem::Malformed))
}

/// What taking reasons back has done in one step.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenBack {
    /// Everyone whose state changed, by person.
    pub states: Vec<PersonState>,
    /// Nobody is left.
    pub done: bool,
}

/// The audit line of one batch of people; whose reasons they were, `campaign_given` keeps.
pub(crate) fn batch_audit(
    campaign: &CampaignRow,
    by: StaffId,
    action: &str,
    people: usize,
    at: Timestamp,
) -> AuditEntry {
    AuditEntry {
        at,
        staff: Some(by),
        action: action.to_owned(),
        subject: None,
        purpose: Some(campaign.audit_purpose(&format!("{people} people"))),
    }
}

/// Most people that one call gives the reason, or takes it back from.
pub(crate) const MOST_PEOPLE: usize = 10_000;
