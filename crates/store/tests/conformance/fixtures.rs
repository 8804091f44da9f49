//! People, times and stores for scenarios.

use std::sync::Arc;
use std::time::Instant;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::ids::{PersonId, StaffId, VenueId};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, Person};
use yimatong_model::phone::Phone;
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_store::{
    Access, AddRelative, DeviceKey, Idempotency, ImportPerson, Keyring, NewVenue, PostgresStore,
    RegisterPerson, Relation, Store,
};

/// A store, and what it lives in.
pub(crate) struct TestStore {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) _kept: Box<dyn std::any::Any>,
}

/// A fresh keyring and its folder.
pub(crate) fn keys() -> (tempfile::TempDir, Arc<Keyring>) {
    let folder = tempfile::tempdir().unwrap();
    let (keys, _) = Keyring::open_or_create(&folder.path().join("keys"), &random()).unwrap();
    (folder, Arc::new(keys))
}

/// Brings the database of a URL to the newest version; on a thread of its own, as the caller may be in a runtime.
pub(crate) fn migrate(url: &str) {
    let migrate = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(PostgresStore::migrate(url)).unwrap();
    };
    std::thread::scope(|scope| scope.spawn(migrate).join().unwrap());
}

/// The monotonic clock.
pub(crate) fn monotonic() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "the suite stands where the server's clock stands")]
    Instant::now()
}

/// A source of keys and nonces.
pub(crate) fn random() -> SystemRandom {
    #[allow(clippy::disallowed_methods, reason = "the suite stands where the server's source stands")]
    SystemRandom::new()
}

/// 5 January 2022, 08:00 in the city, and so many minutes.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    let start: Timestamp = "2022-01-05T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

/// The ID card of the n-th person born on a day.
pub(crate) fn resident_born(n: u32, birth: Date) -> Document {
    let body = format!("610102{:04}{:02}{:02}{:03}", birth.year(), birth.month(), birth.day(), n % 1_000);
    let check = check_digit(body.as_bytes().try_into().unwrap());
    let number = format!("{body}{}", char::from(check));
    Document::parse(DocumentKind::ResidentId, &number, date(2022, 1, 5)).unwrap()
}

/// The ID card of the n-th adult.
pub(crate) fn resident(n: u32) -> Document {
    resident_born(n, date(1980, 1, 1))
}

/// A passport.
pub(crate) fn passport() -> Document {
    Document::parse(DocumentKind::Passport, "E12345678", date(2022, 1, 5)).unwrap()
}

/// A name.
pub(crate) fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

/// The n-th phone.
pub(crate) fn phone(n: u32) -> Phone {
    Phone::parse(&format!("138{n:08}")).unwrap()
}

/// A device key; only its length matters to the store.
pub(crate) fn key(n: u8) -> DeviceKey {
    let mut key = [n; 65];
    key[0] = 4;
    DeviceKey(key)
}

/// The n-th adult with the n-th phone and a device.
pub(crate) fn adult(n: u32) -> RegisterPerson {
    RegisterPerson {
        document: resident(n),
        name: name("王建国"),
        phone: Some(phone(n)),
        community: None,
        nationality: Nationality::CHN,
        birth_date: None,
        device: Some(key(1)),
        now: minute(0),
    }
}

/// Registers the n-th adult.
pub(crate) async fn register(store: &dyn Store, n: u32) -> PersonId {
    store.register_person(adult(n), None).await.unwrap().state.person_id
}

/// The n-th child as a relative of a holder.
pub(crate) fn child_of(holder: PersonId, n: u32) -> AddRelative {
    AddRelative {
        holder,
        document: resident_born(n, date(2015, 6, 1)),
        name: name("王小明"),
        relation: Relation::Child,
        community: None,
        nationality: Nationality::CHN,
        birth_date: None,
        now: minute(1),
    }
}

/// The n-th person of an import, with the n-th phone.
pub(crate) fn imported(n: u32) -> ImportPerson {
    ImportPerson {
        person: Person {
            document: resident(n),
            name: name("李秀英"),
            phone: Some(phone(n)),
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

/// A result sampled at a minute, received an hour and reported two hours later.
pub(crate) fn result(sampled_minute: i64, outcome: Outcome, tube: Tube) -> TestResult {
    TestResult {
        sampled: minute(sampled_minute),
        received: minute(sampled_minute + 60),
        reported: minute(sampled_minute + 120),
        outcome,
        tube,
        method: Method::Naat,
        institution: 7,
    }
}

/// The rules of Xi'an.
pub(crate) fn rules() -> Arc<RulePack> {
    Arc::new(RulePack::shipped("xian-2021-12").unwrap())
}

/// A staff member's access for a purpose.
pub(crate) fn access(purpose: &str) -> Access {
    Access { staff: StaffId(3), purpose: purpose.to_owned(), at: minute(5) }
}

/// An idempotency key for a request.
pub(crate) fn once(key: u8, request: u8) -> Option<Idempotency> {
    Some(Idempotency { key: [key; 32], request: [request; 32] })
}

/// Creates a venue.
pub(crate) async fn venue(store: &dyn Store) -> VenueId {
    let new = NewVenue {
        id: None,
        name: "回民街农贸市场".to_owned(),
        venue_type: "market".to_owned(),
        district_code: 610_104,
        at: minute(0),
    };
    store.create_venue(new, None).await.unwrap().id
}
