//! `yimatong copy`: moves a city from the SQLite database of its data folder to PostgreSQL.

use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use secrecy::ExposeSecret as _;
use yimatong_store::{CityCopy, CopyPhase, CopyStart, CopyStep, Keyring, Verified};

use super::{Source, open};
use crate::clock::monotonic;
use crate::config::Config;
use crate::{demo, random};

/// Time between two lines of progress.
const TOLD_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub(super) struct Copy {
    #[command(flatten)]
    source: Source,
    /// Empty the tables of an unfinished copy and begin anew, for instance because the city was used meanwhile.
    #[arg(long)]
    restart: bool,
}

impl Copy {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.source.load()?;
        let data = &config.store.data;
        let database = data.join("yimatong.db");
        if !config.store.is_postgres() {
            bail!("a city is copied to PostgreSQL; give --store postgres://...");
        }
        if !database.exists() {
            bail!("{} is not there: give the --data folder of a city on SQLite", database.display());
        }
        let _lock = open::lock(data)?;
        let start = start(data, self.restart)?;
        let (keyring, _) = Keyring::open_or_create(&data.join("keys"), &*random::system())
            .context("cannot open the keyring")?;
        open::runtime()?.block_on(copy(&config, &database, &keyring, start))
    }
}

/// How to start in a folder; refuses one that is no whole city.
fn start(data: &Path, restart: bool) -> anyhow::Result<CopyStart> {
    demo::refuse_unfinished(data)?;
    open::refuse_lost_keyring(data)?;
    let is_moved = open::kept_kind(data)?.as_deref() == Some(open::POSTGRES);
    match (is_moved, restart) {
        // All was verified, but the last step may be missing.
        (true, false) => Ok(CopyStart::GoOn),
        (true, true) => bail!("the city of {} is on PostgreSQL already; leave --restart out", data.display()),
        (false, true) => Ok(CopyStart::Anew),
        (false, false) => Ok(CopyStart::BeginOrGoOn),
    }
}

async fn copy(
    config: &Config,
    database: &Path,
    keyring: &Keyring,
    start: CopyStart,
) -> anyhow::Result<ExitCode> {
    let data = &config.store.data;
    let mut copy = CityCopy::open(database, config.store.url.expose_secret(), keyring, start).await?;
    if copy.goes_on() {
        eprintln!("going on with the copy that was begun");
    }
    let mut told = Told::new();
    let rows = copy.copy_rows(&mut |step| told.tell(step)).await?;
    told.end("copied", rows);
    let mut told = Told::new();
    let verified = copy.verify(&mut |step| told.tell(step)).await?;
    told.end("compared", verified.rows);
    if verified.differing > 0 {
        report(&verified);
        return Ok(ExitCode::from(1));
    }
    // The snapshot first: it counts the changes of SQLite. The mark before the last step: nobody goes on with SQLite then.
    remove_snapshot(data)?;
    open::mark_postgres(data)?;
    copy.finish().await?;
    println!("{} rows copied and verified; {} is on PostgreSQL from now on", verified.rows, data.display());
    println!("{} is left as it was: nothing reads it any more, keep it as a backup", database.display());
    println!("start with: yimatong serve --data {} --store postgres://...", data.display());
    Ok(ExitCode::SUCCESS)
}

fn report(verified: &Verified) {
    for difference in &verified.differences {
        println!("{difference}");
    }
    let unnamed = verified.differing - verified.differences.len() as u64;
    if unnamed > 0 {
        println!("and {unnamed} more");
    }
    println!(
        "{} rows differ: the PostgreSQL database is not the city. If the city was used since the copy began, run the command \
         again with --restart",
        verified.differing
    );
}

fn remove_snapshot(data: &Path) -> anyhow::Result<()> {
    let path = data.join("registry.snapshot");
    match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        // On the disk before the mark is.
        _ => File::open(data).and_then(|folder| folder.sync_all()).context("cannot sync the data folder"),
    }
}

/// Progress on standard error.
struct Told {
    began: Instant,
    last: Instant,
}

impl Told {
    fn new() -> Self {
        let now = monotonic();
        Self { began: now, last: now }
    }

    fn tell(&mut self, step: CopyStep<'_>) {
        // The clock is looked at now and then: a verification tells of every row.
        if step.phase == CopyPhase::Verifying && !step.rows.is_multiple_of(1_000) {
            return;
        }
        let now = monotonic();
        if now.duration_since(self.last) >= TOLD_EVERY {
            self.last = now;
            let doing = match step.phase {
                CopyPhase::Copying => "copying",
                CopyPhase::Verifying => "comparing",
            };
            eprintln!("{doing} {}: {} rows, {} rows/s", step.table, step.rows, self.per_s(step.rows, now));
        }
    }

    fn end(&self, done: &str, rows: u64) {
        let now = monotonic();
        let time = now.duration_since(self.began);
        eprintln!("{done} {rows} rows in {:.1} s, {} rows/s", time.as_secs_f64(), self.per_s(rows, now));
    }

    fn per_s(&self, rows: u64, now: Instant) -> u64 {
        rows.saturating_mul(1_000)
            / u64::try_from(now.duration_since(self.began).as_millis()).unwrap_or(1).max(1)
    }
}
