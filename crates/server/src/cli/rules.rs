//! `yimatong rules`: checks a rule pack, and says whom it would give another colour, before it is applied.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use yimatong_model::rule::RulePack;
use yimatong_store::SqliteStore;

use super::{Source, open};
use crate::app::snapshot_path;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::registry::Registry;
use crate::rule_preview::{self, RulePreviewText};
use crate::rules;
use crate::secret_file;
use crate::statistics::Districts;

#[derive(Debug, Args)]
pub(super) struct RulesCommand {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say whether a rule pack is valid, or what is wrong in it and where.
    Check(Check),
    /// Count whom the rules of a file would give another colour, over the registry's snapshot of a data folder; changes nothing,
    /// and a node may be running there.
    Preview(Preview),
}

#[derive(Debug, Args)]
struct Check {
    /// The rule pack (TOML).
    file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Preview {
    /// The rule pack (TOML).
    file: PathBuf,
    #[command(flatten)]
    source: Source,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl RulesCommand {
    /// Exit code 2 when the rules are not valid.
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Action::Check(check) => check.run(),
            Action::Preview(preview) => preview.run(),
        }
    }
}

impl Check {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let text = read(&self.file)?;
        match RulePack::parse(&text) {
            Ok(rules) if self.json => {
                let (city, version) = (rules.city, &rules.version);
                println!("{:#}", json!({ "valid": true, "problems": [], "city": city, "version": version }));
            }
            Ok(rules) => {
                println!("{}: {} {} ({})", self.file.display(), rules.name.zh, rules.version, rules.city);
            }
            Err(error) => {
                // The city is whatever the file says: only what is wrong with the file itself is told here.
                let wrong = rule_preview::read(&text, 0).err().with_context(|| error.to_string())?;
                return tell(&self.file, &wrong, self.json);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Preview {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let config = self.source.load()?;
        // Its people are counted by its own rules of today.
        open::refuse_other_city(&config.store.data, config.city.code)?;
        let other = match rule_preview::read(&read(&self.file)?, config.city.code) {
            Ok(other) => other,
            Err(wrong) => return tell(&self.file, &wrong, self.json),
        };
        let registry = registry(&config)?;
        let districts = districts(&config.store.data)?;
        let part = (!config.registry.part.is_whole()).then(|| config.registry.part.to_string());
        let preview = rule_preview::count(&registry, &other, districts.as_ref(), part, SystemClock.now());
        if self.json {
            println!("{}", serde_json::to_string_pretty(&preview)?);
        } else {
            preview.lines().iter().for_each(|line| println!("{line}"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Prints what is wrong; the exit code for it.
fn tell(file: &Path, wrong: &RulePreviewText, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        println!("{}", serde_json::to_string_pretty(wrong)?);
    }
    for (line, key, zh, en) in wrong.mistakes() {
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        eprintln!("{}{line} {key}\n    {zh}\n    {en}", file.display());
    }
    Ok(ExitCode::from(2))
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// The people as the node wrote them down last.
fn registry(config: &Config) -> anyhow::Result<Registry> {
    let snapshot = snapshot_path(&config.store.data);
    if !snapshot.exists() {
        bail!(
            "there is no {}: a node writes it while it runs and when it stops (registry.snapshot_every_s); --data must be its data \
             folder",
            snapshot.display()
        );
    }
    let key = secret_file::read(&config.store.data.join("keys").join("status-index.key"))?;
    let key = key.try_into().map_err(|_| anyhow::anyhow!("keys/status-index.key must hold 32 bytes"))?;
    let rules = Arc::new(rules::load(&config.city.rules)?);
    Registry::read_snapshot(&snapshot, rules, key, config.registry.part, SystemClock.now())
}

/// Which community lies in which district; none where the city is on PostgreSQL.
fn districts(data: &Path) -> anyhow::Result<Option<Districts>> {
    if open::kept_kind(data)?.is_none_or(|kind| kind == open::POSTGRES) {
        return Ok(None);
    }
    let rows = SqliteStore::communities_of_file(&data.join("yimatong.db"));
    Ok(Some(rows.context("cannot read the communities")?.into_iter().collect()))
}
