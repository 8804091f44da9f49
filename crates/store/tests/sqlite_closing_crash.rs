//! A process that is killed while it closes a campaign: what it did is whole, and doing everything again doubles nothing.
//!
//! The test starts itself again as a child that gives the reason batch by batch and prints each one, kills it with SIGKILL
//! in the middle, and begins again at the first person.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use yimatong_model::campaign::SHIPPED;
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, Person};
use yimatong_model::reason::ReasonCode;
use yimatong_store::{
    CampaignChange, CampaignStep, CampaignStore as _, DraftCampaign, ImportPerson, Keyring, SqliteOptions,
    SqliteStore, Store,
};

const FOLDER: &str = "YIMATONG_CLOSING_FOLDER";
const PEOPLE: u32 = 900;
const BATCH: usize = 10;
const ROUNDS: usize = 3;
/// Batches that the child gives before it is killed, more in each round.
const BATCHES_PER_ROUND: usize = 15;

fn monotonic() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's clock stands")]
    Instant::now()
}

fn minute(minutes: i64) -> Timestamp {
    "2022-01-07T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn open(folder: &Path) -> SqliteStore {
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's source stands")]
    let rng = SystemRandom::new();
    let (keys, _) = Keyring::open_or_create(&folder.join("keys"), &rng).unwrap();
    let options = SqliteOptions::new(folder.join("store.sqlite"), monotonic);
    SqliteStore::open(&options, Arc::new(keys), Arc::new(rng)).unwrap()
}

fn person(n: u32) -> ImportPerson {
    let body = format!("41010219800101{n:03}");
    let check = check_digit(body.as_bytes().try_into().unwrap());
    let number = format!("{body}{}", char::from(check));
    let person = Person {
        document: Document::parse(DocumentKind::ResidentId, &number, date(2022, 1, 5)).unwrap(),
        name: PersonName::parse("王建国").unwrap(),
        phone: None,
        sex: None,
        birth_date: None,
        nationality: Nationality::CHN,
        community: None,
        household: None,
    };
    ImportPerson { person, reasons: Vec::new(), results: Vec::new(), vaccination: None }
}

async fn everybody(store: &dyn Store) -> Vec<PersonId> {
    let states = store.load_states(None, 10_000).await.unwrap();
    states.into_iter().map(|state| state.person_id).collect()
}

async fn change(store: &dyn Store, change: CampaignChange, by: u32) {
    let version = store.campaign(1).await.unwrap().unwrap().campaign.version;
    let step = CampaignStep {
        number: 1,
        version: Some(version),
        by: StaffId(by),
        remark: String::new(),
        at: minute(0),
    };
    store.change_campaign(change, step, None).await.unwrap();
}

async fn begin_closing(store: &dyn Store) {
    store.import_people((0..PEOPLE).map(person).collect(), minute(0)).await.unwrap();
    let draft = DraftCampaign { document: SHIPPED[0].1.to_owned(), by: StaffId(1), at: minute(0) };
    store.draft_campaign(draft, None).await.unwrap();
    change(store, CampaignChange::Approve, 2).await;
    change(store, CampaignChange::Start, 1).await;
    change(store, CampaignChange::AskToClose { counts: "{}".to_owned(), most_given: PEOPLE }, 1).await;
    change(store, CampaignChange::ApproveClosing, 2).await;
}

/// Not a test of its own: the child of the test below.
#[tokio::test]
async fn the_child_closes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(Path::new(&folder));
    let people = everybody(&store).await;
    let given = store.campaign(1).await.unwrap().unwrap().campaign.given;
    for batch in people.chunks(BATCH) {
        store.give_missed(1, batch.to_vec(), minute(i64::from(given) + 1)).await.unwrap();
        writeln!(std::io::stderr().lock(), "given").unwrap();
    }
}

/// Runs the child until it has given so many batches, and kills it; answers how many it was sure of.
fn killed_after(folder: &Path, batches: usize) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_closes_until_it_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines =
        BufReader::new(child.stderr.take().unwrap()).lines().filter(|line| line.as_ref().unwrap() == "given");
    let first = lines.by_ref().take(batches).count();
    child.kill().unwrap();
    let more = lines.count();
    child.wait().unwrap();
    first + more
}

/// Whoever has the reason has it once, from whole batches, and the campaign has counted them; answers how many.
async fn check(store: &dyn Store) -> usize {
    let states = store.load_states(None, 10_000).await.unwrap();
    let given: Vec<bool> = states.iter().map(|state| !state.reasons.is_empty()).collect();
    assert!(states.iter().all(|state| state.reasons.len() <= 1), "somebody has the reason twice");
    assert!(given.chunks(BATCH).all(|batch| batch.iter().all(|is| *is == batch[0])), "a batch by halves");
    let count = given.iter().filter(|is| **is).count();
    let campaign = store.campaign(1).await.unwrap().unwrap().campaign;
    assert_eq!(campaign.given as usize, count);
    count
}

#[tokio::test]
async fn a_closing_that_is_killed_in_the_middle_is_done_again_without_doubling_anything() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    begin_closing(&store).await;
    store.close().await.unwrap();
    for round in 1..=ROUNDS {
        let acknowledged = killed_after(folder.path(), round * BATCHES_PER_ROUND);
        let store = open(folder.path());
        assert!(check(&store).await >= acknowledged * BATCH);
        store.close().await.unwrap();
    }
    let store = open(folder.path());
    for batch in everybody(&store).await.chunks(BATCH) {
        store.give_missed(1, batch.to_vec(), minute(2_000)).await.unwrap();
    }
    assert_eq!(check(&store).await, PEOPLE as usize);
    change(&store, CampaignChange::Reverse, 1).await;
    while !store.take_back_missed(1, 100, minute(3_000)).await.unwrap().done {}
    let states = store.load_states(None, 10_000).await.unwrap();
    let released = |reason: &yimatong_model::reason::Reason| {
        reason.code == ReasonCode::MissedRound && reason.released == Some(minute(3_000))
    };
    assert!(states.iter().all(|state| released(&state.reasons[0])));
    assert_eq!(store.campaign(1).await.unwrap().unwrap().campaign.undone, PEOPLE);
    store.close().await.unwrap();
}
