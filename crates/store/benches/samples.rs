//! Durable samples in batches of 100 and of 500, ten people to a tube, in a round: through the store, and in a bare rusqlite
//! loop that writes the same rows with the same sync per batch, without reading or deciding anything. Prints one JSON line
//! for each size of batch.
//!
//! `cargo bench -p yimatong-store --bench samples [-- CALLERS SAMPLES]`.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use rusqlite::{Connection, OpenFlags, params};
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, Person};
use yimatong_model::sampling::{SampleSource, TubeSize};
use yimatong_store::{
    ImportPerson, Keyring, NewSample, SampleBatch, SampleOutcome, SampledPerson, SqliteOptions, SqliteStore,
    Store,
};

const ROUNDS: usize = 3;
const TUBE: u64 = 10;
const ROUND: u16 = 7;

fn now() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "a measuring command reads the clock")]
    Instant::now()
}

fn noon() -> Timestamp {
    "2022-01-05T04:00:00Z".parse().expect("invariant: the literal is a time")
}

/// The n-th of a million residents.
fn person(n: u64) -> ImportPerson {
    let birth = date(1920, 1, 1) + jiff::Span::new().days(i64::try_from(n / 900).unwrap_or(0));
    let body = format!("610102{:04}{:02}{:02}{:03}", birth.year(), birth.month(), birth.day(), 1 + n % 900);
    let digits = body.as_bytes().try_into().expect("invariant: 17 digits");
    let number = format!("{body}{}", char::from(check_digit(digits)));
    let document = Document::parse(DocumentKind::ResidentId, &number, date(2022, 1, 5))
        .expect("invariant: it is well formed");
    ImportPerson {
        person: Person {
            document,
            name: PersonName::parse("王建国").expect("invariant: the literal is a name"),
            phone: None,
            sex: None,
            birth_date: None,
            nationality: Nationality::CHN,
            community: None,
            household: None,
        },
        reasons: Vec::new(),
        results: Vec::new(),
        vaccination: None,
    }
}

/// The rows of a batch: each person once.
fn rows(people: &[PersonId], number: u64, size: u64) -> Vec<NewSample> {
    let row = |n: u64| NewSample {
        id: (u128::from(n) << 64 | u128::from(n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).to_be_bytes(),
        barcode: format!("ZZ2022-{:08}", n / TUBE).parse().expect("invariant: it is a barcode"),
        size: TubeSize::Ten,
        household: false,
        campaign: Some(ROUND),
        person: SampledPerson::Known(people[usize::try_from(n).expect("invariant: a small number")]),
        sampled: noon() - SignedDuration::from_millis(i64::try_from(n % 7_200_000).unwrap_or(0)),
        source: SampleSource::Code,
        undone: None,
    };
    (number * size..(number + 1) * size).map(row).collect()
}

/// A store with so many people; their ids are in no order, as in life.
async fn open(folder: &Path, people: u64) -> (Arc<dyn Store>, Vec<PersonId>) {
    #[allow(clippy::disallowed_methods, reason = "a measuring command makes keys")]
    let rng = SystemRandom::new();
    let (keys, _) = Keyring::open_or_create(&folder.join("keys"), &rng).expect("a fresh folder takes keys");
    let options = SqliteOptions::new(folder.join("store.sqlite"), now);
    let store =
        SqliteStore::open(&options, Arc::new(keys), Arc::new(rng)).expect("a fresh folder takes a store");
    let imported = store.import_people((0..people).map(person).collect(), noon()).await;
    (Arc::new(store), imported.expect("people are valid").people)
}

async fn through_store(
    store: &Arc<dyn Store>,
    people: &Arc<Vec<PersonId>>,
    callers: u64,
    size: u64,
) -> Duration {
    let batches = people.len() as u64 / size;
    let start = now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (store, people) = (Arc::clone(store), Arc::clone(people));
            tokio::spawn(async move {
                for number in (caller..batches).step_by(usize::try_from(callers).unwrap_or(1)) {
                    let rows = rows(&people, number, size);
                    let batch =
                        SampleBatch { device: [1; 16], point: SamplingPointId(1), staff: StaffId(1), rows };
                    let recorded = store.record_samples(batch, noon()).await.expect("samples are taken");
                    let good = |row: &SampleOutcome| matches!(row, SampleOutcome::Recorded(flags) if flags.is_empty());
                    assert!(recorded.rows.iter().all(good) && recorded.states.len() as u64 == size);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    start.elapsed()
}

fn bare(path: &Path, people: &[PersonId], size: u64) -> rusqlite::Result<Duration> {
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    let mut seq = 100;
    let start = now();
    for number in 0..people.len() as u64 / size {
        let tx = connection.transaction()?;
        for (at, row) in rows(people, number, size).iter().enumerate() {
            let SampledPerson::Known(person) = row.person else { continue };
            let (person, barcode, sampled_ms) =
                (person.as_i64(), row.barcode.as_str(), row.sampled.as_millisecond());
            if (at as u64).is_multiple_of(TUBE) {
                tx.prepare_cached(
                    "INSERT INTO tube (barcode, size, household, campaign, point_id, staff_id, device, opened_ms,
                                       people, flags, result_version)
                     VALUES (?1, 10, 0, ?2, 1, 1, ?3, ?4, 10, 0, 0)",
                )?
                .execute(params![barcode, ROUND, [1_u8; 16], sampled_ms])?;
            }
            tx.prepare_cached(
                "INSERT INTO tube_sample (barcode, sample_id, person_id, sampled_ms, source, staff_id)
                 VALUES (?1, ?2, ?3, ?4, 0, 1)",
            )?
            .execute(params![barcode, row.id, person, sampled_ms])?;
            tx.prepare_cached(
                "INSERT INTO sample (person_id, sampled_ms, sample_id, barcode, size, campaign, point_id)
                 VALUES (?1, ?2, ?3, ?4, 10, ?5, 1)",
            )?
            .execute(params![person, sampled_ms, row.id, barcode, ROUND])?;
            seq += 1;
            tx.prepare_cached("UPDATE person SET rounds = ?2, seq = ?3 WHERE person_id = ?1")?
                .execute(params![person, ROUND.to_le_bytes(), seq])?;
            tx.prepare_cached("INSERT INTO change (seq, person_id, at_ms) VALUES (?1, ?2, ?3)")?
                .execute(params![seq, person, sampled_ms])?;
        }
        tx.commit()?;
    }
    Ok(start.elapsed())
}

async fn compare(base: &Path, callers: u64, samples: u64, size: u64) {
    let (mut store_best, mut bare_best) = (f64::MIN, f64::MIN);
    let per_s = |took: Duration| (samples / size * size) as f64 / took.as_secs_f64();
    for _ in 0..ROUNDS {
        // Fresh stores on the same disk, the two ways in turn, the best of each: the machine is not ours alone.
        let folder = tempfile::tempdir_in(base).expect("the target folder takes a folder");
        let (store, people) = open(folder.path(), samples).await;
        let people = Arc::new(people);
        store_best = store_best.max(per_s(through_store(&store, &people, callers, size).await));
        store.close().await.expect("the store closes");
        let folder = tempfile::tempdir_in(base).expect("the target folder takes a folder");
        let (store, people) = open(folder.path(), samples).await;
        store.close().await.expect("the store closes");
        let took = bare(&folder.path().join("store.sqlite"), &people, size).expect("the bare loop runs");
        bare_best = bare_best.max(per_s(took));
    }
    println!(
        "{{\"bench\":\"samples\",\"callers\":{callers},\"samples\":{samples},\"rows_per_batch\":{size},\"store_per_s\":{store_best:.0},\"bare_per_s\":{bare_best:.0},\"ratio\":{:.2}}}",
        store_best / bare_best
    );
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let base = std::env::current_dir().expect("there is a current directory").join("target");
    let base = if base.is_dir() { base } else { std::env::temp_dir() };
    let callers = numbers.next().unwrap_or(8);
    let samples = numbers.next().unwrap_or(50_000);
    for size in [100, 500] {
        compare(&base, callers, samples, size).await;
    }
}
