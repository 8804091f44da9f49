//! What may be done to a campaign, in which state, and by whom: both adapters read a campaign, apply a change, write it.

use jiff::Timestamp;
use serde::de::IgnoredAny;
use yimatong_model::campaign::Refinement;
use yimatong_model::ids::StaffId;

use crate::access::AuditEntry;
use crate::campaign::CampaignState::{Approved, Closed, Closing, Draft, Reversed, Running, Withdrawn};
use crate::campaign::{CampaignRow, CampaignState, Signature, checked_id};
use crate::error::{Conflict, Problem, Result, StoreError};

/// Longest counts kept, in bytes.
const LONGEST_COUNTS: usize = 64 * 1024;
/// Longest remark, in bytes: it goes into the audit log with the campaign's id.
const LONGEST_REMARK: usize = 400;
/// Most windows of one refinement.
const MOST_WINDOWS: usize = 20;
/// Most refinements of one campaign: more than a city has communities.
pub(crate) const MOST_REFINEMENTS: u32 = 20_000;

/// A change of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CampaignChange {
    /// Another document for a draft; whoever hands it in is the drafter from now on.
    Redraft(String),
    /// A draft is approved, by another person than its drafter.
    Approve,
    /// A draft or an approved campaign shall never begin.
    Withdraw,
    /// An approved campaign begins.
    Start,
    /// Other windows for a part of an approved or running campaign.
    Refine(Refinement),
    /// A running campaign shall be closed; or other counts, while nobody has approved it.
    AskToClose {
        /// What closing will do, as JSON text of at most 64 KiB.
        counts: String,
        /// How many people may be given the reason at most.
        most_given: u32,
    },
    /// It goes on: nobody has approved the closing, or been given the reason by it.
    RefuseClosing,
    /// Closing is approved, by another person than who asked for it.
    ApproveClosing,
    /// More people would be given the reason than were approved: it has to be asked for again, with other counts.
    StopClosing {
        /// What was found, as JSON text of at most 64 KiB.
        counts: String,
    },
    /// Everybody has the reason.
    FinishClosing,
    /// The reason shall be taken back from everybody; also in the middle of closing.
    Reverse,
}

/// Who changes which campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignStep {
    /// The campaign.
    pub number: u16,
    /// The version that was seen; without one the present one is meant. Approvals need it.
    pub version: Option<u64>,
    /// Who.
    pub by: StaffId,
    /// Why, where there is something to say; at most 400 bytes.
    pub remark: String,
    /// When.
    pub at: Timestamp,
}

impl CampaignStep {
    /// The line of the audit log.
    pub(crate) fn audit(&self, change: &CampaignChange, campaign: &CampaignRow) -> AuditEntry {
        AuditEntry {
            at: self.at,
            staff: Some(self.by),
            action: change.action().to_owned(),
            subject: None,
            purpose: Some(campaign.audit_purpose(self.remark.trim())),
        }
    }
}

impl CampaignChange {
    /// The word of the audit log.
    pub(crate) const fn action(&self) -> &'static str {
        match self {
            Self::Redraft(_) => "redraft-campaign",
            Self::Approve => "approve-campaign",
            Self::Withdraw => "withdraw-campaign",
            Self::Start => "start-campaign",
            Self::Refine(_) => "refine-campaign",
            Self::AskToClose { .. } => "ask-to-close-campaign",
            Self::RefuseClosing => "refuse-closing",
            Self::ApproveClosing => "approve-closing",
            Self::StopClosing { .. } => "stop-closing",
            Self::FinishClosing => "finish-closing",
            Self::Reverse => "reverse-campaign",
        }
    }

    const fn from(&self) -> &'static [CampaignState] {
        match self {
            Self::Redraft(_) | Self::Approve => &[Draft],
            Self::Withdraw => &[Draft, Approved],
            Self::Start => &[Approved],
            Self::Refine(_) => &[Approved, Running],
            Self::AskToClose { .. } => &[Running, Closing],
            Self::RefuseClosing | Self::ApproveClosing | Self::StopClosing { .. } | Self::FinishClosing => {
                &[Closing]
            }
            Self::Reverse => &[Closing, Closed],
        }
    }

    /// Changes a campaign, or says why that can't be. A refinement itself is for the caller to keep.
    pub(crate) fn apply(&self, campaign: &mut CampaignRow, step: &CampaignStep) -> Result<()> {
        if step.remark.len() > LONGEST_REMARK {
            return Err(StoreError::invalid("remark", Problem::TooLong));
        }
        if step.version.is_none() && matches!(self, Self::Approve | Self::ApproveClosing) {
            return Err(StoreError::invalid("version", Problem::Empty));
        }
        if step.version.is_some_and(|seen| seen != campaign.version) {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        self.check_state(campaign)?;
        let signature = Signature { by: step.by, at: step.at };
        match self {
            Self::Redraft(document) => {
                campaign.id = checked_id(document)?;
                campaign.document.clone_from(document);
                campaign.drafted = signature;
            }
            Self::Approve => {
                other_person(campaign.drafted, step.by)?;
                (campaign.state, campaign.approved) = (Approved, Some(signature));
            }
            Self::Withdraw => (campaign.state, campaign.withdrawn) = (Withdrawn, Some(signature)),
            Self::Start => (campaign.state, campaign.started) = (Running, Some(signature)),
            Self::Refine(refinement) => check_refinement(refinement, campaign)?,
            Self::AskToClose { counts, most_given } => {
                check_counts(counts)?;
                (campaign.state, campaign.closing_asked) = (Closing, Some(signature));
                (campaign.counts, campaign.most_given) = (Some(counts.clone()), Some(*most_given));
            }
            Self::RefuseClosing => {
                (campaign.state, campaign.closing_asked) = (Running, None);
                (campaign.counts, campaign.most_given) = (None, None);
            }
            Self::ApproveClosing => {
                if let Some(asked) = campaign.closing_asked {
                    other_person(asked, step.by)?;
                }
                campaign.closing_approved = Some(signature);
            }
            Self::StopClosing { counts } => {
                check_counts(counts)?;
                (campaign.counts, campaign.most_given) = (Some(counts.clone()), None);
                campaign.closing_approved = None;
            }
            Self::FinishClosing => (campaign.state, campaign.closed) = (Closed, Some(signature)),
            Self::Reverse => (campaign.state, campaign.reversed) = (Reversed, Some(signature)),
        }
        campaign.version += 1;
        Ok(())
    }

    fn check_state(&self, campaign: &CampaignRow) -> Result<()> {
        let is_approved = campaign.closing_approved.is_some();
        let fits = match self {
            Self::AskToClose { .. } => !is_approved,
            Self::RefuseClosing => !is_approved && campaign.given == 0,
            Self::ApproveClosing => !is_approved && campaign.most_given.is_some(),
            Self::StopClosing { .. } | Self::FinishClosing => is_approved,
            Self::Reverse => is_approved || campaign.given > 0,
            _ => true,
        };
        if fits && self.from().contains(&campaign.state) {
            return Ok(());
        }
        Err(Conflict::WrongState(campaign.state).into())
    }
}

/// Two people look at what concerns a whole city.
fn other_person(first: Signature, second: StaffId) -> Result<()> {
    if first.by == second {
        return Err(Conflict::SamePerson.into());
    }
    Ok(())
}

fn check_refinement(refinement: &Refinement, campaign: &CampaignRow) -> Result<()> {
    if refinement.windows.len() > MOST_WINDOWS {
        return Err(StoreError::invalid("windows", Problem::TooManyRows));
    }
    match refinement.check(&campaign.read()?) {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::invalid("scope", Problem::Mismatch)),
        Err(_) => Err(StoreError::invalid("windows", Problem::Malformed)),
    }
}

fn check_counts(counts: &str) -> Result<()> {
    if counts.len() > LONGEST_COUNTS {
        return Err(StoreError::invalid("counts", Problem::TooLong));
    }
    let read = serde_json::from_str::<IgnoredAny>(counts);
    read.map(drop).map_err(|_| StoreError::invalid("counts", Problem::Malformed))
}

#[cfg(test)]
mod tests {
    use yimatong_model::campaign::SHIPPED;

    use super::*;
    use crate::campaign::DraftCampaign;

    fn step(by: u32, campaign: &CampaignRow) -> CampaignStep {
        let version = Some(campaign.version);
        CampaignStep { number: 1, version, by: StaffId(by), remark: String::new(), at: Timestamp::UNIX_EPOCH }
    }

    fn campaign(state: CampaignState, is_closing_approved: bool) -> CampaignRow {
        let draft =
            DraftCampaign { document: SHIPPED[0].1.to_owned(), by: StaffId(1), at: Timestamp::UNIX_EPOCH };
        let signature = Signature { by: StaffId(1), at: Timestamp::UNIX_EPOCH };
        CampaignRow {
            state,
            closing_asked: (state as u8 >= Closing as u8).then_some(signature),
            most_given: (state as u8 >= Closing as u8).then_some(9),
            closing_approved: is_closing_approved.then_some(signature),
            ..CampaignRow::drafted(1, SHIPPED[0].0.to_owned(), &draft)
        }
    }

    fn changes() -> Vec<CampaignChange> {
        let windows = campaign(Draft, false).read().unwrap().areas[0].windows.clone();
        let place = campaign(Draft, false).read().unwrap().areas[0].place.clone();
        vec![
            CampaignChange::Redraft(SHIPPED[0].1.to_owned()),
            CampaignChange::Approve,
            CampaignChange::Withdraw,
            CampaignChange::Start,
            CampaignChange::Refine(Refinement {
                scope: yimatong_model::campaign::Scope::Area(place),
                windows,
            }),
            CampaignChange::AskToClose { counts: "{}".to_owned(), most_given: 9 },
            CampaignChange::RefuseClosing,
            CampaignChange::ApproveClosing,
            CampaignChange::StopClosing { counts: "{}".to_owned() },
            CampaignChange::FinishClosing,
            CampaignChange::Reverse,
        ]
    }

    /// By state: which of the changes, in their order, a second person may make, and where they lead.
    #[test]
    fn the_whole_table_of_states_and_changes_is_as_written_here() {
        let table = [
            (Draft, false, "draft approved withdrawn - - - - - - - -"),
            (Approved, false, "- - withdrawn running approved - - - - - -"),
            (Running, false, "- - - - running closing - - - - -"),
            (Closing, false, "- - - - - closing running closing - - -"),
            (Closing, true, "- - - - - - - - closing closed reversed"),
            (Closed, true, "- - - - - - - - - - reversed"),
            (Reversed, true, "- - - - - - - - - - -"),
            (Withdrawn, false, "- - - - - - - - - - -"),
        ];
        for (state, is_closing_approved, expected) in table {
            let reached: Vec<&str> = changes()
                .iter()
                .map(|change| {
                    let mut campaign = campaign(state, is_closing_approved);
                    let before = campaign.clone();
                    match change.apply(&mut campaign, &step(2, &before)) {
                        Ok(()) => {
                            assert_eq!(campaign.version, before.version + 1);
                            campaign.state.as_str()
                        }
                        Err(error) => {
                            assert_eq!(error, Conflict::WrongState(state).into());
                            "-"
                        }
                    }
                })
                .collect();
            assert_eq!(reached.join(" "), expected, "{state} {is_closing_approved}");
        }
    }

    #[test]
    fn a_stopped_closing_is_asked_for_again_or_reversed_and_never_approved_as_it_was() {
        let mut stopped = CampaignRow { given: 5, ..campaign(Closing, true) };
        let second = step(2, &stopped);
        let stop = CampaignChange::StopClosing { counts: "{}".to_owned() };
        assert_eq!(stop.apply(&mut stopped, &second), Ok(()));
        for change in [CampaignChange::ApproveClosing, CampaignChange::RefuseClosing] {
            let refused = change.apply(&mut stopped.clone(), &step(2, &stopped));
            assert_eq!(refused, Err(Conflict::WrongState(Closing).into()), "{change:?}");
        }
        assert_eq!(CampaignChange::Reverse.apply(&mut stopped.clone(), &step(2, &stopped)), Ok(()));
        let ask = CampaignChange::AskToClose { counts: "{}".to_owned(), most_given: 12 };
        let again = step(3, &stopped);
        assert_eq!(ask.apply(&mut stopped, &again), Ok(()));
        let approve = step(2, &stopped);
        assert_eq!(CampaignChange::ApproveClosing.apply(&mut stopped, &approve), Ok(()));
        assert_eq!((stopped.most_given, stopped.given), (Some(12), 5));
    }

    #[test]
    fn approvals_need_a_second_person_who_has_seen_the_present_version() {
        for (state, change) in [(Draft, CampaignChange::Approve), (Closing, CampaignChange::ApproveClosing)] {
            let mut campaign = campaign(state, false);
            let own = step(1, &campaign);
            assert_eq!(change.apply(&mut campaign, &own), Err(Conflict::SamePerson.into()));
            let blind = CampaignStep { version: None, ..step(2, &campaign) };
            let refused = StoreError::invalid("version", Problem::Empty);
            assert_eq!(change.apply(&mut campaign, &blind), Err(refused));
            let stale = CampaignStep { version: Some(campaign.version + 1), ..step(2, &campaign) };
            assert_eq!(change.apply(&mut campaign, &stale), Err(Conflict::ChangedMeanwhile.into()));
            let second = step(2, &campaign);
            assert_eq!(change.apply(&mut campaign, &second), Ok(()));
        }
    }
}
