//! `yimatong serve`: runs the server.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Timestamp;
use ring::rand::SecureRandom;
use tokio::net::TcpSocket;
use yimatong_model::synthetic::SyntheticCity;

use super::Source;
use super::drilled::{self, Drilled};
use super::open::{self, DataFolder};
use crate::app::{App, Parts};
use crate::clock::{self, AgreedClock, Clock, SystemClock, monotonic};
use crate::config::{Config, LogFormat};
use crate::connections::descriptors;
use crate::demo::{self, DemoAccounts, Folder};
use crate::{random, server};

/// Connections the kernel keeps until they are accepted; the acceptor makes it longer.
const BACKLOG: u32 = 1_024;
/// A start says how far it is every so many people.
const PROGRESS: usize = 500_000;

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    source: Source,
    /// Address and port; overrides server.listen.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Fill an empty data folder with a synthetic city and show one-time passwords and accounts on the pages.
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    drilled: Drilled,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = self.source.load()?;
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        config.check_part()?;
        log(&config);
        open::runtime()?.block_on(serve(config, self.demo, self.drilled))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Starts the log on standard error.
fn log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log.filter);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => log.with_target(false).init(),
        LogFormat::Json => log.json().init(),
    }
}

async fn serve(config: Config, is_demo: bool, drilled: Drilled) -> anyhow::Result<()> {
    let started = monotonic();
    let random = random::system();
    let data = config.store.data.clone();
    // The lock comes first: another process may be writing the very city that looks unfinished.
    let lock = open::lock(&data)?;
    let kept = if is_demo {
        Some(demo::look_at(&data)?)
    } else {
        demo::refuse_unfinished(&data)?;
        None
    };
    if kept == Some(Folder::Empty) {
        demo::begin(&data)?;
    }
    let folder = open::open_locked(lock, &config, &random, drilled.provision()).await?;
    let clock = agreed_clock(&folder).await?;
    let accounts = match kept {
        None => None,
        Some(Folder::Demo) => Some(DemoAccounts::read(&data)?),
        Some(Folder::Empty) => Some(found_demo(&config, &folder, &*random, clock.now()).await?),
    };
    let descriptors = descriptors::raise_limit();
    tracing::info!(descriptors, "the limit of file descriptors is raised as far as the system lets it");
    let socket = reserve(config.server.listen)
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let address = socket.local_addr()?;
    let admin = config.server.admin_listen.map(|address| {
        reserve(address).with_context(|| format!("cannot listen on server.admin_listen, {address}"))
    });
    let admin = admin.transpose()?;
    let mut app = App::new(Parts {
        config: Config { server: crate::config::ServerConfig { listen: address, ..config.server }, ..config },
        clock,
        random,
        store: folder.store.clone(),
        keyring: folder.keyring.clone(),
        demo: accounts,
        protection: drilled.protection,
    })?;
    if let Some(postgres) = &folder.postgres {
        super::shared_keys::check_signing(postgres, &app.config.store.data).await?;
    }
    app.load(&|people| {
        if people % PROGRESS == 0 {
            tracing::info!(people, "reading people");
        }
    })
    .await?;
    let listener = socket.listen(BACKLOG).with_context(|| format!("cannot listen on {address}"))?;
    let admin = admin
        .map(|socket| socket.listen(BACKLOG))
        .transpose()
        .context("cannot listen on server.admin_listen")?;
    let took = started.elapsed();
    let stop = server::stop_signal();
    let place = format!("{}://{address}", app.config.server.scheme());
    tracing::info!(people = app.registry.people(), took_ms = took.as_millis(), "ready on {place}");
    if let Some(accounts) = &app.demo {
        announce(accounts, &place);
    }
    let app = Arc::new(app);
    let Some(sqlite) = folder.sqlite.clone().filter(|_| drilled.provision().is_some()) else {
        return server::run(app, listener, admin, stop).await;
    };
    let obeying = tokio::spawn(drilled::obey(Arc::clone(&app), sqlite));
    if !drilled.until_eof {
        return server::run(app, listener, admin, stop).await;
    }
    let stop = async move {
        tokio::select! {
            () = stop => (),
            _ = obeying => (),
        }
    };
    server::run(app, listener, admin, stop).await
}

/// The clock of this node: a database of several nodes says the time, and a file has no say in it.
async fn agreed_clock(folder: &DataFolder) -> anyhow::Result<Arc<dyn Clock>> {
    let clock: Arc<dyn Clock> = match &folder.postgres {
        Some(_) => Arc::new(AgreedClock::default()),
        None => return Ok(Arc::new(SystemClock)),
    };
    clock::follow(&*folder.store, &*clock).await.context("cannot ask the database for the time")?;
    let offset = clock.offset();
    if offset.abs() > clock::MOST_FOLLOWED {
        bail!(
            "this machine's clock and the database's are {} s apart; set the wrong one right (NTP) before a node is started",
            offset.as_secs()
        );
    }
    Ok(clock)
}

/// Fills an empty city with people and accounts.
async fn found_demo(
    config: &Config,
    folder: &DataFolder,
    random: &(dyn SecureRandom + Send + Sync),
    now: Timestamp,
) -> anyhow::Result<DemoAccounts> {
    if !folder.store.load_states(None, 1).await?.is_empty() {
        bail!("the database already holds a city, which --demo never touches; leave --demo out");
    }
    let city = SyntheticCity::new(config.city.code, demo::PEOPLE, demo::SEED)?;
    super::demo_data::fill(&*folder.store, &city, now).await?;
    demo::points::add(&*folder.store, &city, now).await?;
    let residents = demo::residents(&city, now);
    let (store, keyring) = (&*folder.store, &folder.keyring);
    let accounts = DemoAccounts::create(&config.store.data, store, keyring, random, residents, now).await?;
    demo::campaign::draft(store, city.city(), now).await?;
    Ok(accounts)
}

/// Takes an address, on which nobody is listened to yet: whoever comes while the city is being read is turned away at once,
/// and a proxy asks another node.
fn reserve(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // The connections of a server that was just stopped may still be ending.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Says where the demo is and how to sign in.
fn announce(accounts: &DemoAccounts, place: &str) {
    println!("\n一码通 demo city is ready\n");
    println!("  resident 居民      {place}/");
    println!("  gate 扫码查验      {place}/verifier");
    println!("  sampler 采样       {place}/sampler");
    println!("  console 工作台     {place}/console\n");
    println!("  Any well-formed document registers; the page shows the one-time password.");
    println!("  Some residents to sign in as (已登记，在本机登录):");
    for resident in accounts.residents() {
        println!("    {}  {}", resident.phone, resident.shows);
    }
    println!("  Staff accounts (the pages list them with their present codes):");
    for account in accounts.staff() {
        println!("    {:<18} password {}", account.name, account.password);
    }
    println!();
}
