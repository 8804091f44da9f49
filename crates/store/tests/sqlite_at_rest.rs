//! What the SQLite adapter leaves on disk: nothing in clear, nothing half-written, nothing for a foreign keyring.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::date;
use ring::rand::SystemRandom;
use yimatong_model::document::{Document, DocumentKind};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;
use yimatong_store::{
    CampaignStore as _, DeclarationKind, DeviceKey, Evidence, Idempotency, Keyring, NewDeclaration,
    OneTimePasswordLimits, RegisterPerson, SqliteOptions, SqliteStore, Store, StoreError,
};

const NUMBER: &str = "11010519491231002X";
const NAME: &str = "王建国";
const CERTIFICATE: &str = "HC1:NCFOXN%TS3DH3ZSUZK";
const UPLOAD: &str = "%PDF-1.7 vaccinated in Xinzheng";
const PHONE: &str = "13800001234";

fn monotonic() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's clock stands")]
    Instant::now()
}

fn now() -> Timestamp {
    "2022-01-05T00:00:00Z".parse().unwrap()
}

fn open(folder: &Path, keys: &str) -> Result<SqliteStore, StoreError> {
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's source stands")]
    let rng = SystemRandom::new();
    let (keys, _) = Keyring::open_or_create(&folder.join(keys), &rng).unwrap();
    let options = SqliteOptions::new(folder.join("store.sqlite"), monotonic);
    SqliteStore::open(&options, Arc::new(keys), Arc::new(rng))
}

fn person() -> RegisterPerson {
    RegisterPerson {
        document: Document::parse(DocumentKind::ResidentId, NUMBER, date(2022, 1, 5)).unwrap(),
        name: PersonName::parse(NAME).unwrap(),
        phone: Some(Phone::parse(PHONE).unwrap()),
        community: None,
        nationality: Nationality::CHN,
        birth_date: None,
        device: Some(DeviceKey([4; 65])),
        now: now(),
    }
}

#[tokio::test]
async fn a_dump_of_the_database_holds_no_number_name_or_phone_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), "keys").unwrap();
    let phone = person().phone.unwrap();
    let limits = OneTimePasswordLimits::default();
    store.put_one_time_password(&phone, [1; 32], now(), limits, now()).await.unwrap();
    let once = Some(Idempotency { key: [1; 32], request: [2; 32] });
    let registered = store.register_person(person(), once).await.unwrap();
    for evidence in [Evidence::EuDcc(CERTIFICATE.to_owned()), Evidence::Upload(UPLOAD.as_bytes().to_vec())] {
        let declaration = NewDeclaration {
            person: registered.state.person_id,
            campaign: None,
            kind: DeclarationKind::Vaccinated,
            sampled: None,
            evidence,
            declared_by: None,
            at: now(),
        };
        store.declare(declaration, None).await.unwrap();
    }
    // While the store is open part of the rows stand in the log, so all its files are searched.
    search(folder.path());
    store.close().await.unwrap();
    search(folder.path());
}

fn search(folder: &Path) {
    let mut searched = 0;
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        let bytes = fs::read(entry.path()).unwrap();
        searched += bytes.len();
        // Also the parts of the number that nearly give it, and the masked name.
        for secret in [NUMBER, NAME, PHONE, "19491231", "002X", "王*国", CERTIFICATE, UPLOAD, "%PDF"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in {:?}", entry.file_name());
        }
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{:?} has mode {mode:o}", entry.file_name());
    }
    assert!(searched > 4_096, "there was something to search");
}

#[tokio::test]
async fn a_database_is_refused_with_another_keyring() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), "keys").unwrap().close().await.unwrap();
    let Err(StoreError::Corrupt(message)) = open(folder.path(), "other-keys") else {
        panic!("a foreign keyring must not open the database")
    };
    assert!(message.contains("keyring"), "{message}");
    open(folder.path(), "keys").unwrap();
}

#[tokio::test]
async fn everything_acknowledged_is_there_after_reopening_and_slots_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), "keys").unwrap();
    let first = store.register_person(person(), None).await.unwrap();
    store.close().await.unwrap();
    let store = open(folder.path(), "keys").unwrap();
    assert_eq!(store.load_states(None, 9).await.unwrap(), std::slice::from_ref(&first.state));
    let paper = store.issue_paper_code(first.state.person_id, None, now(), None).await.unwrap();
    assert!(paper.slot > first.slot.unwrap() && paper.state.seq > first.state.seq);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_error_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let text = "this is not a database\n".repeat(200);
    fs::write(&path, &text).unwrap();
    assert!(matches!(open(folder.path(), "keys"), Err(StoreError::Corrupt(_))));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}
