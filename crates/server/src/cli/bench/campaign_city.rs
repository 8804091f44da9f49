//! `yimatong bench campaign-serve`, hidden: the server of the campaign's measurement. It reads a city from its folder, counts as the
//! routes do, and closes and reverses a campaign when told to.
//!
//! What no store of a bench can hold in time is made up in memory: copies of the people of the store until the city is large
//! enough, that nearly everybody was sampled, and that everybody has a code, so that a change of colour is a change of a status
//! list.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::Json;
use axum::routing::get;
use clap::Args;
use tokio::net::TcpListener;
use yimatong_model::campaign::{Campaign, Declared, Review, SHIPPED};
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId, Slot};
use yimatong_model::rule::RulePack;
use yimatong_model::synthetic::SyntheticCity;
use yimatong_store::{CommunityRow, PersonState};

use super::campaign::{Measured, RESIDENTS, middle};
use super::campaign_closing::{self, Closing};
use super::residents;
use super::serve::{TOKENS, write_lines};
use crate::app::{App, Parts};
use crate::cli::open;
use crate::clock::{SystemClock, monotonic};
use crate::config::Config;
use crate::overload::Protection;
use crate::registry::round::RoundView;
use crate::{random, router, server};

/// Where the figures so far are told.
pub(super) const STATE: &str = "/bench/campaign";
/// Begins to close.
pub(super) const START_CLOSING: &str = "/bench/campaign/close";
/// Begins to take the reason back.
pub(super) const START_REVERSING: &str = "/bench/campaign/reverse";
/// The city and its rules.
pub(super) const RULES: [(&str, &str); 2] =
    [("YIMATONG__CITY__CODE", "410100"), ("YIMATONG__CITY__RULES", "zhengzhou-2022-01")];
/// From this size on a city is as large as the issue's.
pub(super) const XIAN_SIZE: u32 = 13_000_000;
/// People who are not sampled, in a city of that size.
const MISSED: u32 = 200_000;
/// How often each count is made.
const TIMES: usize = 3;
const SEED: u64 = 1;
const PAGE: usize = 10_000;

#[derive(Debug, Args)]
pub(super) struct CampaignServe {
    /// Folder of the city.
    #[arg(long)]
    data: PathBuf,
    /// People in memory.
    #[arg(long)]
    people: u32,
}

impl CampaignServe {
    pub(super) fn run(self) -> anyhow::Result<()> {
        open::runtime()?.block_on(self.serve())
    }

    async fn serve(self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        let app = Arc::new(self.load(address).await?);
        let now = app.now();
        let stored = u32::try_from(app.registry.people())?;
        let city = SyntheticCity::new(app.config.city.code, stored, SEED)?;
        // Whoever misses the round has a code, as nearly everybody has in life.
        let missed = u64::from(MISSED) * u64::from(self.people) / u64::from(XIAN_SIZE);
        let tokens = residents::sign_in(&app, &city, usize::try_from(missed)?, now).await?;
        write_lines(&self.data, TOKENS, tokens.into_iter().take(RESIDENTS))?;
        app.follow_registry().await?;
        let copies = self.people.div_ceil(stored.max(1));
        let made_up = MadeUp::new(&app, copies).await?;
        made_up.fill(None).await?;
        let people = u32::try_from(app.registry.people())?;
        let mut counts = Counts::new(&app, people).await?;
        counts.before();
        let number = campaign_closing::begin(&app).await?;
        made_up.fill(Some(number)).await?;
        counts.during(number)?;
        let measured = Arc::new(Mutex::new(counts.measured));
        let closing = Closing { app: Arc::clone(&app), number, measured };
        let site = router::with_shortcuts(&app, with_switches(router::all_routes(&app), &closing));
        println!("{address}");
        server::serve(app, site, listener, std::future::pending()).await
    }

    async fn load(&self, address: SocketAddr) -> anyhow::Result<App> {
        let random = random::system();
        let mut config = Config::load(None, RULES.map(|(key, value)| (key.to_owned(), value.to_owned())))?;
        config.server.listen = address;
        config.store.data.clone_from(&self.data);
        // A snapshot would say what was made up here.
        config.registry.snapshot_every_s = u64::from(u32::MAX);
        let folder = open::open(&config, &random).await?;
        let mut app = App::new(Parts {
            config,
            clock: Arc::new(SystemClock),
            random,
            store: folder.store,
            keyring: folder.keyring,
            demo: None,
            protection: Protection::Ours,
        })?;
        app.load(&|_| {}).await?;
        Ok(app)
    }
}

/// Counts as the routes do, with the time each takes.
struct Counts {
    app: Arc<App>,
    communities: Vec<CommunityRow>,
    measured: Measured,
}

impl Counts {
    async fn new(app: &Arc<App>, people: u32) -> anyhow::Result<Self> {
        let mut communities = Vec::new();
        let mut cursor = None;
        loop {
            let page = app.store.list_communities("", cursor, 1_000).await?;
            communities.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(Self { app: Arc::clone(app), communities, measured: Measured { people, ..Measured::default() } })
    }

    fn view(&self, number: u16, document: &str) -> anyhow::Result<RoundView> {
        let campaign = Campaign::parse(document).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
        let codes = self.communities.iter().map(|row| (row.community.id, row.community.code));
        let declared = self.some_people().map(|person| {
            let vaccinated = if person.get() % 2 == 0 { Review::Waiting } else { Review::Accepted };
            (person, Declared { vaccinated, ..Declared::default() })
        });
        Ok(RoundView::new(Arc::new(campaign), number, &[], codes, declared))
    }

    /// As many as declare something; ids that nobody has cost the same.
    fn some_people(&self) -> impl Iterator<Item = PersonId> {
        let step = 0x9E37_79B9_7F4A_7C15_u64;
        (0..u64::from(self.measured.people) / 130).map(move |n| PersonId::from_low_bits(n.wrapping_mul(step)))
    }

    /// Before it starts nobody is sampled: this counts who is in it.
    fn before(&mut self) {
        let now = self.app.now();
        let (_, notice) = SHIPPED[0];
        let later =
            notice.replacen("kind = \"vaccinated\"\nwithin_h = 48", "kind = \"tested\"\nwithin_h = 24", 1);
        let mut views = Vec::new();
        for document in [notice, &later] {
            let (view, prepare_s) =
                timed(|| self.view(u16::MAX, document).expect("the notice is valid (tested)"));
            self.measured.prepare_s = prepare_s;
            views.push(view);
        }
        let app = &self.app;
        let mut preview = views.iter().map(|view| median_s(|| app.registry.standings(view, now)));
        self.measured.preview_s = preview.next().unwrap_or_default();
        self.measured.preview_tested_s = preview.next().unwrap_or_default();
        let other = RulePack::shipped("zhengzhou-2022-01").expect("it is shipped");
        self.measured.rules_s = median_s(|| app.registry.compare_rules(&other, now));
    }

    /// While it runs, nearly everybody sampled.
    fn during(&mut self, number: u16) -> anyhow::Result<()> {
        let (_, notice) = SHIPPED[0];
        let view = self.view(number, notice)?;
        let (app, now) = (Arc::clone(&self.app), self.app.now());
        let registry = &app.registry;
        let measured = &mut self.measured;
        measured.bytes_per_person = registry.bytes() as f64 / f64::from(measured.people);
        measured.coverage_s = median_s(|| registry.standings(&view, now));
        let mut districts: HashMap<u32, HashSet<CommunityId>> = HashMap::new();
        for CommunityRow { community, .. } in &self.communities {
            districts.entry(community.district).or_default().insert(community.id);
        }
        let largest = districts.into_values().max_by_key(HashSet::len).context("there are districts")?;
        measured.district_s = median_s(|| registry.standings_of(&view, &largest, now));
        let one = *largest.iter().next().context("a district has communities")?;
        measured.community_s = median_s(|| registry.standings_of_households(&view, one, now));
        measured.missed_s = median_s(|| registry.missed(&view, one, None, 200, now));
        measured.counted_s = median_s(|| registry.closing(&view, now));
        Ok(())
    }
}

/// The people of the store and their copies, everybody with a code.
struct MadeUp<'a> {
    app: &'a App,
    copies: u32,
    first_slot: u32,
}

impl<'a> MadeUp<'a> {
    async fn new(app: &'a App, copies: u32) -> anyhow::Result<Self> {
        let first_slot = app.store.slots_count().await?.next;
        Ok(Self { app, copies, first_slot })
    }

    /// Puts everybody into memory; once there is a round, all sampled in it but those in the store who have a device.
    async fn fill(&self, round: Option<u16>) -> anyhow::Result<()> {
        let now = self.app.now();
        let (mut after, mut slot) = (None, self.first_slot);
        loop {
            let mut states: Vec<PersonState> = self.app.store.load_states(after, PAGE).await?;
            let Some(last) = states.last() else { return Ok(()) };
            after = Some(last.person_id);
            for copy in 0..self.copies {
                for state in &mut states {
                    let is_missed = copy == 0 && state.device_slot.is_some();
                    state.rounds = round.filter(|_| !is_missed).into_iter().collect();
                    if copy > 0 {
                        make_copy(state);
                    }
                    if copy > 0 || state.device_slot.is_none() {
                        state.device_slot = Some(Slot(slot));
                        slot += 1;
                    }
                }
                self.app.registry.apply_all(&states, 0, now);
            }
        }
    }
}

/// Another person of another household, alike in all else.
fn make_copy(state: &mut PersonState) {
    state.person_id = PersonId::from_low_bits(state.person_id.get().wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 1);
    state.household = state.household.map(|one| HouseholdId::from_low_bits(one.get() + (1 << 40)));
    (state.paper_slot, state.relative_slots) = (None, Vec::new());
    state.void_slots.clear();
}

fn with_switches(site: axum::Router, closing: &Closing) -> axum::Router {
    let state = {
        let measured = Arc::clone(&closing.measured);
        move || {
            let measured = measured.lock().unwrap_or_else(PoisonError::into_inner).clone();
            async move { Json(measured) }
        }
    };
    let (close, reverse) = (closing.clone(), closing.clone());
    let told = state.clone();
    site.route(STATE, get(state.clone()))
        .route(
            START_CLOSING,
            get(move || {
                tokio::spawn(close.clone().close());
                told()
            }),
        )
        .route(
            START_REVERSING,
            get(move || {
                tokio::spawn(reverse.clone().reverse());
                state()
            }),
        )
}

/// Something, and how long it took.
pub(super) fn timed<T>(run: impl FnOnce() -> T) -> (T, f64) {
    let started = monotonic();
    let done = run();
    (done, started.elapsed().as_secs_f64())
}

fn median_s<T>(mut run: impl FnMut() -> T) -> f64 {
    middle((0..TIMES).map(|_| timed(&mut run).1).collect())
}
