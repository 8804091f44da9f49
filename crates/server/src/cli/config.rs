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
    let server = &config.server;
    for (is_unset, line) in [
        (
            server.public_url.is_none(),
            "server.public_url = \"https://...\"   (codes carry the address of server.listen)",
        ),
        (server.node.is_none(), "server.node = \"...\"   (alarms carry the name of the machine)"),
        (
            server.admin_listen.is_none(),
            "server.admin_listen = \"127.0.0.1:8081\"   (probes and metrics are at server.listen)",
        ),
        (
            server.tls_certificate.is_none(),
            "server.tls_certificate = \"chain.pem\"   (without TLS, as behind a proxy)",
        ),
        (server.tls_key.is_none(), "server.tls_key = \"key.pem\"   (goes with server.tls_certificate)"),
        (
            config.store.replica_url.is_none(),
            "store.replica_url = \"postgres://...\"   (histories and statistics are read from store.url)",
        ),
        (
            config.alarms.webhook_url.is_none(),
            "alarms.webhook_url = \"https://...\"   (alarms are on the page and in the log only)",
        ),
    ] {
        if is_unset {
            text += &format!("# {line}\n");
        }
    }
    if matches!(config.sms, SmsConfig::None) {
        text += "# sms: kind = \"webhook\", url, secret   (no one-time passwords without)\n";
    }
    if matches!(config.authority, AuthorityConfig::None) {
        text += "# authority: kind = \"http\", url, secret   (no registration without)\n";
    }
    text
}
