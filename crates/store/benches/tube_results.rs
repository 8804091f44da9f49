//! Results of tubes of ten: posted in batches by several callers at once, one tube in 500 positive. The samples are recorded
//! before the clock runs. Prints one JSON line.
//!
//! `cargo bench -p yimatong-store --bench tube_results [-- TUBES [CALLERS [BATCH]] [postgres]]`

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use jiff::{SignedDuration, Span, Timestamp};
use ring::rand::SystemRandom;
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, Person};
use yimatong_model::rule::RulePack;
use yimatong_model::sampling::{Barcode, SampleSource, TubeSize};
use yimatong_model::test_result::{Method, Outcome};
use yimatong_store::{
    ImportPerson, Keyring, NewSample, NewTubeResult, PostgresOptions, PostgresStore, SampleBatch,
    SampledPerson, SqliteOptions, SqliteStore, Store, TubeOutcome,
};
use yimatong_test_database::Database;

/// People in a tube.
const TUBE: usize = 10;
/// One tube in so many is positive.
const POSITIVE: usize = 500;

fn now() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "a measuring command reads the clock")]
    Instant::now()
}

fn noon() -> Timestamp {
    "2022-01-05T04:00:00Z".parse().expect("invariant: the literal is a time")
}

/// The n-th person, nine hundred to a birthday.
fn person(n: usize) -> ImportPerson {
    let birth = date(1910, 1, 1) + Span::new().days(i64::try_from(n / 900).expect("few days"));
    let body = format!("410102{:04}{:02}{:02}{:03}", birth.year(), birth.month(), birth.day(), 1 + n % 900);
    let check = check_digit(body.as_bytes().try_into().expect("invariant: 17 digits"));
    let number = format!("{body}{}", char::from(check));
    let document = Document::parse(DocumentKind::ResidentId, &number, date(2022, 1, 5));
    ImportPerson {
        person: Person {
            document: document.expect("invariant: the number is valid"),
            name: PersonName::parse("王建国").expect("invariant: a name"),
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

fn barcode(tube: usize) -> Barcode {
    format!("ZZ2022-{tube:08}").parse().expect("invariant: it is a barcode")
}

fn id(n: usize) -> [u8; 16] {
    let n = n as u64;
    (u128::from(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)) << 64 | u128::from(n)).to_be_bytes()
}

/// Records ten people into each tube.
async fn sample(store: &dyn Store, people: &[PersonId]) {
    for (number, batch) in people.chunks(1_000).enumerate() {
        let rows = batch.iter().enumerate().map(|(at, person)| NewSample {
            id: id(number * 1_000 + at),
            barcode: barcode((number * 1_000 + at) / TUBE),
            size: TubeSize::Ten,
            household: false,
            campaign: Some(7),
            person: SampledPerson::Known(*person),
            sampled: noon() - SignedDuration::from_hours(4),
            source: SampleSource::Code,
            undone: None,
        });
        let batch = SampleBatch {
            device: [1; 16],
            point: SamplingPointId(1),
            staff: StaffId(1),
            rows: rows.collect(),
        };
        store.record_samples(batch, noon()).await.expect("samples are taken");
    }
}

fn told(tube: usize) -> NewTubeResult {
    NewTubeResult {
        id: id(1 << 40 | tube),
        barcode: barcode(tube),
        outcome: if tube.is_multiple_of(POSITIVE) { Outcome::Positive } else { Outcome::Negative },
        method: Method::Naat,
        received: noon() - SignedDuration::from_hours(2),
        reported: noon() - SignedDuration::from_mins(5),
        institution: 1,
        staff: StaffId(1),
        amends: None,
        remark: None,
    }
}

async fn post(store: &Arc<dyn Store>, tubes: usize, callers: usize, batch: usize) -> Duration {
    let rules = Arc::new(RulePack::default());
    let start = now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (store, rules) = (Arc::clone(store), Arc::clone(&rules));
            tokio::spawn(async move {
                for from in (0..tubes).step_by(batch).skip(caller).step_by(callers) {
                    let rows: Vec<_> = (from..tubes.min(from + batch)).map(told).collect();
                    let posted = store.post_tube_results(rows, Arc::clone(&rules), noon()).await;
                    let posted = posted.expect("results are taken");
                    let good = |row: &TubeOutcome| {
                        matches!(row, TubeOutcome::Recorded { people, .. } if *people as usize == TUBE)
                    };
                    assert!(posted.rows.iter().all(good));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    start.elapsed()
}

async fn measure(store: Arc<dyn Store>, kind: &str, [tubes, callers, batch]: [usize; 3]) {
    let mut people = Vec::with_capacity(tubes * TUBE);
    for from in (0..tubes * TUBE).step_by(20_000) {
        let batch = (from..(tubes * TUBE).min(from + 20_000)).map(person).collect();
        people.extend(store.import_people(batch, noon()).await.expect("people are valid").people);
    }
    sample(&*store, &people).await;
    let took = post(&store, tubes, callers, batch).await.as_secs_f64();
    println!(
        "{{\"bench\":\"tube_results\",\"store\":\"{kind}\",\"tubes\":{tubes},\"callers\":{callers},\
         \"tubes_per_batch\":{batch},\"tubes_per_s\":{:.0},\"people_per_s\":{:.0}}}",
        tubes as f64 / took,
        (tubes * TUBE) as f64 / took
    );
    store.close().await.expect("the store closes");
}

fn migrate(url: &str) {
    let migrate = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let migrated = runtime.expect("a runtime starts").block_on(PostgresStore::migrate(url));
        migrated.expect("a fresh database is migrated");
    };
    std::thread::scope(|scope| scope.spawn(migrate).join().expect("no thread panics"));
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let sizes = [5_000, 4, 200].map(|usual| numbers.next().unwrap_or(usual).max(1));
    let folder = tempfile::tempdir_in(if std::path::Path::new("target").is_dir() { "target" } else { "." });
    let folder = folder.expect("a folder for the bench");
    #[allow(clippy::disallowed_methods, reason = "a measuring command makes keys")]
    let rng = Arc::new(SystemRandom::new());
    let (keys, _) = Keyring::open_or_create(&folder.path().join("keys"), &*rng).expect("keys are made");
    if std::env::args().any(|argument| argument == "postgres") {
        let database = Database::fresh(migrate);
        let options = PostgresOptions::new(database.url());
        let store = PostgresStore::open(&options, Arc::new(keys), rng).await.expect("the store opens");
        return measure(Arc::new(store), "postgres", sizes).await;
    }
    let options = SqliteOptions::new(folder.path().join("store.sqlite"), now);
    let store = SqliteStore::open(&options, Arc::new(keys), rng).expect("a fresh folder takes a store");
    measure(Arc::new(store), "sqlite", sizes).await;
}
