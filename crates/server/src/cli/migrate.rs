//! `yimatong migrate`: brings the database of `store.url` to the newest version.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use secrecy::ExposeSecret as _;
use yimatong_store::PostgresStore;

use super::{Source, open, shared_keys};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    source: Source,
    /// All nodes have new keys on purpose: forget those that the database compares them with. Stop all nodes first.
    #[arg(long)]
    new_keys: bool,
}

impl Migrate {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.source.load()?;
        if !config.store.is_postgres() {
            bail!("a SQLite database is migrated by the server when it starts; give --store postgres://...");
        }
        let runtime = open::runtime()?;
        let migrated = runtime.block_on(PostgresStore::migrate(config.store.url.expose_secret()));
        let applied = migrated.context("cannot migrate the database of store.url")?;
        println!("{applied} migrations applied; the database is at the newest version");
        if self.new_keys {
            runtime.block_on(forget_keys(config.store.url.expose_secret()))?;
            println!("the next node to start says which keys are the city's");
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn forget_keys(url: &str) -> anyhow::Result<()> {
    for name in shared_keys::names() {
        PostgresStore::forget_agreed(url, name).await.context("cannot forget the keys of the nodes")?;
    }
    Ok(())
}
