//! A process that is killed between and within writes: what it acknowledged is there, whole, and nothing else by halves.
//!
//! The test starts itself again as a child that writes without end and prints each acknowledged registration, kills
//! it with SIGKILL while it writes, and reads the database.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::date;
use ring::rand::SystemRandom;
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId, VenueId};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;
use yimatong_model::sampling::{Barcode, SampleSource, TubeSize};
use yimatong_store::{
    Access, CheckIn, DeviceKey, GateOutcome, Keyring, NewSample, NewVenue, PersonState, RegisterPerson,
    SampleBatch, SampleOutcome, SampledPerson, SamplingStore as _, SqliteOptions, SqliteStore, Store,
};

const FOLDER: &str = "YIMATONG_CRASH_FOLDER";
const ROUNDS: u32 = 3;
const ACKNOWLEDGED_PER_ROUND: usize = 60;

fn monotonic() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's clock stands")]
    Instant::now()
}

fn now() -> Timestamp {
    "2022-01-05T00:00:00Z".parse().unwrap()
}

fn open(folder: &Path) -> SqliteStore {
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's source stands")]
    let rng = SystemRandom::new();
    let (keys, _) = Keyring::open_or_create(&folder.join("keys"), &rng).unwrap();
    let options = SqliteOptions::new(folder.join("store.sqlite"), monotonic);
    SqliteStore::open(&options, Arc::new(keys), Arc::new(rng)).unwrap()
}

fn document(n: u32) -> Document {
    let body = format!("610102{:04}0101{:03}", 1920 + n / 1_000, n % 1_000);
    let check = check_digit(body.as_bytes().try_into().unwrap());
    let number = format!("{body}{}", char::from(check));
    Document::parse(DocumentKind::ResidentId, &number, date(2022, 1, 5)).unwrap()
}

fn person(n: u32) -> RegisterPerson {
    RegisterPerson {
        document: document(n),
        name: PersonName::parse("王建国").unwrap(),
        phone: Some(Phone::parse(&format!("138{n:08}")).unwrap()),
        community: None,
        nationality: Nationality::CHN,
        birth_date: None,
        device: Some(DeviceKey([4; 65])),
        now: now(),
    }
}

fn check_in(n: u32, person: PersonId) -> CheckIn {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    CheckIn { id, person, at: now(), outcome: GateOutcome::Allow, staff: None }
}

/// Everybody's sample, ten people to a tube.
fn sample(n: u32) -> SampleBatch {
    let row = NewSample {
        id: u128::from(n).to_be_bytes(),
        barcode: tube(n / 10),
        size: TubeSize::Ten,
        household: false,
        campaign: Some(7),
        person: SampledPerson::Document { document: document(n), name: None },
        sampled: now(),
        source: SampleSource::IdCard,
        undone: None,
    };
    SampleBatch { device: [1; 16], point: SamplingPointId(1), staff: StaffId(1), rows: vec![row] }
}

fn tube(n: u32) -> Barcode {
    format!("ZZ-{n:06}").parse().unwrap()
}

/// Not a test of its own: the child of the test below.
#[tokio::test]
async fn the_child_writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store: Arc<dyn Store> = Arc::new(open(Path::new(&folder)));
    let first = u32::try_from(store.load_states(None, 100_000).await.unwrap().len()).unwrap() + 50_000;
    let workers = (0..4).map(|worker| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for n in (first + worker..90_000).step_by(4) {
                // A number may be there from a write that was committed but not acknowledged.
                let Ok(registered) = store.register_person(person(n), None).await else { continue };
                let one = vec![check_in(n, registered.state.person_id)];
                store.record_check_ins(VenueId(1), one, now()).await.unwrap();
                store.record_samples(sample(n), now()).await.unwrap();
                let mut out = std::io::stderr().lock();
                writeln!(out, "acknowledged {n}").unwrap();
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
}

#[tokio::test]
async fn a_killed_process_leaves_everything_acknowledged_and_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let venue = NewVenue {
        id: Some(VenueId(1)),
        name: "market".to_owned(),
        venue_type: "market".to_owned(),
        district_code: 610_104,
        at: now(),
    };
    let store = open(folder.path());
    store.import_venues(vec![venue]).await.unwrap();
    store.close().await.unwrap();
    let mut acknowledged = Vec::new();
    for _ in 0..ROUNDS {
        acknowledged.extend(one_round(folder.path()));
        check(folder.path(), &acknowledged).await;
    }
    assert!(acknowledged.len() >= ROUNDS as usize * ACKNOWLEDGED_PER_ROUND);
}

/// Runs the child until it has acknowledged enough, kills it and answers what it acknowledged.
fn one_round(folder: &Path) -> Vec<u32> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_writes_until_it_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .filter_map(|line| line.unwrap().strip_prefix("acknowledged ")?.parse().ok());
    let mut numbers: Vec<u32> = lines.by_ref().take(ACKNOWLEDGED_PER_ROUND).collect();
    child.kill().unwrap();
    // What was printed before the kill took effect counts too.
    numbers.extend(lines);
    child.wait().unwrap();
    numbers
}

async fn check(folder: &Path, acknowledged: &[u32]) {
    let store = open(folder);
    let states = store.load_states(None, 100_000).await.unwrap();
    for n in acknowledged {
        let person =
            store.find_person(&document(*n)).await.unwrap().expect("an acknowledged person is there");
        let phone = Phone::parse(&format!("138{n:08}")).unwrap();
        assert_eq!(store.person_by_phone(&phone).await.unwrap(), Some(person));
    }
    // Each person is whole: a slot and its device key, a change number of its own.
    assert!(states.iter().all(|state| state.device_slot.is_some() && state.seq > 0));
    let mut slots: Vec<_> = states.iter().filter_map(|state| state.device_slot).collect();
    slots.sort_unstable();
    slots.dedup();
    assert_eq!(slots.len(), states.len(), "no slot was given out twice");
    let mut listed = 0;
    let mut cursor = None;
    loop {
        let page = store.list_check_ins(VenueId(1), date(2022, 1, 5), cursor, 1_000).await.unwrap();
        listed += page.items.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert!(acknowledged.len() <= listed && listed <= states.len(), "{listed} check-ins");
    check_samples(&store, &states, acknowledged).await;
    store.close().await.unwrap();
}

/// No sample is lost or doubled, also when each is sent again; tubes, people and rounds agree on them.
async fn check_samples(store: &SqliteStore, states: &[PersonState], acknowledged: &[u32]) {
    for n in acknowledged {
        let again = store.record_samples(sample(*n), now()).await.unwrap();
        assert_eq!(again.rows, [SampleOutcome::Duplicate], "an acknowledged sample is there");
    }
    let (mut by_person, mut by_tube) = (0, 0);
    for state in states {
        let samples = store.samples_of(state.person_id, None, 9).await.unwrap().items.len();
        assert!(samples <= 1 && state.rounds.len() == samples);
        by_person += samples;
    }
    for n in 5_000..9_000 {
        let access = Access { staff: StaffId(1), purpose: "count".to_owned(), at: now() };
        let Some(file) = store.tube(tube(n), access).await.unwrap() else { continue };
        assert_eq!(usize::try_from(file.tube.people).unwrap(), file.samples.len());
        by_tube += file.samples.len();
    }
    assert!(by_person == by_tube && by_person >= acknowledged.len(), "{by_person} and {by_tube} samples");
}
