//! `yimatong config`: prints the effective configuration.

use std::process::ExitCode;

use clap::Args;

use super::Source;

#[derive(Debug, Args)]
pub(super) struct PrintConfig {
    #[command(flatten)]
    source: Source,
}

impl PrintConfig {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        print!("{}", self.source.load()?.to_toml()?);
        Ok(ExitCode::SUCCESS)
    }
}
