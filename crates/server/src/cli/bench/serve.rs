//! `yimatong bench serve`, hidden: the server that is measured, with a synthetic city, people already signed in
//! and the yardstick routes. It prints its address and serves until it is killed.

use std::fmt::Display;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use jiff::Timestamp;
use tokio::net::TcpListener;
use yimatong_credential::Kind;
use yimatong_model::ids::PersonId;
use yimatong_model::role::Role;
use yimatong_model::synthetic::SyntheticCity;

use super::table_batch::POOL;
use super::{fixed, last_tube, residents};
use crate::app::{App, Parts};
use crate::auth::session::Session;
use crate::cli::{demo_data, open};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::demo;
use crate::http::front::Front;
use crate::overload::Protection;
use crate::{random, router, server};

/// File of residents' tokens, one per line.
pub(super) const TOKENS: &str = "tokens";
/// File of a verifier's token.
pub(super) const STAFF_TOKEN: &str = "staff-token";
/// File of a sampler's token.
pub(super) const SAMPLER_TOKEN: &str = "sampler-token";
/// File of a lab's token.
pub(super) const LAB_TOKEN: &str = "lab-token";
/// File of people as a table tells them, one per line: four of five by subject, the others by kind and number of a document.
pub(super) const TABLE: &str = "table";
/// File of subjects as gates send them, one per line.
pub(super) const SUBJECTS: &str = "subjects";
/// File of numbers of venues, one per line.
pub(super) const VENUES: &str = "venues";
/// Seed of the city.
const SEED: u64 = 1;

#[derive(Debug, Args)]
pub(super) struct BenchServe {
    /// Empty folder for the city.
    #[arg(long)]
    data: PathBuf,
    /// People in the city.
    #[arg(long)]
    people: u32,
    /// How many of them are signed in.
    #[arg(long)]
    residents: usize,
}

impl BenchServe {
    pub(super) fn run(self) -> anyhow::Result<()> {
        open::runtime()?.block_on(self.serve())
    }

    async fn serve(self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        let now = SystemClock.now();
        let app = Arc::new(self.fill(address, now).await?);
        let city = SyntheticCity::new(app.config.city.code, self.people, SEED)?;
        let tokens = residents::sign_in(&app, &city, self.residents, now).await?;
        let first = city.people(now).take(POOL).map(|person| app.keyring.likely_person(&person.document));
        let token = tokens.first().context("nobody was signed in")?;
        let site = with_yardsticks(&app, token, first.collect(), now)?;
        write_lines(&self.data, TOKENS, tokens)?;
        write_lines(&self.data, STAFF_TOKEN, [residents::staff(&app, Role::Verifier, now).await?])?;
        write_lines(&self.data, SAMPLER_TOKEN, [residents::staff(&app, Role::Sampler, now).await?])?;
        write_lines(&self.data, LAB_TOKEN, [residents::staff(&app, Role::Lab, now).await?])?;
        write_lines(&self.data, TABLE, table(&app, &city, now))?;
        demo::points::add(&*app.store, &city, now).await?;
        write_lines(&self.data, SUBJECTS, subjects(&app).await?)?;
        write_lines(&self.data, VENUES, city.venues().take(64).map(|venue| venue.id.0))?;
        println!("{address}");
        server::serve(app, site, listener, std::future::pending()).await
    }

    /// A loaded server over a fresh city.
    async fn fill(&self, address: SocketAddr, now: Timestamp) -> anyhow::Result<App> {
        let random = random::system();
        let mut config = Config::default();
        config.server.listen = address;
        config.store.data.clone_from(&self.data);
        let folder = open::open(&config, &random).await?;
        let city = SyntheticCity::new(config.city.code, self.people, SEED)?;
        demo_data::fill(&*folder.store, &city, now).await?;
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

/// The server's router and beside it routes that answer what `token`'s resident gets.
fn with_yardsticks(
    app: &Arc<App>,
    token: &str,
    first: Vec<PersonId>,
    now: Timestamp,
) -> anyhow::Result<Front> {
    let Ok(Session::Resident(session)) = app.sessions.open(token, now) else {
        anyhow::bail!("a token just made can't be opened");
    };
    let code = app
        .show(session.person, session.slot, Kind::Device, &session.device_key, now)
        .map_err(|problem| anyhow::anyhow!("a code can't be shown: {problem:?}"))?
        .code;
    let router = fixed::mount(router::all_routes(app), app, &code.body, &code.etag);
    let router = last_tube::mount(router, app, first);
    Ok(router::with_shortcuts(app, router))
}

/// Everyone once, as a table tells them.
fn table(app: &App, city: &SyntheticCity, now: Timestamp) -> impl Iterator<Item = String> {
    city.people(now).enumerate().map(|(place, person)| {
        let document = &person.document;
        if place % 5 == 0 {
            return format!("{} {}", document.kind().as_str(), document.number());
        }
        let subject = app.subjects.seal(app.keyring.likely_person(document), &*app.random);
        URL_SAFE_NO_PAD.encode(subject)
    })
}

/// Subjects of everyone, sealed as in credentials.
async fn subjects(app: &App) -> anyhow::Result<Vec<String>> {
    let mut subjects = Vec::with_capacity(app.registry.people());
    let mut after = None;
    loop {
        let states = app.store.load_states(after, 10_000).await?;
        let Some(last) = states.last() else { return Ok(subjects) };
        after = Some(last.person_id);
        let sealed = states.iter().map(|state| app.subjects.seal(state.person_id, &*app.random));
        subjects.extend(sealed.map(|subject| URL_SAFE_NO_PAD.encode(subject)));
    }
}

pub(super) fn write_lines(
    folder: &Path,
    name: &str,
    lines: impl IntoIterator<Item = impl Display>,
) -> anyhow::Result<()> {
    let text: String = lines.into_iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))
}
