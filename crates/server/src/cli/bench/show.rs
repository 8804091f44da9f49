//! `yimatong bench show`: showing a code, against an answer of the same size that costs nothing to make.
//!
//! The server runs on core 0 and wrk on core 1. Server routes and yardsticks take turns; a ratio is the median of
//! the ratios within the rounds, so that another program on the machine slows both. The processor time per request
//! is told too: other programs disturb it least.

use std::collections::BTreeMap;

use anyhow::{bail, ensure};
use clap::Args;

use super::child::Server;
use super::figure::{Figure, Limit, median};
use super::fixed::{CODE, NOT_MODIFIED};
use super::http::{Answer, Connection};
use super::serve::TOKENS;
use super::wrk::{self, Load, Seen};

const SERVER_CORE: usize = 0;
const WRK_CORE: usize = 1;
const PEOPLE: u32 = 20_000;
const SHOW: &str = "/v1/code";
/// Verbs that the server calls by the clock and not for a request (`jobs.rs`).
const JOBS: [&str; 14] = [
    "changes_since",
    "feed_epoch",
    "staff_changes_since",
    "operations",
    "room",
    "campaign_marks",
    "database_time",
    "take_lease",
    "list_staff",
    "list_communities",
    "list_sampling_points",
    "sampling_point_loads",
    "purge_expired",
    "drop_check_ins_before",
];

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Turns of each route; many short ones, so that a busy moment of the machine meets both routes of a pair.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Seconds of each turn.
    #[arg(long, default_value_t = 1)]
    seconds: u32,
    /// Residents in the measurement with many.
    #[arg(long, default_value_t = 2_000)]
    residents: usize,
}

/// A server route and its yardstick under one load.
struct Pair {
    what: &'static str,
    limit: Limit,
    ours: &'static str,
    yardstick: &'static str,
    load: Load,
    seen: Vec<(Turn, Turn)>,
}

/// One turn of one route.
#[derive(Debug, Clone, Copy)]
struct Turn {
    seen: Seen,
    /// Processor time of the server per request, in microseconds.
    busy_us: f64,
}

fn take_turn(server: &Server, path: &str, load: &Load, seconds: u32) -> anyhow::Result<Turn> {
    let before_s = server.busy_s()?;
    let seen = wrk::load(WRK_CORE, server.address, path, load, seconds)?;
    let busy_s = server.busy_s()? - before_s;
    Ok(Turn { seen, busy_us: busy_s * 1e6 / seen.requests })
}

impl Pair {
    fn new(
        what: &'static str,
        limit: Limit,
        ours: &'static str,
        yardstick: &'static str,
        load: Load,
    ) -> Self {
        Self { what, limit, ours, yardstick, load, seen: Vec::new() }
    }

    fn turn(&mut self, server: &Server, seconds: u32) -> anyhow::Result<()> {
        let turn = |path| take_turn(server, path, &self.load, seconds);
        let (ours, fixed) = (turn(self.ours)?, turn(self.yardstick)?);
        let rates = (ours.seen.per_s, fixed.seen.per_s);
        let (what, busy) = (self.what, (ours.busy_us, fixed.busy_us));
        eprintln!("{what}: {:.0} of {:.0} requests/s, {:.2} of {:.2} us", rates.0, rates.1, busy.0, busy.1);
        self.seen.push((ours, fixed));
        Ok(())
    }

    fn median(&self, of: impl Fn(&(Turn, Turn)) -> f64) -> f64 {
        median(self.seen.iter().map(of).collect())
    }

    fn figures(&self) -> Vec<Figure> {
        let what = self.what;
        let told = |name: String, measured, unit| Figure::new(name, measured, unit, Limit::None);
        let ratio = |(ours, fixed): &(Turn, Turn)| ours.seen.per_s / fixed.seen.per_s;
        let by_time = |(ours, fixed): &(Turn, Turn)| fixed.busy_us / ours.busy_us;
        vec![
            Figure::new(format!("{what} / fixed answer"), self.median(ratio), "ratio", self.limit),
            told(format!("{what} / fixed answer, by processor time"), self.median(by_time), "ratio"),
            told(what.to_owned(), self.median(|(ours, _)| ours.seen.per_s), "per s"),
            told(format!("fixed answer beside {what}"), self.median(|(_, fixed)| fixed.seen.per_s), "per s"),
            told(format!("{what}, p99"), self.median(|(ours, _)| ours.seen.p99_ms), "ms"),
        ]
    }
}

impl Show {
    pub(super) fn run(self) -> anyhow::Result<Vec<Figure>> {
        eprintln!("bench show: a city of {PEOPLE}, {} of them signed in", self.residents);
        let server = Server::start("show", Some(SERVER_CORE), PEOPLE, self.residents)?;
        let mut pairs = pairs(&server)?;
        for pair in &mut pairs {
            pair.turn(&server, 1)?;
            pair.seen.clear();
        }
        let before = server.store_calls()?;
        for _ in 0..self.rounds {
            for pair in &mut pairs {
                pair.turn(&server, self.seconds)?;
            }
        }
        let calls = calls_between(&before, &server.store_calls()?);
        ensure_same_answers(&server, &pairs)?;
        let mut figures: Vec<Figure> = pairs.iter().flat_map(Pair::figures).collect();
        let (not_modified, show) = (&pairs[1], &pairs[0]);
        let of_code =
            not_modified.median(|turns| turns.0.seen.per_s) / show.median(|turns| turns.1.seen.per_s);
        figures.push(Figure::new("show, not modified / fixed body of a code", of_code, "ratio", Limit::None));
        figures.push(Figure::new(
            "store round trips of all displays",
            calls as f64,
            "calls",
            Limit::AtMost(0.0),
        ));
        Ok(figures)
    }
}

/// The three pairs that take turns.
fn pairs(server: &Server) -> anyhow::Result<[Pair; 3]> {
    let tokens = server.lines(TOKENS)?;
    let Some(token) = tokens.first() else { bail!("nobody is signed in") };
    let headers = |tag: &str| vec![format!("Authorization: Bearer {token}"), format!("If-None-Match: {tag}")];
    let miss = headers("\"none\"");
    let answer = Connection::open(server.address)?.get(SHOW, &miss)?;
    let Some(tag) = answer.header("etag") else { bail!("the code has no entity tag: {answer:?}") };
    let tokens = Load::tokens(server.file("").as_path(), &server.file(TOKENS))?;
    Ok([
        Pair::new("show", Limit::AtLeast(0.75), SHOW, CODE, Load::Same(miss)),
        Pair::new("show, not modified", Limit::AtLeast(0.9), SHOW, NOT_MODIFIED, Load::Same(headers(tag))),
        Pair::new("show, many residents", Limit::AtLeast(0.75), SHOW, CODE, tokens),
    ])
}

/// A ratio means something only if both routes of a pair answer alike.
fn ensure_same_answers(server: &Server, pairs: &[Pair]) -> anyhow::Result<()> {
    for pair in pairs {
        let Load::Same(headers) = &pair.load else { continue };
        let mut connection = Connection::open(server.address)?;
        let ours = connection.get(pair.ours, headers)?;
        let fixed = connection.get(pair.yardstick, headers)?;
        ensure!(ours.status == fixed.status, "{}: {} and {}", pair.what, ours.status, fixed.status);
        ensure!(shape(&ours) == shape(&fixed), "{}: {ours:?} is not like {fixed:?}", pair.what);
    }
    Ok(())
}

/// Body size and sorted headers, without the date.
fn shape(answer: &Answer) -> (usize, Vec<(&str, &str)>) {
    let headers = answer.headers.iter().filter(|(name, _)| name != "date");
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    headers.sort_unstable();
    (answer.body.len(), headers)
}

/// Calls of the store's verbs, those of the jobs left out.
fn calls_between(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> u64 {
    let since = |verb: &str, calls: u64| calls - before.get(verb).copied().unwrap_or(0);
    let (jobs, requests): (Vec<_>, Vec<_>) = after
        .iter()
        .map(|(verb, calls)| (verb.as_str(), since(verb, *calls)))
        .filter(|(_, calls)| *calls > 0)
        .partition(|(verb, _)| JOBS.contains(verb));
    eprintln!("store calls by requests: {requests:?}; by the jobs of the clock, left out: {jobs:?}");
    requests.iter().map(|(_, calls)| *calls).sum()
}
