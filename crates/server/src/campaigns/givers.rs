//! Which campaign gave somebody the reason for having missed a round: nothing kept with the reason says it, but a closing gives it
//! between two moments that are kept. So a round is named only where one alone can have done it.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use yimatong_model::campaign::Campaign;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::Text;
use yimatong_store::{CampaignMark, CampaignRow, CampaignState, Signature};

use super::Campaigns;
use super::closing::ClosingCounts;

/// Nodes go by the database's time; they are no further apart than this, in seconds.
const CLOCKS_AGREE_S: i64 = 1;

/// A campaign that has given the reason, or is giving it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giver {
    /// The campaign.
    pub number: u16,
    pub(super) version: u64,
    /// Unix seconds, both included; without an end while the closing goes on.
    from_s: i64,
    until_s: Option<i64>,
    /// The notice it rests on; none when the document can't be read any more.
    pub basis: Option<Text>,
}

impl Giver {
    /// What a campaign gave, and when; none while it has given nothing and may not.
    pub(super) fn of(row: &CampaignRow, campaign: Option<&Campaign>) -> Option<Self> {
        let end = if row.state == CampaignState::Closing { None } else { row.closed.or(row.reversed) };
        Some(Self {
            number: row.number,
            version: row.version,
            from_s: first_moment(row)?.as_second(),
            until_s: end.map(|end| end.at.as_second()),
            basis: campaign.map(|campaign| campaign.basis.clone()),
        })
    }

    /// One that can't be read is never cited, and does not keep the others from being so.
    pub(super) fn unread(mark: &CampaignMark) -> Self {
        Self { number: mark.number, version: mark.version, from_s: i64::MAX, until_s: None, basis: None }
    }

    /// Reasons are kept in whole seconds.
    fn holds(&self, since_s: i64) -> bool {
        let after_begin = since_s + CLOCKS_AGREE_S >= self.from_s;
        after_begin && self.until_s.is_none_or(|until_s| since_s <= until_s + CLOCKS_AGREE_S)
    }
}

/// Before this the campaign gave nobody the reason.
fn first_moment(row: &CampaignRow) -> Option<Timestamp> {
    let gave_before = |row| ClosingCounts::read(row).is_none_or(|counts| counts.some_had_it());
    let first = match row.closing_approved {
        Some(approved) if !gave_before(row) => Some(approved),
        None if row.given == 0 => None,
        // It was stopped after some had been given it: when that was approved, nobody keeps.
        _ => row.started,
    };
    first.map(|Signature { at, .. }| at)
}

/// Can somebody have the reason of this campaign?
pub(super) const fn may_give(mark: &CampaignMark) -> bool {
    match mark.state {
        CampaignState::Closing => true,
        CampaignState::Closed => mark.given > 0,
        CampaignState::Reversed => mark.undone < mark.given,
        _ => false,
    }
}

impl Campaigns {
    /// The campaign that gave somebody a reason; none for a reason of another kind, and where no campaign or more than one can
    /// have given it.
    #[must_use]
    pub fn giver_of(&self, reason: &Reason) -> Option<Arc<Giver>> {
        if reason.code != ReasonCode::MissedRound {
            return None;
        }
        let givers = Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner).givers);
        only_one(&givers, reason.since)
    }
}

/// The campaign that alone can have given its reason at a moment.
fn only_one(givers: &[Arc<Giver>], since: Timestamp) -> Option<Arc<Giver>> {
    let mut fitting = givers.iter().filter(|giver| giver.holds(since.as_second()));
    let giver = fitting.next()?;
    fitting.next().is_none().then(|| Arc::clone(giver))
}

#[cfg(test)]
mod tests {
    use yimatong_model::campaign::SHIPPED;
    use yimatong_model::ids::StaffId;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn signature(second: i64) -> Option<Signature> {
        Some(Signature { by: StaffId(1), at: at(second) })
    }

    fn counts(given: u32, had_it: u32) -> Option<String> {
        let spared = serde_json::json!({ "sealedZone": 0, "isolation": 0 });
        let counts = serde_json::json!({
            "asOf": at(0), "people": 9_000, "given": given, "mostGiven": given + given / 1_000 + had_it, "share": 0.1,
            "spared": spared, "waiting": 0, "exempt": 0, "sampled": 0, "notIncluded": 0,
        });
        Some(counts.to_string())
    }

    /// A campaign that began at 100 and whose closing was approved and ended at these seconds.
    fn closed(number: u16, approved: i64, ended: i64) -> CampaignRow {
        CampaignRow {
            number,
            id: SHIPPED[0].0.to_owned(),
            document: SHIPPED[0].1.to_owned(),
            state: CampaignState::Closed,
            version: 6,
            drafted: signature(0).unwrap(),
            approved: signature(50),
            started: signature(100),
            closing_asked: signature(approved - 10),
            counts: counts(2_000, 0),
            most_given: Some(2_002),
            closing_approved: signature(approved),
            closed: signature(ended),
            reversed: None,
            withdrawn: None,
            given: 2_000,
            undone: 0,
        }
    }

    fn named(rows: &[CampaignRow], since: i64) -> Option<u16> {
        let campaign = Campaign::parse(SHIPPED[0].1).unwrap();
        let givers: Vec<Arc<Giver>> =
            rows.iter().filter_map(|row| Giver::of(row, Some(&campaign))).map(Arc::new).collect();
        let giver = only_one(&givers, at(since))?;
        assert_eq!(giver.basis.as_ref(), Some(&campaign.basis));
        Some(giver.number)
    }

    #[test]
    fn the_round_is_named_whose_closing_alone_holds_the_moment() {
        let rounds = [closed(1, 1_000, 1_050), closed(2, 2_000, 2_050)];
        let expected =
            [(998, None), (1_000, Some(1)), (1_050, Some(1)), (1_052, None), (2_049, Some(2)), (9_000, None)];
        for (since, number) in expected {
            assert_eq!(named(&rounds, since), number, "{since}");
        }
        let goes_on = CampaignRow { state: CampaignState::Closing, closed: None, ..closed(3, 3_000, 0) };
        assert_eq!(named(&[goes_on], 9_000), Some(3));
    }

    #[test]
    fn no_round_is_named_for_a_moment_in_two_closings_or_for_another_reason() {
        let rounds = [closed(1, 1_000, 1_050), closed(2, 1_030, 1_090)];
        for (since, number) in [(1_010, Some(1)), (1_030, None), (1_050, None), (1_080, Some(2))] {
            assert_eq!(named(&rounds, since), number, "{since}");
        }
        let campaigns = Campaigns::default();
        let givers = rounds.iter().filter_map(|row| Giver::of(row, None)).map(Arc::new);
        campaigns.known.write().unwrap().givers = Arc::new(givers.collect());
        let number = |code| campaigns.giver_of(&Reason::new(code, at(1_010))).map(|giver| giver.number);
        assert_eq!((number(ReasonCode::MissedRound), number(ReasonCode::CloseContact)), (Some(1), None));
        let mark = CampaignMark { number: 3, version: 7, state: CampaignState::Closed, given: 1, undone: 0 };
        let with_unread = [Giver::of(&rounds[0], None).unwrap(), Giver::unread(&mark)].map(Arc::new);
        assert_eq!(only_one(&with_unread, at(1_010)).map(|giver| giver.number), Some(1));
    }

    #[test]
    fn a_closing_that_was_stopped_after_it_had_given_some_may_have_given_it_since_the_campaign_began() {
        let again = CampaignRow { counts: counts(1_500, 500), ..closed(1, 5_000, 5_050) };
        let stopped = CampaignRow {
            state: CampaignState::Closing,
            closing_approved: None,
            closed: None,
            ..again.clone()
        };
        let other = closed(2, 1_000, 1_050);
        for first in [again, stopped.clone()] {
            assert_eq!(named(&[first.clone(), other.clone()], 1_010), None);
            assert_eq!(named(&[first.clone(), other.clone()], 3_000), Some(1));
            assert_eq!(named(&[first, other.clone()], 90), None);
        }
        assert_eq!(named(&[CampaignRow { given: 0, ..stopped }], 3_000), None, "nobody has approved it");
    }

    #[test]
    fn a_reversed_campaign_stays_until_the_reason_is_taken_back_from_everybody() {
        let mark =
            |state, given, undone| may_give(&CampaignMark { number: 1, version: 7, state, given, undone });
        assert!(mark(CampaignState::Reversed, 9, 8) && !mark(CampaignState::Reversed, 9, 9));
        assert!(mark(CampaignState::Closed, 9, 0) && !mark(CampaignState::Closed, 0, 0));
        assert!(!mark(CampaignState::Running, 0, 0));
        let broken_off = CampaignRow { state: CampaignState::Reversed, closed: None, ..closed(1, 1_000, 0) };
        let reversed = CampaignRow { reversed: signature(1_020), ..broken_off };
        assert_eq!(
            (named(std::slice::from_ref(&reversed), 1_010), named(&[reversed], 1_030)),
            (Some(1), None)
        );
    }
}
