//! Closing a campaign under load, as two people and the server's own job do it: everybody is decided from memory, who missed it is
//! given the reason through the store, and what is given is seen in the status lists. Then all of it is taken back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use yimatong_credential::Status;
use yimatong_model::campaign::SHIPPED;
use yimatong_model::ids::{Slot, StaffId};
use yimatong_store::{CampaignChange, CampaignRow, CampaignState, CampaignStep, DraftCampaign};

use super::campaign::Measured;
use super::campaign_city::timed;
use super::last_tube::published;
use crate::app::App;
use crate::clock::monotonic;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Longest that is waited for anything.
const PATIENCE: Duration = Duration::from_secs(600);
/// The two who sign.
const FIRST: StaffId = StaffId(1);
const SECOND: StaffId = StaffId(2);

/// A campaign that runs.
#[derive(Clone)]
pub(super) struct Closing {
    pub(super) app: Arc<App>,
    pub(super) number: u16,
    pub(super) measured: Arc<Mutex<Measured>>,
}

async fn row(app: &App, number: u16) -> anyhow::Result<CampaignRow> {
    Ok(app.store.campaign(number).await?.context("the campaign is there")?.campaign)
}

async fn step(app: &App, number: u16, change: CampaignChange, by: StaffId) -> anyhow::Result<()> {
    let version = row(app, number).await?.version;
    let step = CampaignStep { number, version: Some(version), by, remark: String::new(), at: app.now() };
    app.store.change_campaign(change, step, None).await?;
    Ok(())
}

/// A campaign that runs; answers its number.
pub(super) async fn begin(app: &App) -> anyhow::Result<u16> {
    let draft = DraftCampaign { document: SHIPPED[0].1.to_owned(), by: FIRST, at: app.now() };
    let number = app.store.draft_campaign(draft, None).await?.number;
    step(app, number, CampaignChange::Approve, SECOND).await?;
    step(app, number, CampaignChange::Start, FIRST).await?;
    Ok(number)
}

impl Closing {
    fn tell(&self, what: impl FnOnce(&mut Measured)) {
        what(&mut self.measured.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn tell_failure(&self, done: anyhow::Result<()>) {
        if let Err(error) = done {
            self.tell(|measured| measured.failed = format!("{error:#}"));
        }
    }

    /// Closes, and tells how it went.
    pub(super) async fn close(self) {
        self.tell_failure(self.try_to_close().await);
    }

    async fn try_to_close(&self) -> anyhow::Result<()> {
        let Self { app, number, .. } = self;
        app.follow_campaigns().await?;
        let counted = app.closing_counts(*number).await;
        let counts = counts_or(counted)?;
        let round = app.campaigns.round(*number).context("the campaign runs")?;
        let last =
            app.registry.to_give(&round.view, app.now()).last().copied().context("nobody missed it")?;
        let slot = app.registry.entry(last).and_then(|entry| entry.device_slot());
        let most_given = counts.most_given;
        let counts = counts.text().map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        step(app, *number, CampaignChange::AskToClose { counts, most_given }, FIRST).await?;
        let (before, started) = (self.store_s(), monotonic());
        step(app, *number, CampaignChange::ApproveClosing, SECOND).await?;
        let closed = self.wait(|row| row.state == CampaignState::Closed).await?;
        let (closed_s, store_s) = (started.elapsed().as_secs_f64(), self.store_s() - before);
        self.tell(|measured| {
            (measured.closed_s, measured.store_s, measured.given) = (closed_s, store_s, closed.given);
        });
        self.wait_for_lists(slot.context("who missed it has a code")?).await?;
        self.sign_all_lists()
    }

    /// Time that the store has spent on giving.
    fn store_s(&self) -> f64 {
        let verbs = self.app.store.counters().verbs;
        let giving = verbs.into_iter().find(|verb| verb.verb == "give_missed");
        giving.map_or(0.0, |verb| Duration::from_micros(verb.worked_us).as_secs_f64())
    }

    async fn wait(&self, is_so: impl Fn(&CampaignRow) -> bool) -> anyhow::Result<CampaignRow> {
        let started = monotonic();
        while started.elapsed() < PATIENCE {
            let row = row(&self.app, self.number).await?;
            if is_so(&row) {
                return Ok(row);
            }
            self.touch_all_lists();
            tokio::time::sleep(LOOK_EVERY).await;
        }
        anyhow::bail!("the campaign was not worked on")
    }

    /// Until gates that ask get the colour of whoever came last.
    async fn wait_for_lists(&self, last: Slot) -> anyhow::Result<()> {
        let started = monotonic();
        while published(&self.app, last) != Some(Status::Yellow) {
            ensure!(started.elapsed() < PATIENCE, "the status list did not follow");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.tell(|measured| measured.published_s = started.elapsed().as_secs_f64().max(0.001));
        Ok(())
    }

    /// The codes of who missed the round stand in one list here, since they were bound one after the other; in life they stand in
    /// all of them, so all are changed.
    fn touch_all_lists(&self) {
        let board = &self.app.registry.board;
        for list in 0..u32::try_from(board.published_count().0).unwrap_or(0) {
            let slot = Slot(list << 20);
            let before = board.get(slot);
            board.set(slot, Status::Void);
            board.set(slot, before);
        }
    }

    fn sign_all_lists(&self) -> anyhow::Result<()> {
        self.touch_all_lists();
        let (signed, lists_s) = timed(|| self.app.publish_status_lists());
        let lists = signed?;
        self.tell(|measured| (measured.lists, measured.lists_s) = (lists, lists_s));
        Ok(())
    }

    /// Takes the reason back from everybody, and tells how it went.
    pub(super) async fn reverse(self) {
        self.tell_failure(self.try_to_reverse().await);
    }

    async fn try_to_reverse(&self) -> anyhow::Result<()> {
        let started = monotonic();
        step(&self.app, self.number, CampaignChange::Reverse, FIRST).await?;
        self.wait(|row| row.undone == row.given).await?;
        self.tell(|measured| measured.reversed_s = started.elapsed().as_secs_f64());
        Ok(())
    }
}

fn counts_or<T, E: std::fmt::Debug>(counted: Result<T, E>) -> anyhow::Result<T> {
    counted.map_err(|problem| anyhow::anyhow!("the closing can't be counted: {problem:?}"))
}
