//! A database that is slow, frozen, restarted or cut off: what verbs then answer, and that nothing is done twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use yimatong_store::{
    AuditEntry, Idempotency, Outage, PostgresOptions, PostgresStore, Store, StoreError, with_deadline,
};
use yimatong_test_database::Database;

use crate::fixtures::{document, keys, now, person, random};

/// Long enough for a verb to begin, short enough for a test.
const DEADLINE: Duration = Duration::from_millis(300);

fn deadline() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's clock stands")]
    let now = Instant::now();
    now + DEADLINE
}

/// A store and what it needs to live.
struct Opened {
    store: Arc<PostgresStore>,
    _folder: tempfile::TempDir,
}

async fn open(url: &str) -> Opened {
    let (folder, keys) = keys();
    let options = PostgresOptions { connections: 2, ..PostgresOptions::new(url) };
    let store = PostgresStore::open(&options, keys, Arc::new(random())).await.unwrap();
    Opened { store: Arc::new(store), _folder: folder }
}

/// The same database for sessions of a name.
fn with_name(url: &str, name: &str) -> String {
    format!("{url}{}application_name={name}", if url.contains('?') { '&' } else { '?' })
}

/// A session of somebody else.
async fn session(database: &Database) -> tokio_postgres::Client {
    let (client, driver) = tokio_postgres::connect(database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(driver);
    client
}

/// A way to a server that can be frozen, or cut at the answer to a commit.
struct Way {
    address: String,
    is_open: watch::Sender<bool>,
    cuts_at_commit: Arc<AtomicBool>,
}

impl Way {
    async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (is_open, look) = watch::channel(true);
        let cuts_at_commit = Arc::new(AtomicBool::new(false));
        let (server, cuts) = (server.to_owned(), Arc::clone(&cuts_at_commit));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let ((from, to), (back_from, back_to)) = (client.into_split(), server.into_split());
                let is_cut = Arc::new(AtomicBool::new(false));
                tokio::spawn(there(from, back_to, look.clone(), Arc::clone(&cuts), Arc::clone(&is_cut)));
                tokio::spawn(back(back_from, to, look.clone(), is_cut));
            }
        });
        Self { address, is_open, cuts_at_commit }
    }
}

async fn there(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut look: watch::Receiver<bool>,
    cuts: Arc<AtomicBool>,
    is_cut: Arc<AtomicBool>,
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if look.wait_for(|is_open| *is_open).await.is_err() {
            return;
        }
        let is_commit = bytes[..read].windows(7).any(|part| part == b"COMMIT\0");
        if is_commit && cuts.swap(false, Ordering::AcqRel) {
            is_cut.store(true, Ordering::Release);
        }
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

async fn back(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut look: watch::Receiver<bool>,
    is_cut: Arc<AtomicBool>,
) {
    let mut bytes = vec![0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if look.wait_for(|is_open| *is_open).await.is_err() || is_cut.load(Ordering::Acquire) {
            return;
        }
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_verb_that_waits_for_a_row_ends_at_its_deadline_and_leaves_nothing() {
    let database = Database::empty();
    let opened = open(&with_name(database.url(), "waits")).await;
    let other = session(&database).await;
    other.batch_execute("BEGIN; SELECT next FROM sequence WHERE name = 'change' FOR UPDATE").await.unwrap();
    let late = with_deadline(deadline(), opened.store.register_person(person(1), None)).await;
    assert_eq!(late.unwrap_err(), StoreError::Deadline);
    // The caller hears of it a moment before the server gives up; then nobody waits for the row any more.
    let waits = "SELECT count(*) FROM pg_stat_activity
                 WHERE wait_event_type = 'Lock' AND datname = current_database() AND application_name = 'waits'";
    let mut waiting = 1;
    for _ in 0..100_000 {
        waiting = other.query_one(waits, &[]).await.unwrap().get::<_, i64>(0);
        if waiting == 0 {
            break;
        }
    }
    assert_eq!(waiting, 0);
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(opened.store.find_person(&document(1)).await.unwrap(), None);
    assert!(opened.store.register_person(person(1), None).await.unwrap().created);
}

#[tokio::test]
async fn a_frozen_connection_is_given_up_at_the_deadline_and_the_store_recovers() {
    let database = Database::empty();
    let way = Way::to(database.address()).await;
    let opened = open(&database.url_through(&way.address)).await;
    way.is_open.send(false).unwrap();
    for _ in 0..4 {
        // More verbs than there are connections: none may keep its place in the pool.
        let late = with_deadline(deadline(), opened.store.find_person(&document(1))).await;
        assert_eq!(late.unwrap_err(), StoreError::Deadline);
    }
    way.is_open.send(true).unwrap();
    assert!(opened.store.register_person(person(1), None).await.unwrap().created);
}

#[tokio::test]
async fn connections_that_the_server_closed_are_replaced_without_anybody_noticing() {
    let database = Database::empty();
    // On a given server other tests run in the same database.
    let opened = open(&with_name(database.url(), "to_be_closed")).await;
    assert_eq!(opened.store.find_person(&document(1)).await.unwrap(), None);
    let other = session(&database).await;
    let terminate = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                     WHERE datname = current_database() AND application_name = 'to_be_closed'";
    let ended: i64 = other.query_one(terminate, &[]).await.unwrap().get(0);
    assert!(ended > 0);
    assert!(opened.store.register_person(person(1), None).await.unwrap().created);
}

#[tokio::test]
async fn a_write_whose_commit_was_not_answered_is_repeated_only_under_its_key() {
    let database = Database::empty();
    let way = Way::to(database.address()).await;
    let opened = open(&database.url_through(&way.address)).await;
    let key = Some(Idempotency { key: [1; 32], request: [1; 32] });
    way.cuts_at_commit.store(true, Ordering::Release);
    let registered = opened.store.register_person(person(1), key).await.unwrap();
    assert!(!way.cuts_at_commit.load(Ordering::Acquire), "the way was cut");
    assert!(registered.created, "the outcome of the first time");
    assert_eq!(opened.store.load_states(None, 9).await.unwrap().len(), 1);

    let entry =
        AuditEntry { at: now(), staff: None, action: "test".to_owned(), subject: None, purpose: None };
    way.cuts_at_commit.store(true, Ordering::Release);
    let lost = opened.store.append_audit(entry).await.unwrap_err();
    assert!(matches!(lost, StoreError::Unavailable(Outage::Io(_))), "{lost}");
    assert_eq!(opened.store.list_audit(None, 9).await.unwrap().items.len(), 1, "written once");
}

#[tokio::test]
async fn a_commit_that_hangs_is_stopped_at_the_server_so_that_nobody_waits_for_its_rows() {
    let database = Database::empty();
    let opened = open(database.url()).await;
    // What a commit does in the end stands for a machine of a cluster that does not answer it: no limit of statements ends it.
    let hangs = "CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql
                     AS $$ BEGIN PERFORM pg_sleep(3600); RETURN NULL; END $$;
                 CREATE CONSTRAINT TRIGGER hang AFTER INSERT ON change DEFERRABLE INITIALLY DEFERRED
                     FOR EACH ROW EXECUTE FUNCTION hang()";
    let other = session(&database).await;
    other.batch_execute(hangs).await.unwrap();
    let late = with_deadline(deadline(), opened.store.register_person(person(1), None)).await;
    assert_eq!(late.unwrap_err(), StoreError::Deadline);
    let waits = "SET lock_timeout = '30s'; DROP TRIGGER hang ON change";
    other.batch_execute(waits).await.expect("its locks are let go");
    assert!(opened.store.register_person(person(1), None).await.unwrap().created, "nothing was kept");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever_for_a_database_that_stands_still() {
    let database = Database::empty();
    let way = Way::to(database.address()).await;
    let (_folder, keys) = keys();
    let options = PostgresOptions {
        longest_statement: Duration::from_secs(3_600),
        closes_within: DEADLINE,
        ..PostgresOptions::new(database.url_through(&way.address))
    };
    let store = Arc::new(PostgresStore::open(&options, keys, Arc::new(random())).await.unwrap());
    way.is_open.send(false).unwrap();
    // One in the group commit, one in a transaction of its own; neither has a deadline.
    let (registering, finding) = (Arc::clone(&store), Arc::clone(&store));
    let registering = tokio::spawn(async move { registering.register_person(person(1), None).await });
    let finding = tokio::spawn(async move { finding.find_person(&document(1)).await });
    tokio::task::yield_now().await;
    let closed = tokio::time::timeout(Duration::from_secs(60), store.close()).await;
    assert_eq!(closed.expect("it ends in time").unwrap_err(), StoreError::Deadline);
    let told = registering.await.unwrap().unwrap_err();
    assert_eq!(told, StoreError::Unavailable(Outage::RolledBack), "nobody is told that it is done");
    finding.abort();
}

#[tokio::test]
async fn of_several_hosts_the_one_that_answers_and_takes_writes_is_found() {
    let database = Database::empty();
    // Nobody listens at the first: a server that is gone, before its replica.
    let url = database.url_through(&format!("127.0.0.1:1,{}", database.address()));
    let separator = if url.contains('?') { '&' } else { '?' };
    let opened = open(&format!("{url}{separator}target_session_attrs=read-write")).await;
    assert!(opened.store.register_person(person(1), None).await.unwrap().created);
}
