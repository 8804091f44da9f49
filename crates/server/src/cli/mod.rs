//! The command line. Exit codes: 0 ok, 1 a negative verdict or a missed figure, 2 usage or unreadable input.

mod bench;
mod campaign;
mod campaign_contents;
mod campaign_preview;
mod config;
mod copy;
mod demo_data;
mod drill;
mod drilled;
mod keys;
mod migrate;
mod open;
mod rules;
mod serve;
mod shared_keys;
mod staff;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;

/// 一码通 · the city's one code: show, check, look up — and stay up.
#[derive(Debug, Parser)]
#[command(name = "yimatong", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Serve),
    /// Fill an empty data folder with a synthetic city.
    DemoData(demo_data::DemoData),
    /// Check a campaign's document, or count who would be in it; needs no server.
    Campaign(campaign::CampaignCommand),
    /// Check a rule pack, or count whom it would give another colour.
    Rules(rules::RulesCommand),
    /// Verify the text of a QR code (YMT1: or HC1:) offline.
    Verify(verify::Verify),
    /// List, rotate or export the city's signing keys.
    Keys(keys::Keys),
    /// Print the effective configuration, secrets hidden.
    Config(config::PrintConfig),
    /// Bring a PostgreSQL database to the newest version, while nodes of the version before serve.
    Migrate(migrate::Migrate),
    /// Move a city from SQLite to PostgreSQL: copy all rows, verify each by its hash. Broken off, it goes on when run again.
    Copy(copy::Copy),
    /// Make staff accounts, the first operator's for one.
    Staff(staff::StaffCommand),
    /// Measure this machine: showing a code, starting, recording check-ins.
    Bench(bench::Bench),
    /// Overload and break a server on purpose; report whether it held.
    Drill(drill::Drill),
}

/// Where the configuration comes from; every command that needs a data folder takes these.
#[derive(Debug, Args)]
struct Source {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Data folder; overrides store.data.
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// Where rows are kept, sqlite: (in the data folder) or postgres://...; overrides store.url.
    #[arg(long, value_name = "URL", global = true)]
    store: Option<String>,
}

impl Source {
    fn load(&self) -> anyhow::Result<Config> {
        let mut config = Config::load(self.config.as_deref(), std::env::vars())?;
        if let Some(data) = &self.data {
            config.store.data.clone_from(data);
        }
        if let Some(url) = &self.store {
            config.store.url = url.clone().into();
        }
        config.check()?;
        Ok(config)
    }
}

/// Runs the command that was typed.
#[must_use]
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::DemoData(demo_data) => demo_data.run(),
        Command::Campaign(campaign) => campaign.run(),
        Command::Rules(rules) => rules.run(),
        Command::Verify(verify) => verify.run(),
        Command::Keys(keys) => keys.run(),
        Command::Config(config) => config.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Copy(copy) => copy.run(),
        Command::Staff(staff) => staff.run(),
        Command::Bench(bench) => bench.run(),
        Command::Drill(drill) => drill.run(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("yimatong: {error:#}");
        ExitCode::from(2)
    })
}
