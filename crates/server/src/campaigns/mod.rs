//! Campaigns in memory: those that are approved, running or being closed, with their windows and what people declared, so that
//! everybody's schedule is answered without the store. A node follows what others change.

pub mod closing;
pub mod coverage;
mod declarations;
mod follow;
mod givers;
mod job;
mod nearest;
pub mod progress;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use yimatong_model::campaign::{Campaign, Declared, Turn, Window};
use yimatong_model::ids::{CommunityId, PersonId, SamplingPointId};
use yimatong_store::{CampaignMark, CampaignRow, CampaignState, DeclarationRow, RefinementRow};

use crate::app::App;
use crate::problem::{Code, Problem};
use crate::registry::round::RoundView;
use crate::sampling_points::Board;

use coverage::Coverage;
use declarations::Declarations;
use givers::Giver;
use nearest::Nearest;
use progress::Progress;

/// A campaign that is not open is read again after so long: declarations may be reviewed, and communities added.
const SETTLED_FOR: SignedDuration = SignedDuration::from_secs(10);

/// A campaign as it stands.
#[derive(Debug)]
pub struct Round {
    /// As the store has it.
    pub row: CampaignRow,
    /// Its refinements in their order.
    pub refinements: Vec<RefinementRow>,
    /// Windows by community, and what people declared: what counting needs.
    pub view: RoundView,
}

impl Round {
    /// The document, read.
    #[must_use]
    pub fn campaign(&self) -> &Arc<Campaign> {
        self.view.campaign()
    }

    /// When somebody of a community is tested; empty without a community, or when the campaign does not reach it.
    #[must_use]
    pub fn windows(&self, community: Option<CommunityId>) -> &[Window] {
        community.map_or(&[], |community| self.view.windows(community))
    }

    /// Whether people can declare something for it still: not once the reason is being given.
    #[must_use]
    pub fn takes_declarations(&self) -> bool {
        self.row.state != CampaignState::Closing || self.row.closing_approved.is_none()
    }

    /// What the windows say at a moment; none where there are none.
    #[must_use]
    pub fn turn(&self, community: Option<CommunityId>, now: Timestamp) -> Option<Turn> {
        let windows = self.windows(community);
        (!windows.is_empty()).then(|| Turn::of(windows, now))
    }
}

/// Is this a campaign that people see, and can declare something for?
const fn is_open(state: CampaignState) -> bool {
    matches!(state, CampaignState::Approved | CampaignState::Running | CampaignState::Closing)
}

/// The campaigns of this node.
#[derive(Debug, Default)]
pub struct Campaigns {
    known: RwLock<Known>,
    declarations: Declarations,
    /// Counts for dashboards.
    pub coverage: Coverage,
    /// How far running campaigns were, minute by minute.
    pub progress: Progress,
    nearest: Nearest,
    /// The last one that was looked at although it is not open, and when it was read.
    settled: Mutex<Option<(Timestamp, Arc<Round>)>>,
    /// Held from a reading of the store until what was read is taken over.
    turn: tokio::sync::Mutex<()>,
    /// Held by whoever goes through the whole registry, or works on a closing.
    scanning: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Known {
    rounds: Arc<Vec<Arc<Round>>>,
    marks: Arc<Vec<CampaignMark>>,
    /// Campaigns whose reason somebody may have.
    givers: Arc<Vec<Arc<Giver>>>,
    /// The communities that the windows were worked out for.
    codes: Arc<Vec<(CommunityId, u64)>>,
}

impl Campaigns {
    /// Campaigns that are approved, running or being closed, by number.
    #[must_use]
    pub fn rounds(&self) -> Arc<Vec<Arc<Round>>> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner).rounds)
    }

    /// One of them.
    #[must_use]
    pub fn round(&self, number: u16) -> Option<Arc<Round>> {
        self.rounds().iter().find(|round| round.row.number == number).cloned()
    }

    /// One that is not open, as it was read a moment ago: whoever looks through its communities asks again and again.
    fn settled(&self, number: u16, version: u64, now: Timestamp) -> Option<Arc<Round>> {
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, round) = settled.as_ref()?;
        let age = now.duration_since(*read);
        let is_fresh = !age.is_negative() && age < SETTLED_FOR;
        (is_fresh && (round.row.number, round.row.version) == (number, version)).then(|| Arc::clone(round))
    }

    fn set_settled(&self, round: &Arc<Round>, now: Timestamp) {
        *self.settled.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(round)));
    }

    /// Every campaign that was approved and not withdrawn, by number.
    #[must_use]
    pub fn marks(&self) -> Arc<Vec<CampaignMark>> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner).marks)
    }

    /// What a person declared for an open campaign.
    #[must_use]
    pub fn declared(&self, round: &Round, person: PersonId) -> Declared {
        self.declarations.of(round.row.number, person)
    }

    /// Has the person declared to be tested at work?
    #[must_use]
    pub fn is_at_work(&self, campaign: u16, person: PersonId) -> bool {
        self.declarations.is_at_work(campaign, person)
    }

    /// The sampling points nearest to a community (twelve digits), at most five.
    #[must_use]
    pub fn nearest(&self, community: u64, board: &Board) -> Arc<[SamplingPointId]> {
        self.nearest.of(community, board)
    }

    /// Takes over what a verb answered.
    pub fn put_declaration(&self, row: &DeclarationRow) {
        self.declarations.put(row);
    }
}

impl App {
    /// Refuses what counts the whole city at a node that keeps a part of it, and while the city is being read.
    pub(crate) fn need_whole_city(&self) -> Result<(), Problem> {
        let part = self.registry.part();
        if !part.is_whole() {
            return Err(Problem::new(Code::WholeCityNeeded).because(
                format!("this node keeps part {part}; ask a node that keeps everybody (docs/ops.md, Parts)"),
                format!("本节点只保存第 {part} 分区，请使用保存全市的节点"),
            ));
        }
        if self.registry.is_loading() {
            return Err(Problem::new(Code::Starting).retry_after_s(3));
        }
        Ok(())
    }
}
