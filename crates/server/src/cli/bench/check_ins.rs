//! `yimatong bench check-ins`: durable check-ins through the HTTP API, against a bare SQLite loop that makes the
//! same inserts with the same sync per batch. Both begin with an empty day in a fresh database each round.

use std::path::PathBuf;
use std::thread;

use anyhow::{Context as _, anyhow, ensure};
use clap::Args;

use super::bare;
use super::child::Server;
use super::figure::{Figure, Limit, median};
use super::gate_batch::{Gate, ROWS};
use super::http::Connection;
use crate::clock::{Clock as _, SystemClock, monotonic};
use crate::random;

const ROUNDS: usize = 5;
const PEOPLE: u32 = 20_000;

#[derive(Debug, Args)]
pub(super) struct CheckIns {
    /// Keep-alive connections, each with one batch of 100 under way.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Batches in a round.
    #[arg(long, default_value_t = 1_500)]
    batches: usize,
    /// The executable of the store's bench `check_ins`, which has the bare loop. No ratio without.
    #[arg(long, value_name = "PROGRAM")]
    bare: Option<PathBuf>,
}

impl CheckIns {
    pub(super) fn run(self) -> anyhow::Result<Vec<Figure>> {
        ensure!((1..=256).contains(&self.connections), "--connections must be 1 to 256");
        let (mut api, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let ours = self.through_api()?;
            api.push(ours);
            let Some(program) = &self.bare else { continue };
            let yardstick = bare::rows_per_s(program, self.batches)?;
            eprintln!("check-ins: {ours:.0} rows/s through the API, {yardstick:.0} in the bare loop");
            ratios.push(ours / yardstick);
            bare.push(yardstick);
        }
        let mut figures = vec![Figure::new("durable check-ins", median(api), "rows/s", Limit::None)];
        if !bare.is_empty() {
            figures.push(Figure::new("check-ins, bare loop", median(bare), "rows/s", Limit::None));
            let limit = Limit::AtLeast(0.5);
            figures.push(Figure::new("durable check-ins / bare loop", median(ratios), "ratio", limit));
        }
        Ok(figures)
    }

    /// Rows per second of one round over a fresh city.
    fn through_api(&self) -> anyhow::Result<f64> {
        let server = Server::start("check-ins", None, PEOPLE, 1)?;
        let requests = self.requests(&Gate::of(&server)?);
        let connect = |_| Connection::open(server.address);
        let connections = (0..self.connections).map(connect).collect::<anyhow::Result<Vec<_>>>()?;
        let started = monotonic();
        thread::scope(|scope| {
            let senders: Vec<_> = connections
                .into_iter()
                .zip(requests)
                .map(|(connection, requests)| scope.spawn(move || send_all(connection, &requests)))
                .collect();
            senders
                .into_iter()
                .try_for_each(|sender| sender.join().map_err(|_| anyhow!("a sender panicked"))?)
        })?;
        Ok((self.batches * ROWS) as f64 / started.elapsed().as_secs_f64())
    }

    /// All requests, made before the clock runs, dealt out to the connections.
    fn requests(&self, gate: &Gate) -> Vec<Vec<Vec<u8>>> {
        let (now, random) = (SystemClock.now(), random::system());
        let mut hands: Vec<Vec<Vec<u8>>> = (0..self.connections).map(|_| Vec::new()).collect();
        for number in 0..self.batches {
            hands[number % self.connections].push(gate.request(number, now, &*random));
        }
        hands
    }
}

/// Sends batch after batch; every row has to be recorded.
fn send_all(mut connection: Connection, requests: &[Vec<u8>]) -> anyhow::Result<()> {
    const RECORDED: &[u8] = br#""status":"recorded""#;
    for request in requests {
        let answer = connection.send(request).context("a batch was not answered")?;
        let recorded = answer.body.windows(RECORDED.len()).filter(|part| *part == RECORDED).count();
        ensure!(
            answer.status == 200 && recorded == ROWS,
            "only {recorded} of {ROWS} rows were recorded: {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
    }
    Ok(())
}
