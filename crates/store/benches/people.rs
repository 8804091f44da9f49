//! Bulk import of people with sealing, and loading all states for a registry. Prints one JSON line.
//!
//! `cargo bench -p yimatong-store --bench people [-- PEOPLE]`

#[path = "shared/clock.rs"]
mod clock;

use std::sync::Arc;

use jiff::Span;
use jiff::civil::date;
use ring::rand::SystemRandom;
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, Person};
use yimatong_model::phone::Phone;
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_model::vaccination::Vaccination;
use yimatong_store::{ImportPerson, Keyring, SqliteOptions, SqliteStore, Store};

use clock::{noon, now};

const BATCH: u64 = 100_000;
const PAGE: usize = 10_000;

/// The n-th person: a thousand to a birthday, with a phone, a negative test and two doses.
fn person(n: u64) -> ImportPerson {
    let birth = date(1930, 1, 1) + Span::new().days(i64::try_from(n / 1_000).expect("few days"));
    let body = format!("610102{:04}{:02}{:02}{:03}", birth.year(), birth.month(), birth.day(), n % 1_000);
    let check = check_digit(body.as_bytes().try_into().expect("invariant: 17 digits"));
    let number = format!("{body}{}", char::from(check));
    let document = Document::parse(DocumentKind::ResidentId, &number, date(2022, 1, 5));
    let result = TestResult {
        sampled: noon(),
        received: noon(),
        reported: noon(),
        outcome: Outcome::Negative,
        tube: Tube::Pooled,
        method: Method::Naat,
        institution: 1,
    };
    ImportPerson {
        person: Person {
            document: document.expect("invariant: the number is valid"),
            name: PersonName::parse("王建国").expect("invariant: a name"),
            phone: Phone::mainland(13_000_000_000 + n).ok(),
            sex: None,
            birth_date: None,
            nationality: Nationality::CHN,
            community: None,
            household: None,
        },
        reasons: Vec::new(),
        results: vec![result],
        vaccination: Some(Vaccination { doses: 2, last: date(2021, 8, 1) }),
    }
}

#[tokio::main]
async fn main() {
    let people: u64 =
        std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    #[allow(clippy::disallowed_methods, reason = "a measuring command makes keys")]
    let rng = SystemRandom::new();
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let (keys, _) = Keyring::open_or_create(folder.path(), &rng).expect("a fresh folder takes keys");
    let path = folder.path().join("store.sqlite");
    let options = SqliteOptions::new(&path, now);
    let store =
        SqliteStore::open(&options, Arc::new(keys), Arc::new(rng)).expect("a fresh folder takes a store");
    let store: Arc<dyn Store> = Arc::new(store);
    let start = now();
    // One batch ahead: the next people are made and sealed while the ones before are inserted.
    let mut running: Option<tokio::task::JoinHandle<()>> = None;
    for first in (0..people).step_by(BATCH as usize) {
        let batch: Vec<_> = (first..people.min(first + BATCH)).map(person).collect();
        let store = Arc::clone(&store);
        let next = tokio::spawn(async move {
            store.import_people(batch, noon()).await.expect("people are taken");
        });
        if let Some(earlier) = running.replace(next) {
            earlier.await.expect("no task panics");
        }
    }
    if let Some(last) = running {
        last.await.expect("no task panics");
    }
    let import = start.elapsed();
    let counters = store.counters();
    let inserts_us =
        counters.verbs.iter().find(|line| line.verb == "import_people").map_or(0, |line| line.worked_us);
    let start = now();
    let (mut after, mut loaded) = (None, 0);
    loop {
        let page = store.load_states(after, PAGE).await.expect("states are read");
        let Some(last) = page.last() else { break };
        after = Some(last.person_id);
        loaded += page.len() as u64;
    }
    let load = start.elapsed();
    assert_eq!(loaded, people);
    store.close().await.expect("the store closes");
    let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!(
        "{{\"bench\":\"people\",\"people\":{people},\"import_per_s\":{:.0},\"import_s\":{:.1},\"inserts_s\":{:.1},\"commits_s\":{:.1},\"load_per_s\":{:.0},\"load_s\":{:.2},\"bytes_per_person\":{}}}",
        people as f64 / import.as_secs_f64(),
        import.as_secs_f64(),
        inserts_us as f64 / 1e6,
        counters.writer.commit_us as f64 / 1e6,
        people as f64 / load.as_secs_f64(),
        load.as_secs_f64(),
        bytes / people.max(1)
    );
}
