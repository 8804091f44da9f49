//! Following campaigns and declarations: marks are looked at once a second, and only what changed is read.

use std::sync::{Arc, PoisonError};

use anyhow::Context as _;
use jiff::SignedDuration;
use yimatong_model::campaign::{Campaign, Declared, Refinement};
use yimatong_model::ids::{CommunityId, PersonId};
use yimatong_store::{CampaignFile, CampaignMark, CampaignRow, DeclarationQuery, StoreError};

use super::declarations::Declarations;
use super::givers::{Giver, may_give};
use super::{Known, Round, is_open};
use crate::app::App;
use crate::problem::{Code, Problem};
use crate::registry::round::RoundView;

/// Declarations read from the store at a time.
const PAGE: usize = 1_000;
/// Changes are read again from so long before the last one: a transaction that was begun then may have ended since.
const OVERLAP: SignedDuration = SignedDuration::from_secs(15);

/// The communities that windows are worked out for.
type Codes = Arc<Vec<(CommunityId, u64)>>;

impl App {
    /// Takes over what changed about campaigns, at this node or at others.
    pub async fn follow_campaigns(&self) -> anyhow::Result<()> {
        let _turn = self.campaigns.turn.lock().await;
        let marks = self.store.campaign_marks().await.context("cannot read which campaigns there are")?;
        let codes = self.communities.codes();
        let (before, givers_before, known_codes) = {
            let known = self.campaigns.known.read().unwrap_or_else(PoisonError::into_inner);
            (Arc::clone(&known.rounds), Arc::clone(&known.givers), Arc::clone(&known.codes))
        };
        let is_same_city = *known_codes == codes;
        let codes = if is_same_city { known_codes } else { Arc::new(codes) };
        let open: Vec<CampaignMark> = marks.iter().copied().filter(|mark| is_open(mark.state)).collect();
        let numbers: Vec<u16> = open.iter().map(|mark| mark.number).collect();
        for number in self.campaigns.declarations.follow(&numbers) {
            self.read_declarations(number).await.context("cannot read what people declared")?;
        }
        let mut rounds = Vec::with_capacity(open.len());
        for mark in open {
            let known = before.iter().find(|round| round.row.number == mark.number);
            match known {
                Some(round) if is_same_city && round.row.version == mark.version => {
                    rounds.push(self.with_counts(round, mark));
                }
                known => rounds.extend(self.read_round(mark.number, known, &codes).await?),
            }
        }
        let givers = Arc::new(self.follow_givers(&marks, &rounds, &givers_before).await?);
        let next = Known { rounds: Arc::new(rounds), marks: Arc::new(marks), givers, codes };
        *self.campaigns.known.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// Whose reasons there may be. One that is not open is read once for each of its versions.
    async fn follow_givers(
        &self,
        marks: &[CampaignMark],
        rounds: &[Arc<Round>],
        before: &[Arc<Giver>],
    ) -> anyhow::Result<Vec<Arc<Giver>>> {
        let mut givers = Vec::new();
        for mark in marks.iter().filter(|mark| may_give(mark)) {
            let of_mark = |giver: &&Arc<Giver>| (giver.number, giver.version) == (mark.number, mark.version);
            let giver = if let Some(known) = before.iter().find(of_mark) {
                Some(Arc::clone(known))
            } else if let Some(round) = rounds.iter().find(|round| round.row.number == mark.number) {
                Giver::of(&round.row, Some(round.campaign())).map(Arc::new)
            } else {
                self.read_giver(mark).await?.map(Arc::new)
            };
            givers.extend(giver);
        }
        Ok(givers)
    }

    /// Reads one that is not open. A damaged one of long ago must not keep the node from hearing of those of today.
    async fn read_giver(&self, mark: &CampaignMark) -> anyhow::Result<Option<Giver>> {
        match self.store.campaign(mark.number).await {
            Ok(file) => Ok(file.and_then(|file| Giver::of(&file.campaign, read_document(&file).as_deref()))),
            Err(StoreError::Corrupt(why)) => {
                tracing::error!(campaign = mark.number, why, "a campaign of before can't be read");
                Ok(Some(Giver::unread(mark)))
            }
            Err(error) => Err(error).context("cannot read a campaign"),
        }
    }

    /// The same campaign, while its closing goes on.
    fn with_counts(&self, round: &Arc<Round>, mark: CampaignMark) -> Arc<Round> {
        if (round.row.given, round.row.undone) == (mark.given, mark.undone) {
            return Arc::clone(round);
        }
        let row = CampaignRow { given: mark.given, undone: mark.undone, ..round.row.clone() };
        let declared = self.campaigns.declarations.all(mark.number);
        Arc::new(Round {
            row,
            refinements: round.refinements.clone(),
            view: round.view.with_declared(declared),
        })
    }

    /// Reads one open campaign; none when it is gone, or its document can't be read any more.
    async fn read_round(
        &self,
        number: u16,
        known: Option<&Arc<Round>>,
        codes: &Codes,
    ) -> anyhow::Result<Option<Arc<Round>>> {
        let file = self.store.campaign(number).await.context("cannot read a campaign")?;
        let Some(file) = file else { return Ok(None) };
        let same = known.filter(|round| round.row.document == file.campaign.document);
        let Some(document) =
            same.map_or_else(|| read_document(&file), |round| Some(Arc::clone(round.campaign())))
        else {
            return Ok(None);
        };
        let declared = self.campaigns.declarations.all(number);
        build(file, document, Arc::clone(codes), declared).await.map(Some)
    }

    /// Reads every declaration of a campaign that is followed.
    async fn read_declarations(&self, campaign: u16) -> Result<(), StoreError> {
        let began = self.now();
        self.read_all_into(&self.campaigns.declarations, campaign).await?;
        self.campaigns.declarations.set_whole(campaign);
        // What was changed meanwhile is read again by whoever follows.
        self.campaigns.declarations.set_read_to(began);
        Ok(())
    }

    async fn read_all_into(&self, declarations: &Declarations, campaign: u16) -> Result<(), StoreError> {
        let query = DeclarationQuery { campaign: Some(campaign), ..DeclarationQuery::default() };
        let mut cursor = None;
        loop {
            let page = self.store.list_declarations(query, cursor, PAGE).await?;
            page.items.iter().for_each(|row| declarations.put(row));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Takes over what was declared and reviewed, at this node or at others.
    pub async fn follow_declarations(&self) -> Result<(), StoreError> {
        let _turn = self.campaigns.turn.lock().await;
        let Some(read_to) =
            self.campaigns.declarations.read_to().filter(|_| !self.campaigns.rounds().is_empty())
        else {
            return Ok(());
        };
        let since = read_to.saturating_sub(OVERLAP).unwrap_or(read_to);
        let mut cursor = None;
        loop {
            let page = self.store.declarations_since(since, cursor, PAGE).await?;
            for row in &page.items {
                self.campaigns.declarations.put(row);
                self.campaigns.declarations.set_read_to(row.changed());
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        self.take_over_declarations();
        Ok(())
    }

    /// Reads every declaration of a campaign anew, for a decision about all of its people.
    pub(super) async fn declarations_anew(&self, campaign: u16) -> Result<(), StoreError> {
        let _turn = self.campaigns.turn.lock().await;
        self.read_declarations(campaign).await?;
        self.take_over_declarations();
        Ok(())
    }

    /// Puts what was declared since the last time into the views that are counted with.
    fn take_over_declarations(&self) {
        let changed = self.campaigns.declarations.take_changed();
        if changed.is_empty() {
            return;
        }
        let mut known = self.campaigns.known.write().unwrap_or_else(PoisonError::into_inner);
        let rounds = known.rounds.iter().map(|round| {
            if !changed.contains(&round.row.number) {
                return Arc::clone(round);
            }
            let declared = self.campaigns.declarations.all(round.row.number);
            let view = round.view.with_declared(declared);
            Arc::new(Round { row: round.row.clone(), refinements: round.refinements.clone(), view })
        });
        let rounds = Arc::new(rounds.collect());
        known.rounds = rounds;
    }

    /// A campaign to be counted with: from memory while it is open, else from the store with what was declared for it.
    pub(crate) async fn round(&self, number: u16) -> Result<Arc<Round>, Problem> {
        if let Some(round) = self.campaigns.round(number) {
            return Ok(round);
        }
        let file = self.store.campaign(number).await?;
        let file = file.ok_or(StoreError::NotFound(yimatong_store::Noun::Campaign))?;
        let now = self.now();
        if let Some(round) = self.campaigns.settled(number, file.campaign.version, now) {
            return Ok(round);
        }
        let document = read_document(&file).ok_or_else(|| Problem::new(Code::Internal))?;
        let declarations = Declarations::default();
        declarations.follow(&[number]);
        self.read_all_into(&declarations, number).await?;
        let codes = Arc::new(self.communities.codes());
        let round = build(file, document, codes, declarations.all(number)).await.map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "a campaign can't be counted");
            Problem::new(Code::Internal)
        })?;
        self.campaigns.set_settled(&round, now);
        Ok(round)
    }
}

/// Works out the windows of all communities, away from the event loop: a large city may have thousands of refinements.
async fn build(
    file: CampaignFile,
    document: Arc<Campaign>,
    codes: Codes,
    declared: Vec<(PersonId, Declared)>,
) -> anyhow::Result<Arc<Round>> {
    let built = tokio::task::spawn_blocking(move || {
        let refinements: Vec<Refinement> =
            file.refinements.iter().map(|row| row.refinement.clone()).collect();
        let number = file.campaign.number;
        let view = RoundView::new(document, number, &refinements, codes.iter().copied(), declared);
        Arc::new(Round { row: file.campaign, refinements: file.refinements, view })
    });
    built.await.context("the windows of a campaign could not be worked out")
}

/// The document of a campaign, which was valid when it was stored.
fn read_document(file: &CampaignFile) -> Option<Arc<Campaign>> {
    match Campaign::parse(&file.campaign.document) {
        Ok(campaign) => Some(Arc::new(campaign)),
        Err(problems) => {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            tracing::error!(
                campaign = file.campaign.number,
                first,
                "the document of a campaign can't be read any more"
            );
            None
        }
    }
}
