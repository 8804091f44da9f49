//! `yimatong keys`: the city's signing keys.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::Source;
use crate::clock::{Clock as _, SystemClock};
use crate::issue::signing_keys::{self, PUBLISHED_BEFORE_USE_S, SigningKeys};
use crate::random;

#[derive(Debug, Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: KeysCommand,
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// List the keys: which signs, which are published.
    List,
    /// Make a new key. It is published at once and signs a day later; a running server finds it within a minute.
    Rotate,
    /// Print the published keys as a JWK set.
    Export,
}

impl Keys {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.source.load()?;
        let data = &config.store.data;
        let random = random::system();
        let now = SystemClock.now();
        match self.command {
            KeysCommand::Rotate => {
                let path = signing_keys::create(data, &random, now)?;
                let keys = SigningKeys::open(data, &random)?;
                println!("made {}", path.display());
                if keys.all().len() > 1 {
                    println!(
                        "it is published now and signs from {}",
                        at(now.as_second() + PUBLISHED_BEFORE_USE_S)
                    );
                }
            }
            KeysCommand::List => list(&SigningKeys::open(data, &random)?, now),
            KeysCommand::Export => {
                println!("{}", SigningKeys::open(data, &random)?.jwks(now).to_jwks());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(keys: &SigningKeys, now: Timestamp) {
    let signer = keys.signer(now).ok().map(|key| key.created_s);
    let published: Vec<i64> = keys.published(now).iter().map(|key| key.created_s).collect();
    for key in keys.all() {
        let state = if signer == Some(key.created_s) {
            "signs"
        } else if published.contains(&key.created_s) {
            "published"
        } else {
            "retired"
        };
        println!("{}  {state:<9}  {}", at(key.created_s), key.path.display());
    }
}

fn at(second: i64) -> String {
    Timestamp::from_second(second).map_or_else(|_| second.to_string(), |at| at.to_string())
}
