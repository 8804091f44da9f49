//! Closing and reversing campaigns: one node at a time gives the reason, or takes it back, batch by batch. A node that dies in
//! the middle is followed by another one, which begins at the first person again: the store gives nobody the reason twice.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use yimatong_model::ids::PersonId;
use yimatong_store::{CampaignChange, CampaignRow, CampaignState, CampaignStep, Conflict, StoreError};

use super::Round;
use super::closing::ClosingCounts;
use crate::app::App;
use crate::clock::monotonic;
use crate::problem::Problem;

/// People in one transaction of the store. Whoever else writes waits for one at most.
const BATCH: usize = 1_000;
/// The next one begins no sooner, so that codes are shown and others write meanwhile: 200,000 people take 50 s.
const BEAT: Duration = Duration::from_millis(250);
/// How long a node keeps the work without a sign of life, in seconds.
const LEASE_S: i64 = 60;

/// Why the work ends before it is done.
enum Stop {
    /// Another node does it, or the campaign is no longer as it was; nothing to tell.
    Elsewhere,
    /// More people would be given the reason than were approved.
    MoreThanApproved,
    /// It is tried again in a moment.
    Failed(String),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::MoreThanApproved) => Self::MoreThanApproved,
            StoreError::Conflict(Conflict::WrongState(_) | Conflict::ChangedMeanwhile) => Self::Elsewhere,
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem.summary())
    }
}

impl App {
    /// Closes and reverses whatever two people, or one, have decided. A node that keeps a part of the city can't.
    pub async fn work_on_campaigns(self: &Arc<Self>) {
        if self.need_whole_city().is_err() {
            return;
        }
        for mark in self.campaigns.marks().iter() {
            let worked = match mark.state {
                CampaignState::Closing => self.close(mark.number).await,
                CampaignState::Reversed if mark.undone < mark.given => self.reverse(mark.number).await,
                _ => continue,
            };
            if let Err(Stop::Failed(error)) = worked {
                tracing::error!(
                    campaign = mark.number,
                    error,
                    "a campaign can't be closed or reversed now; it is tried again"
                );
            }
        }
    }

    /// Gives everybody who missed the round the reason, if two people want it.
    async fn close(self: &Arc<Self>, number: u16) -> Result<(), Stop> {
        let approved = |round: &Arc<Round>| round.row.closing_approved.is_some();
        if !self.campaigns.round(number).is_some_and(|round| approved(&round)) {
            return Ok(());
        }
        self.hold(number).await?;
        self.hear_everything(number).await?;
        let round = self.campaigns.round(number).filter(approved).ok_or(Stop::Elsewhere)?;
        let now = self.now();
        let tally = self.closing_tally(Arc::clone(&round), now).await?;
        let counts = ClosingCounts::of(&tally, &round.row, now);
        let asked = ClosingCounts::read(&round.row);
        let given = if asked.as_ref().is_some_and(|asked| counts.is_more_than(asked)) {
            Err(Stop::MoreThanApproved)
        } else {
            self.give_all(&round, now).await
        };
        match given {
            Ok(()) => {
                self.step(&round.row, CampaignChange::FinishClosing, "").await?;
                tracing::info!(campaign = number, "the campaign is closed");
                Ok(())
            }
            Err(Stop::MoreThanApproved) => self.stop_closing(&round.row, counts, asked).await,
            Err(other) => Err(other),
        }
    }

    /// What was decided rests on everything that is known: this node's registry has to be as new as the store, with nobody missing.
    async fn hear_everything(&self, number: u16) -> Result<(), Stop> {
        self.follow_registry().await.map_err(|error| Stop::Failed(format!("{error:#}")))?;
        if self.registry.unreached() > 0 {
            let away = "people whose machine is away can't be judged; the closing waits for it";
            return Err(Stop::Failed(away.to_owned()));
        }
        self.declarations_anew(number).await?;
        self.follow_campaigns().await.map_err(|error| Stop::Failed(format!("{error:#}")))
    }

    async fn give_all(self: &Arc<Self>, round: &Arc<Round>, now: Timestamp) -> Result<(), Stop> {
        for people in self.to_give(Arc::clone(round), now).await?.chunks(BATCH) {
            let began = monotonic();
            self.hold(round.row.number).await?;
            let history = self.registry.history();
            let states = self.store.give_missed(round.row.number, people.to_vec(), self.now()).await?;
            self.registry.apply_commit(&states, history, self.now()).await;
            rest(began.elapsed()).await;
        }
        Ok(())
    }

    async fn to_give(self: &Arc<Self>, round: Arc<Round>, now: Timestamp) -> Result<Vec<PersonId>, Stop> {
        let app = Arc::clone(self);
        let found = tokio::task::spawn_blocking(move || app.registry.to_give(&round.view, now));
        found.await.map_err(|error| Stop::Failed(error.to_string()))
    }

    /// The closing has to be asked for again, with what was found now.
    async fn stop_closing(
        &self,
        row: &CampaignRow,
        counts: ClosingCounts,
        asked: Option<ClosingCounts>,
    ) -> Result<(), Stop> {
        let most = asked.map(|asked| asked.given);
        let counts = ClosingCounts { stopped_at: most, ..counts };
        let remark = format!("{} people now, {} were approved", counts.given, most.unwrap_or_default());
        tracing::warn!(
            campaign = row.number,
            remark,
            "the closing was stopped and has to be asked for again"
        );
        self.step(row, CampaignChange::StopClosing { counts: counts.text()? }, &remark).await
    }

    /// Takes the reason back from everybody.
    async fn reverse(&self, number: u16) -> Result<(), Stop> {
        loop {
            let began = monotonic();
            self.hold(number).await?;
            let history = self.registry.history();
            let taken = self.store.take_back_missed(number, BATCH, self.now()).await?;
            self.registry.apply_commit(&taken.states, history, self.now()).await;
            if taken.done {
                self.follow_campaigns().await.map_err(|error| Stop::Failed(format!("{error:#}")))?;
                tracing::info!(campaign = number, "the campaign is reversed");
                return Ok(());
            }
            rest(began.elapsed()).await;
        }
    }

    /// Keeps the work on a campaign for this node for a while longer, unless the node is about to stop.
    async fn hold(&self, number: u16) -> Result<(), Stop> {
        if self.is_draining() {
            return Err(Stop::Elsewhere);
        }
        let now = self.now();
        let until = now.saturating_add(SignedDuration::from_secs(LEASE_S)).unwrap_or(now);
        let name = format!("campaign-{number}");
        if self.store.take_lease(&name, &self.holder, now, until).await? {
            Ok(())
        } else {
            Err(Stop::Elsewhere)
        }
    }

    /// A step that follows from what two people decided; it is done in the name of the second.
    async fn step(&self, row: &CampaignRow, change: CampaignChange, remark: &str) -> Result<(), Stop> {
        let by = row.closing_approved.ok_or(Stop::Elsewhere)?.by;
        let step = CampaignStep {
            number: row.number,
            version: Some(row.version),
            by,
            remark: remark.to_owned(),
            at: self.now(),
        };
        self.store.change_campaign(change, step, None).await?;
        self.follow_campaigns().await.map_err(|error| Stop::Failed(format!("{error:#}")))
    }
}

/// After a batch; a machine that is slow rests for a quarter of what it took.
async fn rest(took: Duration) {
    tokio::time::sleep(BEAT.saturating_sub(took).max(took / 4)).await;
}
