//! `yimatong migrate`: brings the database of `store.url` to the newest version.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use secrecy::ExposeSecret as _;
use yimatong_store::PostgresStore;

use super::{Source, open};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    source: Source,
}

impl Migrate {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.source.load()?;
        if !config.store.is_postgres() {
            bail!("a SQLite database is migrated by the server when it starts; give --store postgres://...");
        }
        let migrated = open::runtime()?.block_on(PostgresStore::migrate(config.store.url.expose_secret()));
        let applied = migrated.context("cannot migrate the database of store.url")?;
        println!("{applied} migrations applied; the database is at the newest version");
        Ok(ExitCode::SUCCESS)
    }
}
