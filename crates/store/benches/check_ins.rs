//! Durable check-ins in batches of 100: through the store, and in a bare rusqlite loop that makes the same inserts into
//! the same tables with the same sync per batch. Prints one JSON line; the ratio store / bare should be at least 0.5.
//!
//! `cargo bench -p yimatong-store --bench check_ins [-- CALLERS BATCHES]`. With `--bare BATCHES` only the bare loop
//! runs, once, and prints its rows per second: the yardstick of `yimatong bench check-ins`.

#[path = "shared/clock.rs"]
mod clock;
#[path = "shared/gate.rs"]
mod gate;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ring::rand::SystemRandom;
use rusqlite::{Connection, OpenFlags, params};
use yimatong_store::{Keyring, SqliteOptions, SqliteStore, Store};

use clock::{noon, now};
use gate::{BATCH, batch, venue};

const ROUNDS: usize = 3;

async fn open(folder: &Path) -> Arc<dyn Store> {
    #[allow(clippy::disallowed_methods, reason = "a measuring command makes keys")]
    let rng = SystemRandom::new();
    let (keys, _) = Keyring::open_or_create(&folder.join("keys"), &rng).expect("a fresh folder takes keys");
    let options = SqliteOptions::new(folder.join("store.sqlite"), now);
    let store =
        SqliteStore::open(&options, Arc::new(keys), Arc::new(rng)).expect("a fresh folder takes a store");
    store.import_venues(gate::venues()).await.expect("venues are valid");
    // The first check-in makes the day's tables, so that the bare loop finds them too.
    store.record_check_ins(venue(0), batch(1 << 40), noon()).await.expect("a venue takes check-ins");
    Arc::new(store)
}

async fn through_store(store: &Arc<dyn Store>, callers: u64, batches: u64) -> Duration {
    let start = now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for number in (caller..batches).step_by(callers as usize) {
                    store
                        .record_check_ins(venue(number), batch(number), noon())
                        .await
                        .expect("check-ins are taken");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    start.elapsed()
}

fn bare(path: &Path, batches: u64) -> rusqlite::Result<Duration> {
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    let start = now();
    for number in 0..batches {
        let tx = connection.transaction()?;
        {
            let mut venue_side = tx.prepare_cached(
                "INSERT INTO venue_check_in_20220105 (venue_id, check_in_id, at_ms, person_id, outcome, staff_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            let mut person_side = tx.prepare_cached(
                "INSERT INTO person_check_in_20220105 (person_id, at_ms, check_in_id, venue_id, outcome)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            let venue = venue(number).0;
            for row in batch(number) {
                let (at_ms, person) = (row.at.as_millisecond(), row.person.as_i64());
                venue_side.execute(params![venue, row.id, at_ms, person, row.outcome as u8, 1])?;
                person_side.execute(params![person, at_ms, row.id, venue, row.outcome as u8])?;
            }
        }
        tx.commit()?;
    }
    Ok(start.elapsed())
}

/// The bare loop over a fresh database, in rows per second.
async fn bare_per_s(base: &Path, batches: u64) -> f64 {
    let folder = tempfile::tempdir_in(base).expect("the target folder takes a folder");
    open(folder.path()).await.close().await.expect("the store closes");
    per_s(batches, bare(&folder.path().join("store.sqlite"), batches).expect("the bare loop runs"))
}

fn per_s(batches: u64, took: Duration) -> f64 {
    (batches * BATCH) as f64 / took.as_secs_f64()
}

async fn compare(base: &Path, callers: u64, batches: u64) {
    let (mut store_best, mut bare_best) = (f64::MIN, f64::MIN);
    for _ in 0..ROUNDS {
        // Fresh stores on the same disk, the two ways in turn, the best of each: the machine is not ours alone.
        let folder = tempfile::tempdir_in(base).expect("the target folder takes a folder");
        let store = open(folder.path()).await;
        store_best = store_best.max(per_s(batches, through_store(&store, callers, batches).await));
        store.close().await.expect("the store closes");
        bare_best = bare_best.max(bare_per_s(base, batches).await);
    }
    println!(
        "{{\"bench\":\"check_ins\",\"callers\":{callers},\"batches\":{batches},\"rows_per_batch\":{BATCH},\"store_per_s\":{store_best:.0},\"bare_per_s\":{bare_best:.0},\"ratio\":{:.2}}}",
        store_best / bare_best
    );
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let base = std::env::current_dir().expect("there is a current directory").join("target");
    let base = if base.is_dir() { base } else { std::env::temp_dir() };
    if std::env::args().any(|argument| argument == "--bare") {
        println!("{:.0}", bare_per_s(&base, numbers.next().unwrap_or(1_000)).await);
        return;
    }
    compare(&base, numbers.next().unwrap_or(8), numbers.next().unwrap_or(1_000)).await;
}
