//! The yardsticks: the same rows into the same tables, with nothing that the store adds (no look-ups, no sealing, no numbers
//! from the database, no answers). Bare inserts are durable transactions over as many connections as the store's groups
//! have (two for check-ins, one for registrations), and as large as their share of what so many callers have under way. COPY
//! is one transaction.

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};
use yimatong_test_database::Database;

use crate::clock::noon;
use crate::gate::{BATCH, batch, mix, venue};
use crate::took::{Took, in_tasks, measure};

type Values<'a> = Vec<&'a (dyn ToSql + Sync)>;

/// City day of the check-ins, days since 1970-01-01.
const DAY: i32 = 18_997;
/// Transactions of check-ins that the store has under way.
const GATES: u64 = 2;
/// Transactions of registrations: all wait for the number of the change.
const REGISTRATIONS: u64 = 1;

/// A connection of its own.
pub(crate) async fn connect(database: &Database) -> Client {
    let (client, driver) =
        tokio_postgres::connect(database.url(), NoTls).await.expect("the database is there");
    tokio::spawn(driver);
    client
}

/// Prepares `INSERT … VALUES` of so many rows.
async fn insert(client: &Client, table: &str, columns: &str, rows: u64) -> Statement {
    let width = columns.split(',').count() as u64;
    let row = |row: u64| {
        let numbers: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
        format!("({})", numbers.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    let text = format!("INSERT INTO {table} ({columns}) VALUES {}", rows.join(", "));
    client.prepare(&text).await.expect("valid")
}

async fn commit(client: &Client, inserts: &[(&Statement, Values<'_>)]) {
    client.batch_execute("BEGIN").await.expect("begins");
    for (statement, values) in inserts {
        client.execute(*statement, values).await.expect("inserts");
    }
    client.batch_execute("COMMIT").await.expect("commits");
}

/// Check-ins on both sides, with so many batches under way.
pub(crate) async fn check_ins(database: &Database, batches: u64, callers: u64) -> Took {
    const BY_VENUE: &str = "venue_id, day, check_in_id, at_ms, person_id, outcome, staff_id";
    const BY_PERSON: &str = "person_id, day, at_ms, check_in_id, venue_id, outcome";
    let at_once = callers / GATES;
    let mut prepared = Vec::new();
    for _ in 0..GATES {
        let client = connect(database).await;
        let venue_side = insert(&client, "venue_check_in", BY_VENUE, BATCH * at_once).await;
        let person_side = insert(&client, "person_check_in", BY_PERSON, BATCH * at_once).await;
        prepared.push((client, venue_side, person_side));
    }
    in_tasks((0..).zip(prepared).map(|(first, (client, venue_side, person_side))| async move {
        for group in (first..batches / at_once).step_by(GATES as usize) {
            let mut rows = Vec::new();
            for number in group * at_once..(group + 1) * at_once {
                rows.extend(batch(number).into_iter().map(|row| {
                    (
                        i64::from(venue(number).0),
                        row.id.to_vec(),
                        row.at.as_millisecond(),
                        row.person.as_i64(),
                    )
                }));
            }
            let (mut by_venue, mut by_person) = (Values::new(), Values::new());
            for (venue, id, at_ms, person) in &rows {
                by_venue.extend([venue as &(dyn ToSql + Sync), &DAY, id, at_ms, person, &0_i64, &1_i64]);
                by_person.extend([person as &(dyn ToSql + Sync), &DAY, at_ms, id, venue, &0_i64]);
            }
            commit(&client, &[(&venue_side, by_venue), (&person_side, by_person)]).await;
        }
    }))
    .await
}

/// The four tables of a registration, values of the sizes that the store writes, with so many people under way.
pub(crate) async fn people(database: &Database, people: u64, callers: u64) -> Took {
    const PERSON: &str =
        "person_id, tag, seq, profile, document, name, phone, nationality, community_id, registered_ms";
    let at_once = callers / REGISTRATIONS;
    let mut prepared = Vec::new();
    for _ in 0..REGISTRATIONS {
        let client = connect(database).await;
        let statements = [
            insert(&client, "phone_claim", "phone_tag, person_id", at_once).await,
            insert(&client, "person", PERSON, at_once).await,
            insert(&client, "slot", "person_id, slot, kind, device_key, issued_ms", at_once).await,
            insert(&client, "change", "seq, person_id, at_ms", at_once).await,
        ];
        prepared.push((client, statements));
    }
    in_tasks((0..).zip(prepared).map(|(first, (client, statements))| async move {
        for group in (first..people / at_once).step_by(REGISTRATIONS as usize) {
            insert_people(&client, &statements, group * at_once..(group + 1) * at_once).await;
        }
    }))
    .await
}

async fn insert_people(client: &Client, statements: &[Statement; 4], numbers: std::ops::Range<u64>) {
    let sealed = |length: usize| vec![9_u8; length + 30];
    let (profile, document, name, number, key) =
        (sealed(20), sealed(18), sealed(9), sealed(11), vec![7_u8; 65]);
    let (nationality, none, zero, at_ms) = ("CHN", None::<i64>, 0_i64, noon().as_millisecond());
    let ids: Vec<(i64, i64, Vec<u8>)> =
        numbers.map(|n| ((mix(n) >> 1) as i64, n as i64 + 1, mix(n).to_be_bytes().repeat(4))).collect();
    let mut values: [Values<'_>; 4] = Default::default();
    for (id, seq, tag) in &ids {
        values[0].extend([tag as &(dyn ToSql + Sync), id]);
        values[1].extend([id as &(dyn ToSql + Sync), tag, seq, &profile, &document, &name, &number]);
        values[1].extend([&nationality as &(dyn ToSql + Sync), &none, &at_ms]);
        values[2].extend([id as &(dyn ToSql + Sync), seq, &zero, &key, &at_ms]);
        values[3].extend([seq as &(dyn ToSql + Sync), id, &at_ms]);
    }
    let inserts: Vec<_> = statements.iter().zip(values).collect();
    commit(client, &inserts).await;
}

/// All rows of a database's tables in the binary form of COPY, written to another one in one transaction.
pub(crate) async fn copy(from: &Database, to: &Database, tables: &[&str]) -> Took {
    let (from, to) = (connect(from).await, connect(to).await);
    to.batch_execute(&format!("TRUNCATE {}", tables.join(", "))).await.expect("empties");
    let mut forms: Vec<(&str, Vec<Bytes>)> = Vec::new();
    for table in tables {
        let out = from.copy_out(&format!("COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)")).await;
        let out = out.expect("the table can be read").try_collect().await;
        forms.push((table, out.expect("the table can be read")));
    }
    measure(async {
        to.batch_execute("BEGIN").await.expect("begins");
        for (table, form) in forms {
            let sink = to.copy_in(&format!("COPY {table} FROM STDIN (FORMAT binary)")).await.expect("copies");
            let mut sink = std::pin::pin!(sink);
            let mut form = futures_util::stream::iter(form).map(Ok::<_, tokio_postgres::Error>);
            sink.send_all(&mut form).await.expect("copies");
            sink.close().await.expect("copies");
        }
        to.batch_execute("COMMIT").await.expect("commits");
    })
    .await
}
