//! Closing a campaign: giving the reason in batches of 10,000, every batch sent twice, and taking it back. Prints one JSON
//! line.
//!
//! `cargo bench -p yimatong-store --bench campaigns [-- PEOPLE [postgres]]`

use std::sync::Arc;
use std::time::Instant;

use jiff::civil::date;
use jiff::{Span, Timestamp};
use ring::rand::SystemRandom;
use yimatong_model::campaign::SHIPPED;
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, Person};
use yimatong_store::{
    CampaignChange, CampaignStep, DraftCampaign, ImportPerson, Keyring, PostgresOptions, PostgresStore,
    SqliteOptions, SqliteStore, Store,
};
use yimatong_test_database::Database;

const BATCH: usize = 10_000;

fn now() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "a measuring command reads the clock")]
    Instant::now()
}

fn noon() -> Timestamp {
    "2022-01-05T04:00:00Z".parse().expect("invariant: the literal is a time")
}

/// The n-th person, a thousand to a birthday.
fn person(n: u64) -> ImportPerson {
    let birth = date(1930, 1, 1) + Span::new().days(i64::try_from(n / 1_000).expect("few days"));
    let body = format!("410102{:04}{:02}{:02}{:03}", birth.year(), birth.month(), birth.day(), n % 1_000);
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

/// A campaign whose closing is approved; answers its number and the step to change it further.
async fn closing(store: &dyn Store, most_given: u32) -> CampaignStep {
    let draft = DraftCampaign { document: SHIPPED[0].1.to_owned(), by: StaffId(1), at: noon() };
    let campaign = store.draft_campaign(draft, None).await.expect("the notice is valid");
    let (number, remark) = (campaign.number, String::new());
    let mut step = CampaignStep { number, version: Some(1), by: StaffId(2), remark, at: noon() };
    let ask = CampaignChange::AskToClose { counts: "{}".to_owned(), most_given };
    for (change, by) in [
        (CampaignChange::Approve, 2),
        (CampaignChange::Start, 1),
        (ask, 1),
        (CampaignChange::ApproveClosing, 2),
    ] {
        step.by = StaffId(by);
        let file = store.change_campaign(change, step.clone(), None).await.expect("the change fits");
        step.version = Some(file.campaign.version);
    }
    step
}

async fn give(store: &dyn Store, number: u16, people: &[PersonId]) -> (usize, f64) {
    let start = now();
    let mut states = 0;
    for batch in people.chunks(BATCH) {
        states += store.give_missed(number, batch.to_vec(), noon()).await.expect("they are given it").len();
    }
    (states, start.elapsed().as_secs_f64())
}

async fn measure(store: &dyn Store, name: &str, count: usize) {
    let mut people = Vec::with_capacity(count);
    for first in (0..count).step_by(100_000) {
        let last = count.min(first + 100_000);
        let batch = (first..last).map(|n| person(n as u64)).collect();
        people.extend(store.import_people(batch, noon()).await.expect("people are taken").people);
    }
    // Whoever decides about people walks through the registry, not in the order of ids.
    let mut step = closing(store, u32::try_from(count).expect("few people")).await;
    let (given, give_s) = give(store, step.number, &people).await;
    let (again, again_s) = give(store, step.number, &people).await;
    assert_eq!((given, again), (count, 0));
    store.change_campaign(CampaignChange::FinishClosing, step.clone(), None).await.expect("it is closing");
    step.version = None;
    store.change_campaign(CampaignChange::Reverse, step.clone(), None).await.expect("it is closed");
    let start = now();
    let mut taken_back = 0;
    loop {
        let step = store.take_back_missed(step.number, BATCH, noon()).await.expect("it is reversed");
        taken_back += step.states.len();
        if step.done {
            break;
        }
    }
    let take_back_s = start.elapsed().as_secs_f64();
    assert_eq!(taken_back, count);
    println!(
        "{{\"bench\":\"campaigns\",\"store\":\"{name}\",\"people\":{count},\"give_s\":{give_s:.2},\"give_again_s\":{again_s:.2},\"take_back_s\":{take_back_s:.2}}}"
    );
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
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(200_000);
    #[allow(clippy::disallowed_methods, reason = "a measuring command makes keys")]
    let rng = Arc::new(SystemRandom::new());
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let (keys, _) = Keyring::open_or_create(folder.path(), &*rng).expect("a fresh folder takes keys");
    if std::env::args().any(|argument| argument == "postgres") {
        let database = Database::fresh(migrate);
        let options = PostgresOptions::new(database.url());
        let store = PostgresStore::open(&options, Arc::new(keys), rng).await.expect("the store opens");
        measure(&store, "postgres", count).await;
        return store.close().await.expect("the store closes");
    }
    let options = SqliteOptions::new(folder.path().join("store.sqlite"), now);
    let store = SqliteStore::open(&options, Arc::new(keys), rng).expect("a fresh folder takes a store");
    measure(&store, "sqlite", count).await;
    store.close().await.expect("the store closes");
}
