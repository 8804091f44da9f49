//! `yimatong bench samples`: durable samples through the HTTP API, in batches of 500 from several devices, of which every
//! fourth is sent twice; and what is there after a kill -9 in the middle of a round.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, anyhow, bail, ensure};
use clap::Args;
use serde_json::Value;

use super::child::Server;
use super::figure::{Figure, Limit, median};
use super::http::Connection;
use super::started::Started;
use super::table_batch::{Batch, POOL, ROWS, Table, count, reaches};
use crate::clock::{Clock as _, SystemClock, monotonic};

/// People of the city: each is sampled once a round.
const PEOPLE: u32 = 100_000;
/// Rounds that are measured; one more is killed in the middle.
const ROUNDS: usize = 3;
/// Wanted: seven times the peak of a city of 14 million.
const LIMIT: Limit = Limit::AtLeast(5_000.0);
/// Every so manieth batch is sent twice.
const TWICE: usize = 4;
/// Tubes that are read one by one after the kill.
const TUBES_READ: usize = 200;

#[derive(Debug, Args)]
pub(super) struct Samples {
    /// Keep-alive connections, each of a device with one batch of 500 under way.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Batches in a round.
    #[arg(long, default_value_t = 200)]
    batches: usize,
}

/// What became of a round that was killed.
#[derive(Debug, Default)]
struct Book {
    acknowledged: Vec<Batch>,
    unanswered: Vec<Batch>,
}

impl Default for Samples {
    fn default() -> Self {
        Self { connections: 8, batches: 200 }
    }
}

impl Samples {
    pub(super) fn run(self) -> anyhow::Result<Vec<Figure>> {
        ensure!((1..=64).contains(&self.connections), "--connections must be 1 to 64");
        ensure!((2..=PEOPLE as usize / ROWS).contains(&self.batches), "--batches must be 2 to 200");
        eprintln!("bench samples: a city of {PEOPLE}");
        let server = Server::start("samples", None, PEOPLE, 1)?;
        let table = Table::of(&server)?;
        let mut per_s = Vec::new();
        for round in 1..=ROUNDS {
            let hands = table.round(round, self.batches, self.connections, SystemClock.now());
            let started = monotonic();
            each(server.address, hands, |connection, hand| send_all(connection, &hand))?;
            per_s.push((self.batches * ROWS) as f64 / started.elapsed().as_secs_f64());
        }
        let (kept, lost) = self.killed(&server, &table)?;
        Ok(vec![
            Figure::new(
                "durable samples, batches of 500, every fourth sent twice",
                median(per_s),
                "per s",
                LIMIT,
            ),
            Figure::new("samples acknowledged before kill -9", kept as f64, "rows", Limit::None),
            Figure::new(
                "of these lost, doubled or half there after it",
                lost as f64,
                "rows",
                Limit::AtMost(0.0),
            ),
        ])
    }

    /// One round more, with a kill -9 when half of it was acknowledged. Answers how many rows were acknowledged before, and how
    /// many rows are not there exactly once afterwards.
    fn killed(&self, server: &Server, table: &Table) -> anyhow::Result<(usize, usize)> {
        let hands = table.round(ROUNDS + 1, self.batches, self.connections, SystemClock.now());
        let (answered, book) = (AtomicUsize::new(0), Mutex::new(Book::default()));
        each(server.address, hands, |mut connection, hand| {
            for batch in hand {
                let answer = connection.send(&batch.request);
                let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
                match answer {
                    Ok(answer) if answer.status == 200 => book.acknowledged.push(batch),
                    _ => book.unanswered.push(batch),
                }
                drop(book);
                if reaches(&answered, self.batches / 2) {
                    kill(server.id())?;
                }
            }
            Ok(())
        })?;
        let book = book.into_inner().unwrap_or_else(PoisonError::into_inner);
        let kept = book.acknowledged.len() * ROWS;
        ensure!(!book.unanswered.is_empty(), "the round was over before the kill");
        let again = Started::server(server.path(), &[])?;
        let wrong = compare(again.address(), &book, &table.headers)?;
        again.stop()?;
        let last = Started::server(server.path(), &[])?;
        let expected = (ROUNDS + 1) * self.batches * ROWS;
        let wrong = wrong + counted(last.address(), &table.headers)?.abs_diff(expected);
        last.stop()?;
        Ok((kept, wrong))
    }
}

/// Sends to each connection what is its own, at the same time.
fn each(
    address: SocketAddr,
    hands: Vec<Vec<Batch>>,
    work: impl Fn(Connection, Vec<Batch>) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<()> {
    let connect = |_: &Vec<Batch>| Connection::open(address);
    let connections = hands.iter().map(connect).collect::<anyhow::Result<Vec<_>>>()?;
    let work = &work;
    thread::scope(|scope| {
        let senders: Vec<_> = connections
            .into_iter()
            .zip(hands)
            .map(|(connection, hand)| scope.spawn(move || work(connection, hand)))
            .collect();
        senders.into_iter().try_for_each(|sender| sender.join().map_err(|_| anyhow!("a sender panicked"))?)
    })
}

/// Every row has to be recorded, and what is sent again a duplicate.
fn send_all(mut connection: Connection, hand: &[Batch]) -> anyhow::Result<()> {
    for (place, batch) in hand.iter().enumerate() {
        let again = (place % TWICE == 0).then_some("duplicate");
        for status in [Some("recorded"), again].into_iter().flatten() {
            let answer = connection.send(&batch.request).context("a batch was not answered")?;
            let counted = count(&answer, status);
            ensure!(
                answer.status == 200 && counted == ROWS,
                "only {counted} of {ROWS} rows were {status}: {} {}",
                answer.status,
                String::from_utf8_lossy(&answer.body[..answer.body.len().min(1_000)])
            );
        }
    }
    Ok(())
}

fn kill(process: u32) -> anyhow::Result<()> {
    let killed = Command::new("kill").args(["-KILL", &process.to_string()]).status()?;
    ensure!(killed.success(), "the server was gone already");
    Ok(())
}

/// Sends everything again to the server that was started anew; answers how many rows are not there exactly once.
fn compare(address: SocketAddr, book: &Book, headers: &[String]) -> anyhow::Result<usize> {
    let mut connection = Connection::open(address)?;
    let mut wrong = 0;
    for batch in &book.acknowledged {
        wrong += ROWS - count(&connection.send(&batch.request)?, "duplicate");
    }
    for batch in &book.unanswered {
        let answer = connection.send(&batch.request)?;
        // A batch without an answer is there whole, or not at all.
        let (recorded, duplicate) = (count(&answer, "recorded"), count(&answer, "duplicate"));
        wrong += ROWS - recorded.max(duplicate);
    }
    let tubes = book.acknowledged.iter().chain(&book.unanswered).flat_map(|batch| &batch.tubes);
    let tubes: Vec<&String> = tubes.collect();
    for tube in tubes.iter().step_by((tubes.len() / TUBES_READ).max(1)) {
        let file = read(&mut connection, &format!("/v1/tubes/{tube}?purpose=count"), headers)?;
        let samples = file["samples"].as_array().map_or(0, Vec::len);
        wrong += samples.abs_diff(POOL);
    }
    Ok(wrong)
}

/// How many samples the points have counted, which a server reads when it starts.
fn counted(address: SocketAddr, headers: &[String]) -> anyhow::Result<usize> {
    let points = read(&mut Connection::open(address)?, "/v1/sampling-points?limit=200", headers)?;
    let items = points["items"].as_array().context("no sampling points")?;
    let people: u64 = items.iter().filter_map(|point| point["peopleToday"].as_u64()).sum();
    Ok(usize::try_from(people)?)
}

fn read(connection: &mut Connection, path: &str, headers: &[String]) -> anyhow::Result<Value> {
    let answer = connection.get(path, headers)?;
    if answer.status != 200 {
        bail!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    Ok(serde_json::from_slice(&answer.body)?)
}
