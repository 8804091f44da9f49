//! `yimatong bench labs`: everybody is sampled in tubes of ten, once a round, then the labs post the results of all tubes through
//! the HTTP API, a thousand a call. How many tubes a second, and how long after the last answer registry and published status
//! lists know of everybody in the tube posted last.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, ensure};
use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::child::Server;
use super::figure::{Figure, Limit};
use super::http::{Answer, Connection, request};
use super::last_tube::{LAST_TUBE, LastTube};
use super::serve::LAB_TOKEN;
use super::table_batch::{POOL, ROWS, Table, count, tube};
use crate::clock::{Clock as _, SystemClock, monotonic};

/// Tubes of a call, the most there may be.
const TUBES: usize = 1_000;
/// One tube in so many is positive, in each round another one; the first one is in the last round, and it is posted last.
const POSITIVE: usize = 500;
/// People who have a code, and so an entry in a status list; they stand first in the city.
const RESIDENTS: usize = 2_000;
/// A call that is refused is sent again so often, as a lab would.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(500);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Wanted: from the last post until registry and status lists are current.
const LIMIT_S: f64 = 60.0;

#[derive(Debug, Args)]
pub(super) struct Labs {
    /// Tubes of ten people in a round, a multiple of 1,000; everybody is in one of them.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    lab_tubes: usize,
    /// Rounds, a day from one to the next.
    #[arg(long, value_name = "N", default_value_t = 1)]
    lab_rounds: usize,
    /// Labs that post at the same time.
    #[arg(long, default_value_t = 4)]
    labs: usize,
    /// Devices that tell the samples before, each with one batch of 500 under way.
    #[arg(long, default_value_t = 8)]
    devices: usize,
}

/// What the posting came to.
#[derive(Debug, Default)]
struct Posted {
    seconds: f64,
    refused: usize,
    /// Of each call, tries included, in seconds.
    calls_s: Vec<f64>,
}

impl Labs {
    pub(super) fn run(self) -> anyhow::Result<Vec<Figure>> {
        ensure!((1..=64).contains(&self.labs) && (1..=64).contains(&self.devices), "1 to 64 at a time");
        let tubes = self.lab_tubes;
        ensure!((1..=10).contains(&self.lab_rounds), "--lab-rounds must be 1 to 10");
        ensure!(tubes > 0 && tubes.is_multiple_of(TUBES), "--lab-tubes must be {TUBES} or a multiple of it");
        let people = u32::try_from(tubes * POOL).context("--lab-tubes is too large")?;
        eprintln!("bench labs: a city of {people}");
        let now = SystemClock.now();
        let server = Server::start("labs", None, people, RESIDENTS)?;
        let sampled_s = self.sample(&server, now)?;
        let mut posted = self.post(&server, now)?;
        let current_s = until_current(&server)?;
        posted.calls_s.sort_by(f64::total_cmp);
        let slowest = posted.calls_s.last().copied().unwrap_or(f64::NAN);
        let tubes = tubes * self.lab_rounds;
        let of = |what: &str| format!("labs: {what}, {tubes} tubes of ten");
        let told = |what: &str, measured: f64, unit| Figure::new(of(what), measured, unit, Limit::None);
        Ok(vec![
            told("samples before it", (tubes * POOL) as f64 / sampled_s, "per s"),
            told("tubes posted", tubes as f64 / posted.seconds, "per s"),
            told("all of them", posted.seconds, "s"),
            told("slowest call of 1,000 tubes", slowest, "s"),
            told("calls refused and sent again", posted.refused as f64, ""),
            Figure::new(
                of("registry and status list current after the last"),
                current_s,
                "s",
                Limit::AtMost(LIMIT_S),
            ),
        ])
    }

    /// Tells the samples of everybody; answers how long it took.
    fn sample(&self, server: &Server, now: Timestamp) -> anyhow::Result<f64> {
        let table = Table::of(server)?;
        let (batches, started) = (self.lab_tubes * POOL / ROWS, monotonic());
        let progress = Progress::of("samples", batches * self.lab_rounds);
        at_once(self.devices, |device| {
            let mut connection = Connection::open(server.address)?;
            for round in 1..=self.lab_rounds {
                let taken = self.moment(round, now) - SignedDuration::from_hours(3);
                for number in (device..batches).step_by(self.devices) {
                    let batch = table.batch(round, number, device, taken);
                    send(&mut connection, &batch.request, ROWS)?;
                    progress.tell();
                }
            }
            Ok(())
        })?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// When the labs report a round.
    fn moment(&self, round: usize, now: Timestamp) -> Timestamp {
        let days = i64::try_from(self.lab_rounds - round).unwrap_or(i64::MAX);
        now - SignedDuration::from_hours(24 * days)
    }

    /// Posts all tubes, round after round, those of the first people last.
    fn post(&self, server: &Server, now: Timestamp) -> anyhow::Result<Posted> {
        let token = server.lines(LAB_TOKEN)?.concat();
        let headers = [format!("authorization: Bearer {token}")];
        let (a_round, started) = (self.lab_tubes / TUBES, monotonic());
        let calls = a_round * self.lab_rounds;
        let (next, progress) = (AtomicUsize::new(0), Progress::of("tubes", calls));
        let posted = Mutex::new(Posted::default());
        let call = |connection: &mut Connection, number: usize| {
            let round = 1 + number / a_round;
            let offset = self.lab_rounds - round;
            let first = (a_round - 1 - number % a_round) * TUBES;
            let before = monotonic();
            let request = results(&headers, round, first, offset, self.moment(round, now));
            let refused = send(connection, &request, TUBES)?;
            let mut posted = posted.lock().unwrap_or_else(PoisonError::into_inner);
            posted.refused += refused;
            posted.calls_s.push(before.elapsed().as_secs_f64());
            drop(posted);
            progress.tell();
            anyhow::Ok(())
        };
        // The last call holds the tube that is looked for, so it waits until all others are answered.
        at_once(self.labs, |_| {
            let mut connection = Connection::open(server.address)?;
            loop {
                let number = next.fetch_add(1, Ordering::AcqRel);
                if number + 1 >= calls {
                    return Ok(());
                }
                call(&mut connection, number)?;
            }
        })?;
        let mut connection = Connection::open(server.address)?;
        ensure!(!last_tube(&mut connection)?.is_current(), "the people of the last tube were yellow before");
        call(&mut connection, calls - 1)?;
        let mut posted = posted.into_inner().unwrap_or_else(PoisonError::into_inner);
        posted.seconds = started.elapsed().as_secs_f64();
        Ok(posted)
    }
}

/// Tells how far something is, twenty times.
struct Progress {
    what: &'static str,
    all: usize,
    done: AtomicUsize,
    started: Instant,
}

impl Progress {
    fn of(what: &'static str, all: usize) -> Self {
        Self { what, all, done: AtomicUsize::new(0), started: monotonic() }
    }

    fn tell(&self) {
        let done = self.done.fetch_add(1, Ordering::AcqRel) + 1;
        if done.is_multiple_of((self.all / 20).max(1)) {
            let (share, seconds) = (100 * done / self.all, self.started.elapsed().as_secs());
            eprintln!("bench labs: {} {share} % after {seconds} s", self.what);
        }
    }
}

fn at_once(threads: usize, work: impl Fn(usize) -> anyhow::Result<()> + Sync) -> anyhow::Result<()> {
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|number| scope.spawn(move || work(number))).collect();
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("a sender panicked"))?)
    })
}

/// A call of a round: a thousand tubes from the first on, reported at a moment.
fn results(headers: &[String], round: usize, first: usize, offset: usize, reported: Timestamp) -> Vec<u8> {
    let received = reported - SignedDuration::from_hours(1);
    let row = |n: usize| {
        let outcome = if (n + offset).is_multiple_of(POSITIVE) { "positive" } else { "negative" };
        let id = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) & 0xFFFF_FFFF_FFFF;
        format!(
            r#"{{"id":"{n:08x}-0000-4000-9{round:03x}-{id:012x}","tube":"{}","outcome":"{outcome}","method":"naat","received":"{received:.3}","reported":"{reported:.3}","institution":"金域检测"}}"#,
            tube(round, n * POOL)
        )
    };
    // The first tube stands last: what is published before the answer is not what is measured.
    let rows: Vec<String> = (first..first + TUBES).rev().map(row).collect();
    let body = format!(r#"{{"results":[{}]}}"#, rows.join(","));
    request("POST", "/v1/tube-results", headers, body.as_bytes())
}

/// Sends a batch until it is taken whole; answers how often it was refused before.
fn send(connection: &mut Connection, request: &[u8], rows: usize) -> anyhow::Result<usize> {
    for refused in 0..TRIES {
        let answer = connection.send(request).context("a batch was not answered")?;
        if matches!(answer.status, 429 | 503) {
            pause(PAUSE);
            continue;
        }
        let taken = count(&answer, "recorded") + count(&answer, "duplicate");
        ensure!(answer.status == 200 && taken == rows, "{}", said(&answer));
        return Ok(refused);
    }
    Err(anyhow!("a batch was refused {TRIES} times"))
}

#[allow(clippy::disallowed_methods, reason = "nothing tells a client when it may come again")]
fn pause(time: Duration) {
    thread::sleep(time);
}

fn said(answer: &Answer) -> String {
    let body = &answer.body[..answer.body.len().min(1_000)];
    format!("{} {}", answer.status, String::from_utf8_lossy(body))
}

fn last_tube(connection: &mut Connection) -> anyhow::Result<LastTube> {
    let seen: LastTube = serde_json::from_slice(&connection.get(LAST_TUBE, &[])?.body)?;
    ensure!(seen.has_codes(), "nobody in the last tube has a code: {seen:?}");
    Ok(seen)
}

/// Waits until the people of the tube that was posted last are yellow everywhere; answers how long that took.
fn until_current(server: &Server) -> anyhow::Result<f64> {
    let (started, mut connection) = (monotonic(), Connection::open(server.address)?);
    loop {
        let seen = last_tube(&mut connection)?;
        let seconds = started.elapsed().as_secs_f64();
        if seen.is_current() {
            return Ok(seconds);
        }
        ensure!(seconds < 2.0 * LIMIT_S, "they are not: {seen:?}");
        pause(LOOK_EVERY);
    }
}
