//! PostgreSQL: check-ins and registrations through the store, against bare multi-row inserts and a bare COPY of as many rows
//! into the same tables. On a private server, with fsync. Prints one JSON line each; store / insert should be at least 0.5.
//!
//! `cargo bench -p yimatong-store --bench postgres [-- CALLERS BATCHES PEOPLE]`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::SinkExt as _;
use jiff::Timestamp;
use jiff::civil::date;
use ring::rand::SystemRandom;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls};
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::ids::{PersonId, StaffId, VenueId};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;
use yimatong_store::{
    CheckIn, DeviceKey, GateOutcome, Keyring, NewVenue, PostgresOptions, PostgresStore, RegisterPerson, Store,
};
use yimatong_test_database::Database;

/// Rows of a gate's batch.
const BATCH: u64 = 100;
/// People of a bare insert.
const PEOPLE_AT_ONCE: u64 = 64;
/// City day of the check-ins, days since 1970-01-01.
const DAY: i32 = 18_997;

fn now() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "a measuring command reads the clock")]
    Instant::now()
}

fn noon() -> Timestamp {
    "2022-01-05T04:00:00Z".parse().expect("invariant: the literal is a time")
}

fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn batch(number: u64) -> Vec<CheckIn> {
    let row = |unique: u64| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&mix(unique).to_be_bytes());
        id[8..].copy_from_slice(&unique.to_be_bytes());
        let at = noon() - jiff::SignedDuration::from_millis((unique % 7_200_000) as i64);
        let person = PersonId::from_low_bits(mix(unique ^ 0xFFFF));
        CheckIn { id, person, at, outcome: GateOutcome::Allow, staff: Some(StaffId(1)) }
    };
    (number * BATCH..(number + 1) * BATCH).map(row).collect()
}

fn person(n: u64) -> RegisterPerson {
    let body = format!(
        "610102{:04}{:02}{:02}{:03}",
        1930 + n / 336_000,
        n / 28_000 % 12 + 1,
        n / 1_000 % 28 + 1,
        n % 1_000
    );
    let number = format!("{body}{}", char::from(check_digit(body.as_bytes().try_into().expect("17 digits"))));
    let mut key = [7; 65];
    key[..8].copy_from_slice(&n.to_be_bytes());
    RegisterPerson {
        document: Document::parse(DocumentKind::ResidentId, &number, date(2022, 1, 5))
            .expect("a valid number"),
        name: PersonName::parse("王建国").expect("a valid name"),
        phone: Some(Phone::parse(&format!("138{n:08}")).expect("a valid phone")),
        community: None,
        nationality: Nationality::CHN,
        birth_date: None,
        device: Some(DeviceKey(key)),
        now: noon(),
    }
}

async fn open(database: &Database) -> (Arc<dyn Store>, tempfile::TempDir) {
    #[allow(clippy::disallowed_methods, reason = "a measuring command makes keys")]
    let rng = SystemRandom::new();
    let folder = tempfile::tempdir().expect("there is room for keys");
    let (keys, _) =
        Keyring::open_or_create(&folder.path().join("keys"), &rng).expect("a fresh folder takes keys");
    let options = PostgresOptions::new(database.url());
    let store =
        PostgresStore::open(&options, Arc::new(keys), Arc::new(rng)).await.expect("a fresh database opens");
    let venues = (1..=64).map(|id| NewVenue {
        id: Some(VenueId(id)),
        name: format!("venue {id}"),
        venue_type: "market".to_owned(),
        district_code: 610_104,
        at: noon(),
    });
    store.import_venues(venues.collect()).await.expect("venues are valid");
    store.record_check_ins(VenueId(1), batch(1 << 40), noon()).await.expect("a venue takes check-ins");
    (Arc::new(store), folder)
}

async fn connect(database: &Database) -> Client {
    let (client, driver) =
        tokio_postgres::connect(database.url(), NoTls).await.expect("the database is there");
    tokio::spawn(driver);
    client
}

async fn in_tasks<F: Future<Output = ()> + Send + 'static>(tasks: impl Iterator<Item = F>) -> Duration {
    let start = now();
    let tasks: Vec<_> = tasks.map(tokio::spawn).collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    start.elapsed()
}

async fn store_check_ins(store: &Arc<dyn Store>, callers: u64, batches: u64) -> Duration {
    in_tasks((0..callers).map(|caller| {
        let store = Arc::clone(store);
        async move {
            for number in (caller..batches).step_by(callers as usize) {
                let venue = VenueId(1 + (number % 64) as u32);
                store.record_check_ins(venue, batch(number), noon()).await.expect("check-ins are taken");
            }
        }
    }))
    .await
}

async fn store_people(store: &Arc<dyn Store>, callers: u64, people: u64) -> Duration {
    in_tasks((0..callers).map(|caller| {
        let store = Arc::clone(store);
        async move {
            for n in (caller..people).step_by(callers as usize) {
                store.register_person(person(n), None).await.expect("a new person registers");
            }
        }
    }))
    .await
}

/// `INSERT … VALUES` of so many rows of so many columns.
fn insert_text(table: &str, columns: &str, rows: usize) -> String {
    let width = columns.split(',').count();
    let row = |row: usize| {
        let numbers: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
        format!("({})", numbers.join(", "))
    };
    format!("INSERT INTO {table} ({columns}) VALUES {}", (0..rows).map(row).collect::<Vec<_>>().join(", "))
}

const BY_VENUE: &str = "venue_id, day, check_in_id, at_ms, person_id, outcome, staff_id";
const BY_PERSON: &str = "person_id, day, at_ms, check_in_id, venue_id, outcome";

/// One transaction per batch, prepared, nothing else.
async fn insert_check_ins(client: &Client, batches: u64) -> Duration {
    let venue_side =
        client.prepare(&insert_text("venue_check_in", BY_VENUE, BATCH as usize)).await.expect("valid");
    let person_side =
        client.prepare(&insert_text("person_check_in", BY_PERSON, BATCH as usize)).await.expect("valid");
    let start = now();
    for number in 0..batches {
        let venue = 1 + (number % 64) as i64;
        let rows: Vec<(Vec<u8>, i64, i64)> = batch(number)
            .iter()
            .map(|row| (row.id.to_vec(), row.at.as_millisecond(), row.person.as_i64()))
            .collect();
        let (mut by_venue, mut by_person): (Vec<&(dyn ToSql + Sync)>, Vec<&(dyn ToSql + Sync)>) =
            (vec![], vec![]);
        for (id, at_ms, person) in &rows {
            by_venue.extend([&venue as &(dyn ToSql + Sync), &DAY, id, at_ms, person, &0_i64, &1_i64]);
            by_person.extend([person as &(dyn ToSql + Sync), &DAY, at_ms, id, &venue, &0_i64]);
        }
        client.batch_execute("BEGIN").await.expect("begins");
        client.execute(&venue_side, &by_venue).await.expect("inserts");
        client.execute(&person_side, &by_person).await.expect("inserts");
        client.batch_execute("COMMIT").await.expect("commits");
    }
    start.elapsed()
}

/// All rows of a table as the binary form of COPY, to be written to another database in one transaction.
async fn copy(from: &Client, to: &Client, tables: &[&str]) -> Duration {
    use futures_util::{StreamExt as _, TryStreamExt as _};
    let mut forms: Vec<(&str, Vec<Bytes>)> = Vec::new();
    for table in tables {
        let out = format!("COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)");
        let out = from.copy_out(&out).await.expect("the table can be read");
        forms.push((table, out.try_collect().await.expect("the table can be read")));
    }
    let start = now();
    to.batch_execute("BEGIN").await.expect("begins");
    for (table, form) in forms {
        let sink = to.copy_in(&format!("COPY {table} FROM STDIN (FORMAT binary)")).await.expect("copies");
        let mut sink = std::pin::pin!(sink);
        let mut form = futures_util::stream::iter(form).map(Ok::<_, tokio_postgres::Error>);
        sink.send_all(&mut form).await.expect("copies");
        sink.close().await.expect("copies");
    }
    to.batch_execute("COMMIT").await.expect("commits");
    start.elapsed()
}

/// The four tables of a registration, values of the sizes that the store writes.
async fn insert_people(client: &Client, people: u64) -> Duration {
    const PERSON: &str =
        "person_id, tag, seq, profile, document, name, phone, nationality, community_id, registered_ms";
    let rows = PEOPLE_AT_ONCE as usize;
    let person = client.prepare(&insert_text("person", PERSON, rows)).await.expect("valid");
    let phone =
        client.prepare(&insert_text("phone_claim", "phone_tag, person_id", rows)).await.expect("valid");
    let slot = "person_id, slot, kind, device_key, issued_ms";
    let slot = client.prepare(&insert_text("slot", slot, rows)).await.expect("valid");
    let change = client.prepare(&insert_text("change", "seq, person_id, at_ms", rows)).await.expect("valid");
    let sealed = |length: usize| vec![9_u8; length + 30];
    let (profile, document, name, number, key) =
        (sealed(20), sealed(18), sealed(9), sealed(11), vec![7_u8; 65]);
    let (nationality, none, zero, at_ms) = ("CHN", None::<i64>, 0_i64, noon().as_millisecond());
    let start = now();
    for first in (0..people).step_by(rows) {
        let ids: Vec<(i64, i64, Vec<u8>)> = (first..first + PEOPLE_AT_ONCE)
            .map(|n| ((mix(n) >> 1) as i64, n as i64 + 1, mix(n).to_be_bytes().repeat(4)))
            .collect();
        let mut values: [Vec<&(dyn ToSql + Sync)>; 4] = Default::default();
        for (id, seq, tag) in &ids {
            values[0].extend([id as &(dyn ToSql + Sync), tag, seq, &profile, &document, &name, &number]);
            values[0].extend([&nationality as &(dyn ToSql + Sync), &none, &at_ms]);
            values[1].extend([tag as &(dyn ToSql + Sync), id]);
            values[2].extend([id as &(dyn ToSql + Sync), seq, &zero, &key, &at_ms]);
            values[3].extend([seq as &(dyn ToSql + Sync), id, &at_ms]);
        }
        client.batch_execute("BEGIN").await.expect("begins");
        for (statement, values) in [&person, &phone, &slot, &change].into_iter().zip(&values) {
            client.execute(statement, values).await.expect("inserts");
        }
        client.batch_execute("COMMIT").await.expect("commits");
    }
    start.elapsed()
}

fn report(bench: &str, rows: u64, callers: u64, store: Duration, insert: Duration, copy: Duration) {
    let per_s = |took: Duration| rows as f64 / took.as_secs_f64();
    println!(
        "{{\"bench\":\"postgres_{bench}\",\"callers\":{callers},\"rows\":{rows},\"store_per_s\":{:.0},\"insert_per_s\":{:.0},\
         \"copy_per_s\":{:.0},\"ratio\":{:.2},\"ratio_to_copy\":{:.2}}}",
        per_s(store),
        per_s(insert),
        per_s(copy),
        insert.as_secs_f64() / store.as_secs_f64(),
        copy.as_secs_f64() / store.as_secs_f64(),
    );
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let callers = numbers.next().unwrap_or(64);
    let batches = numbers.next().unwrap_or(2_000);
    let people = numbers.next().unwrap_or(20_000) / PEOPLE_AT_ONCE * PEOPLE_AT_ONCE;

    let ours = Database::empty();
    let (store, _keys) = open(&ours).await;
    let store_took = store_check_ins(&store, callers, batches).await;
    let bare = Database::empty();
    let (_bare_store, _bare_keys) = open(&bare).await;
    let insert_took = insert_check_ins(&connect(&bare).await, batches).await;
    let copied = Database::empty();
    let (_copied_store, _copied_keys) = open(&copied).await;
    let copied_to = connect(&copied).await;
    copied_to.batch_execute("TRUNCATE venue_check_in, person_check_in").await.expect("empties");
    let copy_took = copy(&connect(&ours).await, &copied_to, &["venue_check_in", "person_check_in"]).await;
    report("check_ins", batches * BATCH, callers, store_took, insert_took, copy_took);

    let store_took = store_people(&store, callers, people).await;
    let insert_took = insert_people(&connect(&bare).await, people).await;
    let tables = ["person", "phone_claim", "slot", "change"];
    let copy_took = copy(&connect(&ours).await, &copied_to, &tables).await;
    if std::env::args().any(|argument| argument == "--counters") {
        eprintln!("{:#?}", store.counters());
    }
    report("registrations", people, callers, store_took, insert_took, copy_took);
}
