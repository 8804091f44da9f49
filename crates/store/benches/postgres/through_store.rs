//! The store's side: so many callers, each with one check-in batch or one registration under way.

use std::sync::Arc;

use jiff::civil::date;
use ring::rand::SystemRandom;
use yimatong_model::document::{Document, DocumentKind, check_digit};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;
use yimatong_store::{DeviceKey, Keyring, PostgresOptions, PostgresStore, RegisterPerson, Store};
use yimatong_test_database::Database;

use crate::clock::noon;
use crate::gate::{batch, venue, venues};
use crate::took::{Took, in_tasks};

/// Nodes over one database, with the same keys.
pub(crate) struct Nodes {
    pub(crate) database: Database,
    stores: Vec<Arc<dyn Store>>,
    _keys: tempfile::TempDir,
}

impl Nodes {
    /// Opens a fresh database with venues and the tables of its day.
    pub(crate) async fn fresh(count: usize) -> Self {
        let (database, folder) = (Database::empty(), tempfile::tempdir().expect("there is room for keys"));
        let mut stores = Vec::new();
        for _ in 0..count {
            stores.push(open(&database, &folder).await);
        }
        stores[0].import_venues(venues()).await.expect("venues are valid");
        for store in &stores {
            store.record_check_ins(venue(0), batch(1 << 40), noon()).await.expect("a venue takes check-ins");
        }
        Self { database, stores, _keys: folder }
    }

    /// Which node a caller asks.
    fn of(&self, caller: u64) -> Arc<dyn Store> {
        Arc::clone(&self.stores[caller as usize % self.stores.len()])
    }

    /// Records batches of check-ins.
    pub(crate) async fn check_ins(&self, callers: u64, batches: u64) -> Took {
        in_tasks((0..callers).map(|caller| {
            let store = self.of(caller);
            async move {
                for number in (caller..batches).step_by(callers as usize) {
                    let recorded = store.record_check_ins(venue(number), batch(number), noon());
                    recorded.await.expect("check-ins are taken");
                }
            }
        }))
        .await
    }

    /// Registers people.
    pub(crate) async fn people(&self, callers: u64, people: u64) -> Took {
        in_tasks((0..callers).map(|caller| {
            let store = self.of(caller);
            async move {
                for n in (caller..people).step_by(callers as usize) {
                    store.register_person(person(n), None).await.expect("a new person registers");
                }
            }
        }))
        .await
    }

    /// Closes the stores, and tells what they counted when asked to.
    pub(crate) async fn close(&self, tell: bool) {
        for store in &self.stores {
            if tell {
                eprintln!("{:#?}", store.counters());
            }
            store.close().await.expect("the store closes");
        }
    }
}

async fn open(database: &Database, folder: &tempfile::TempDir) -> Arc<dyn Store> {
    #[allow(clippy::disallowed_methods, reason = "a measuring command makes keys")]
    let rng = SystemRandom::new();
    let (keys, _) =
        Keyring::open_or_create(&folder.path().join("keys"), &rng).expect("the folder takes keys");
    let options = PostgresOptions::new(database.url());
    let store = PostgresStore::open(&options, Arc::new(keys), Arc::new(rng)).await;
    Arc::new(store.expect("the database opens"))
}

/// The n-th person, with a phone and a device.
fn person(n: u64) -> RegisterPerson {
    let (year, month, day, order) = (1930 + n / 336_000, n / 28_000 % 12 + 1, n / 1_000 % 28 + 1, n % 1_000);
    let body = format!("610102{year:04}{month:02}{day:02}{order:03}");
    let check = check_digit(body.as_bytes().try_into().expect("17 digits"));
    let number = format!("{body}{}", char::from(check));
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
