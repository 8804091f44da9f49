//! `yimatong bench campaign`: counting and closing a round of testing of a whole city, while residents show their codes.
//!
//! A city is written by `yimatong demo-data`; the server (`campaign_city.rs`) holds it several times over, counts at its start, and
//! closes when told to. Showing is measured with wrk in turns of a second: before, while it closes, and after.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use serde::{Deserialize, Serialize};

use super::campaign_city::{RULES, START_CLOSING, START_REVERSING, STATE, XIAN_SIZE};
use super::child::Server;
use super::figure::{Figure, Limit, median};
use super::folder::Folder;
use super::http::Connection;
use super::serve::TOKENS;
use super::wrk::{self, Load};
use crate::cli::open;

const WRK_CORE: usize = 1;
const SHOW: &str = "/v1/code";
/// Residents who show their codes.
pub(super) const RESIDENTS: usize = 2_000;
/// Longest that closing or reversing may take before the measurement is given up, in turns of about a second.
const MOST_TURNS: usize = 600;

#[derive(Debug, Args)]
pub(super) struct CampaignBench {
    /// People in memory.
    #[arg(long, value_name = "N", default_value_t = XIAN_SIZE)]
    campaign_people: u32,
    /// People in the store; the others are copies of these. Whoever is given the reason is in the store.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    campaign_stored: u32,
    /// Keep the city in this folder and use it again; otherwise a temporary folder.
    #[arg(long, value_name = "DIR")]
    campaign_folder: Option<PathBuf>,
    /// Turns of a second for showing alone, before and after.
    #[arg(long, default_value_t = 10)]
    alone: usize,
    /// How long closing rests after each batch, in times of what the batch took.
    #[arg(long, default_value_t = 1.0)]
    rest: f64,
}

/// What the server has measured so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Measured {
    pub(super) people: u32,
    pub(super) bytes_per_person: f64,
    pub(super) prepare_s: f64,
    pub(super) preview_s: f64,
    pub(super) preview_tested_s: f64,
    pub(super) coverage_s: f64,
    pub(super) district_s: f64,
    pub(super) community_s: f64,
    pub(super) missed_s: f64,
    pub(super) rules_s: f64,
    pub(super) counted_s: f64,
    pub(super) closed_s: f64,
    pub(super) given: u32,
    pub(super) store_s: f64,
    pub(super) published_s: f64,
    pub(super) reversed_s: f64,
    /// Why the server gave up; empty while all is well.
    pub(super) failed: String,
}

impl CampaignBench {
    pub(super) fn run(self) -> anyhow::Result<Vec<Figure>> {
        let (city, _removed_afterwards) = match &self.campaign_folder {
            Some(kept) => (kept.clone(), None),
            None => {
                let folder = Folder::make(None, "campaign")?;
                (folder.path().join("city"), Some(folder))
            }
        };
        if open::kept_kind(&city)?.is_none() {
            self.generate(&city)?;
        }
        eprintln!("bench campaign: a server over {} people, counting at its start", self.campaign_people);
        let server = Server::of_campaign(&city, self.campaign_people, self.rest)?;
        let load = Load::tokens(server.file("").as_path(), &city.join(TOKENS))?;
        let turn = || wrk::load(WRK_CORE, server.address, SHOW, &load, 1).map(|seen| seen.per_s);
        turn()?;
        let mut alone = (0..self.alone).map(|_| turn()).collect::<anyhow::Result<Vec<f64>>>()?;
        let mut while_closing = Vec::new();
        ask(&server, START_CLOSING)?;
        let closed = until(
            &server,
            |state| state.published_s > 0.0,
            || {
                while_closing.push(turn()?);
                Ok(())
            },
        )?;
        // The turn in which it ended is neither.
        while_closing.pop();
        alone.extend((0..self.alone).map(|_| turn()).collect::<anyhow::Result<Vec<f64>>>()?);
        eprintln!("showing alone: {alone:.0?}; while closing: {while_closing:.0?}");
        ask(&server, START_REVERSING)?;
        let reversed = until(&server, |state| state.reversed_s > 0.0, || turn().map(drop))?;
        ensure!(closed.given > 0 && !while_closing.is_empty(), "nobody was given the reason: {closed:?}");
        Ok(figures(&reversed, mean(&alone), mean(&while_closing)))
    }

    fn generate(&self, city: &Path) -> anyhow::Result<()> {
        eprintln!(
            "bench campaign: writing a city of {} people into {}",
            self.campaign_stored,
            city.display()
        );
        let status = Command::new(std::env::current_exe()?)
            .arg("demo-data")
            .arg("--data")
            .arg(city)
            .args(["--people", &self.campaign_stored.to_string()])
            .envs(RULES)
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "the city could not be written");
        Ok(())
    }
}

/// The mean, and not the median: what stops showing for a moment has to count.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn ask(server: &Server, path: &str) -> anyhow::Result<Measured> {
    let answer = Connection::open(server.address)?.get(path, &[])?;
    ensure!(answer.status == 200, "{path} was answered {}", answer.status);
    serde_json::from_slice(&answer.body).context("the server told no figures")
}

/// Goes on until the server says so.
fn until(
    server: &Server,
    is_done: impl Fn(&Measured) -> bool,
    mut meanwhile: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Measured> {
    for _ in 0..MOST_TURNS {
        meanwhile()?;
        let state = ask(server, STATE)?;
        ensure!(state.failed.is_empty(), "{}", state.failed);
        if is_done(&state) {
            return Ok(state);
        }
    }
    bail!("gave up after {MOST_TURNS} turns")
}

fn figures(seen: &Measured, alone: f64, while_closing: f64) -> Vec<Figure> {
    let people = seen.people;
    let of = |what: &str| format!("{what}, {people} people");
    // The limits are those of a large city; a smaller one keeps them easily.
    let at_most =
        |what: &str, seconds: f64, limit: f64| Figure::new(of(what), seconds, "s", Limit::AtMost(limit));
    let told = |what: &str, measured: f64, unit| Figure::new(of(what), measured, unit, Limit::None);
    let most_bytes = if people >= XIAN_SIZE { Limit::AtMost(2e9 / f64::from(people)) } else { Limit::None };
    let whole = format!("campaign: everybody decided, {} given the reason", seen.given);
    vec![
        Figure::new(of("campaign: registry"), seen.bytes_per_person, "B/person", most_bytes),
        told("campaign: documents, windows and declarations prepared", seen.prepare_s, "s"),
        at_most("campaign: preview", seen.prepare_s + seen.preview_s, 10.0),
        at_most(
            "campaign: preview, who was tested in 24 h is exempt",
            seen.prepare_s + seen.preview_tested_s,
            10.0,
        ),
        at_most("campaign: coverage of the city", seen.coverage_s, 1.0),
        at_most("campaign: coverage of the largest district, with households", seen.district_s, 1.0),
        at_most("campaign: coverage of a community by household", seen.community_s, 1.0),
        at_most("campaign: a page of who is missed", seen.missed_s, 1.0),
        told("campaign: other rules compared", seen.rules_s, "s"),
        told("campaign: closing counted", seen.counted_s, "s"),
        at_most(&whole, seen.closed_s, 60.0),
        told("campaign: of that in the store", seen.store_s, "s"),
        at_most("campaign: status lists current after the last of them", seen.published_s, 10.0),
        Figure::new(
            of("campaign: show while closing / alone"),
            while_closing / alone,
            "ratio",
            Limit::AtLeast(0.8),
        ),
        told("campaign: show alone", alone, "per s"),
        told("campaign: show while closing", while_closing, "per s"),
        told("campaign: reversed as a whole", seen.reversed_s, "s"),
    ]
}

/// The middle of some timings.
pub(super) fn middle(timings: Vec<f64>) -> f64 {
    median(timings)
}
