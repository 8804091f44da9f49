//! `yimatong config`: prints the effective configuration.

use std::process::ExitCode;

use clap::Args;

use super::Source;
use crate::config::{AuthorityConfig, Config, SmsConfig};

#[derive(Debug, Args)]
pub(super) struct PrintConfig {
    #[command(flatten)]
    source: Source,
}

impl PrintConfig {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.source.load()?;
        print!("{}", config.to_toml()?);
        print!("{}", unset_keys(&config));
        Ok(ExitCode::SUCCESS)
    }
}

/// Keys without a value do not stand in the TOML; they are named in comments.
fn unset_keys(config: &Config) -> String {
    let mut text = String::from("\n# not set:\n");
    if config.server.public_url.is_none() {
        text += "# server.public_url = \"https://...\"   (codes carry the address of server.listen)\n";
    }
    if matches!(config.sms, SmsConfig::None) {
        text += "# sms: kind = \"webhook\", url, secret   (no one-time passwords without)\n";
    }
    if matches!(config.authority, AuthorityConfig::None) {
        text += "# authority: kind = \"http\", url, secret   (no registration without)\n";
    }
    text
}
