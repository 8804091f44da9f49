//! What the tests of the PostgreSQL adapter share.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use ring::rand::SystemRandom;
use tempfile::TempDir;
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;
use yimatong_store::{DeviceKey, Keyring, PostgresOptions, PostgresStore, RegisterPerson, Store};
use yimatong_test_database::Database;

pub(crate) fn random() -> SystemRandom {
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's source stands")]
    SystemRandom::new()
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_641_340_800).unwrap()
}

/// Keys that all nodes of a test share, as long as the folder lives.
pub(crate) fn keys() -> (TempDir, Arc<Keyring>) {
    let folder = tempfile::tempdir().unwrap();
    let (keys, _) = Keyring::open_or_create(&folder.path().join("keys"), &random()).unwrap();
    (folder, Arc::new(keys))
}

/// A node's own way to the database: a pool of its own.
pub(crate) async fn node(database: &Database, keys: &Arc<Keyring>) -> Arc<dyn Store> {
    let options = PostgresOptions::new(database.url());
    Arc::new(PostgresStore::open(&options, Arc::clone(keys), Arc::new(random())).await.unwrap())
}

/// The n-th resident's number; everybody is an elder.
pub(crate) fn document(n: u32) -> Document {
    let body = format!("610102{:04}0101{:03}", 1940 + n / 1_000, n % 1_000);
    let number = format!("{body}{}", char::from(check_digit(body.as_bytes().try_into().unwrap())));
    Document::parse(DocumentKind::ResidentId, &number, date(2022, 1, 5)).unwrap()
}

pub(crate) fn phone(n: u32) -> Phone {
    Phone::parse(&format!("139{n:08}")).unwrap()
}

/// The n-th person, without a phone.
pub(crate) fn person(n: u32) -> RegisterPerson {
    RegisterPerson {
        document: document(n),
        name: PersonName::parse("王建国").unwrap(),
        phone: None,
        community: None,
        nationality: Nationality::CHN,
        birth_date: None,
        device: None,
        now: now(),
    }
}

/// The n-th person, with a phone and a device.
pub(crate) fn phone_owner(n: u32) -> RegisterPerson {
    RegisterPerson { phone: Some(phone(n)), device: Some(device()), ..person(n) }
}

pub(crate) fn device() -> DeviceKey {
    let mut point = [7; 65];
    point[0] = 4;
    DeviceKey(point)
}
