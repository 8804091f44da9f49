//! `yimatong staff`: makes accounts while the server is stopped; the first operator begins here.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use yimatong_model::role::Role;

use super::{Source, open};
use crate::auth::account::{self, NewAccount};
use crate::auth::totp;
use crate::clock::{Clock as _, SystemClock};
use crate::random;

#[derive(Debug, Args)]
pub(super) struct StaffCommand {
    #[command(subcommand)]
    command: Action,
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make an account; its password and second factor are printed once.
    Add {
        /// The name to sign in with.
        name: String,
        /// What it may do, such as operator or verifier.
        #[arg(long, value_parser = role)]
        role: Role,
    },
}

fn role(text: &str) -> Result<Role, String> {
    let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    Role::from_name(text).ok_or_else(|| format!("must be one of {}", names.join(", ")))
}

impl StaffCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.source.load()?;
        let Action::Add { name, role } = self.command;
        let random = random::system();
        account::check_name(&name).map_err(|problem| anyhow::anyhow!("{}", problem.summary()))?;
        let password = account::make_password(&*random);
        let account = NewAccount { name, role, venue: None, password };
        let made = open::runtime()?.block_on(async {
            let folder = open::open(&config, &random).await?;
            let now = SystemClock.now();
            let (store, keyring) = (&*folder.store, &folder.keyring);
            let made = account::create_audited(store, keyring, &*random, &account, None, now).await;
            folder.store.close().await?;
            made.map_err(|problem| anyhow::anyhow!("{}", problem.summary()))
        })?;
        println!("name      {}\nrole      {}\npassword  {}", account.name, account.role, account.password);
        println!("second factor for an authenticator app (shown once):");
        println!("  {}", totp::uri(&made.totp_secret, &account.name));
        Ok(ExitCode::SUCCESS)
    }
}
