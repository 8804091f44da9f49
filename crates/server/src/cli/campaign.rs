//! `yimatong campaign`: reads a campaign's document without a server, for whoever writes one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;
use yimatong_model::campaign::{Campaign, CampaignProblem};

use super::campaign_contents::Contents;
use super::campaign_preview::Preview;

#[derive(Debug, Args)]
pub(super) struct CampaignCommand {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say what a document contains, or everything that is wrong in it, in Chinese and English.
    Check(Check),
    /// Count who would be in it, by area, district and community, in a synthetic city.
    Preview(Preview),
}

#[derive(Debug, Args)]
struct Check {
    /// The document (TOML or JSON), such as campaigns/zhengzhou-2022-01-05.toml.
    file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl CampaignCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Action::Check(check) => check.run(),
            Action::Preview(preview) => preview.run(),
        }
    }
}

impl Check {
    fn run(&self) -> anyhow::Result<ExitCode> {
        let campaign = match read(&self.file)? {
            Ok(campaign) => campaign,
            Err(problems) => return Ok(tell(&self.file, &problems, self.json)),
        };
        let contents = Contents::of(&campaign);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&contents)?);
        } else {
            contents.print();
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The campaign of a file, or what is wrong in it.
pub(super) fn read(file: &Path) -> anyhow::Result<Result<Campaign, Vec<CampaignProblem>>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Campaign::parse(&text))
}

/// Prints what is wrong; the exit code for it.
pub(super) fn tell(file: &Path, problems: &[CampaignProblem], json: bool) -> ExitCode {
    if json {
        let rows: Vec<_> = problems
            .iter()
            .map(|problem| {
                let text = &problem.text;
                json!({ "line": problem.line, "key": problem.key, "zh": text.zh, "en": text.en })
            })
            .collect();
        println!("{:#}", json!({ "valid": false, "problems": rows }));
        return ExitCode::from(2);
    }
    for problem in problems {
        let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        eprintln!("{}{line} {}", file.display(), problem.key);
        eprintln!("    {}", problem.text.zh);
        eprintln!("    {}", problem.text.en);
    }
    eprintln!("共 {0} 处需要修改；{0} to mend", problems.len());
    ExitCode::from(2)
}
