//! Closing a campaign under load: everybody is decided from memory, who missed it is given the reason through the store, batch by
//! batch, and what is given is seen in the status lists. Then all of it is taken back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use yimatong_credential::Status;
use yimatong_model::campaign::SHIPPED;
use yimatong_model::ids::{PersonId, Slot, StaffId};
use yimatong_store::{CampaignChange, CampaignStep, DraftCampaign, PersonState};

use super::campaign::Measured;
use super::campaign_city::timed;
use crate::app::App;
use crate::clock::monotonic;
use crate::registry::round::{GivingCursor, RoundView};

/// People of one transaction.
const BATCH: usize = 1_000;
/// Between two looks at the status lists.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The two who sign.
const FIRST: StaffId = StaffId(1);
const SECOND: StaffId = StaffId(2);

/// What closing needs.
#[derive(Clone)]
pub(super) struct Closing {
    pub(super) app: Arc<App>,
    pub(super) view: Arc<RoundView>,
    pub(super) measured: Arc<Mutex<Measured>>,
    /// How long it rests after each batch, in times of what the batch took.
    pub(super) rest: f64,
}

async fn step(app: &App, number: u16, change: CampaignChange, by: StaffId) -> anyhow::Result<()> {
    let file = app.store.campaign(number).await?.context("the campaign is there")?;
    let version = file.campaign.version;
    let step = CampaignStep { number, version: Some(version), by, remark: String::new(), at: app.now() };
    app.store.change_campaign(change, step, None).await?;
    Ok(())
}

/// A campaign whose closing is approved; answers its number. What may be given is more than anybody expects.
pub(super) async fn begin(app: &App, people: u32) -> anyhow::Result<u16> {
    let draft = DraftCampaign { document: SHIPPED[0].1.to_owned(), by: FIRST, at: app.now() };
    let number = app.store.draft_campaign(draft, None).await?.number;
    step(app, number, CampaignChange::Approve, SECOND).await?;
    step(app, number, CampaignChange::Start, FIRST).await?;
    let ask = CampaignChange::AskToClose { counts: "{}".to_owned(), most_given: people };
    step(app, number, ask, FIRST).await?;
    step(app, number, CampaignChange::ApproveClosing, SECOND).await?;
    Ok(number)
}

impl Closing {
    fn tell(&self, what: impl FnOnce(&mut Measured)) {
        what(&mut self.measured.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Closes, and tells how it went.
    pub(super) async fn close(self) {
        if let Err(error) = self.try_to_close().await {
            self.tell(|measured| measured.failed = format!("closing failed: {error:#}"));
        }
    }

    async fn try_to_close(&self) -> anyhow::Result<()> {
        let started = monotonic();
        let counted = self.walk(|app, view| app.registry.closing(view, app.now())).await?;
        self.tell(|measured| measured.counted_s = counted.1);
        let (mut cursor, mut given, mut store_s) = (Some(GivingCursor::default()), 0, 0.0);
        let mut last = None;
        while let Some(from) = cursor {
            let began = monotonic();
            let walked =
                self.walk(move |app, view| app.registry.to_give(view, from, BATCH, app.now())).await?;
            let people = walked.0.0;
            cursor = walked.0.1;
            if !people.is_empty() {
                // The store knows nothing of the codes that were made up.
                let slots: HashMap<PersonId, Slot> = people
                    .iter()
                    .filter_map(|person| Some((*person, self.app.registry.entry(*person)?.device_slot()?)))
                    .collect();
                let (states, seconds) = self.give(people).await?;
                store_s += seconds;
                given += states.len();
                for mut state in states {
                    state.device_slot = state.device_slot.or_else(|| slots.get(&state.person_id).copied());
                    last = state.device_slot.or(last);
                    self.app.apply(&state);
                }
            }
            tokio::time::sleep(began.elapsed().mul_f64(self.rest)).await;
        }
        step(&self.app, self.view.number(), CampaignChange::FinishClosing, SECOND).await?;
        let closed_s = started.elapsed().as_secs_f64();
        ensure!(given == counted.0.given as usize, "{given} of {} were given the reason", counted.0.given);
        self.tell(|measured| {
            (measured.closed_s, measured.store_s) = (closed_s, store_s);
            measured.given = counted.0.given;
        });
        self.wait_for_lists(last.context("nobody has a code")?).await
    }

    async fn give(&self, people: Vec<PersonId>) -> anyhow::Result<(Vec<PersonState>, f64)> {
        let started = monotonic();
        let states = self.app.store.give_missed(self.view.number(), people, self.app.now()).await?;
        Ok((states, started.elapsed().as_secs_f64()))
    }

    /// Until gates that ask get the colour of whoever came last.
    async fn wait_for_lists(&self, last: Slot) -> anyhow::Result<()> {
        let started = monotonic();
        let (list, index) = self.app.registry.board.place(last);
        let address = self.app.status_list_address(list);
        let is_yellow = || {
            let lists = self.app.registry.board.verified();
            let list = lists.iter().find(|list| list.claims().uri == address);
            list.and_then(|list| list.get(index)) == Some(Status::Yellow)
        };
        while !is_yellow() {
            ensure!(started.elapsed() < Duration::from_secs(120), "the status list did not follow");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.tell(|measured| measured.published_s = started.elapsed().as_secs_f64().max(0.001));
        Ok(())
    }

    /// Takes the reason back from everybody, and tells how it went.
    pub(super) async fn reverse(self) {
        let started = monotonic();
        match self.try_to_reverse().await {
            Ok(()) => self.tell(|measured| measured.reversed_s = started.elapsed().as_secs_f64()),
            Err(error) => self.tell(|measured| measured.failed = format!("reversing failed: {error:#}")),
        }
    }

    async fn try_to_reverse(&self) -> anyhow::Result<()> {
        let number = self.view.number();
        step(&self.app, number, CampaignChange::Reverse, FIRST).await?;
        loop {
            let began = monotonic();
            let taken = self.app.store.take_back_missed(number, BATCH, self.app.now()).await?;
            for state in &taken.states {
                self.app.apply(state);
            }
            if taken.done {
                return Ok(());
            }
            tokio::time::sleep(began.elapsed().mul_f64(self.rest)).await;
        }
    }

    /// Walks through the city on a thread of its own.
    async fn walk<T: Send + 'static>(
        &self,
        walk: impl FnOnce(&App, &RoundView) -> T + Send + 'static,
    ) -> anyhow::Result<(T, f64)> {
        let (app, view) = (Arc::clone(&self.app), Arc::clone(&self.view));
        Ok(tokio::task::spawn_blocking(move || timed(|| walk(&app, &view))).await?)
    }
}
