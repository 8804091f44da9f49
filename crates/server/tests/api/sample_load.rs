//! Devices that send samples until the server is gone, each batch twice, and remember what was acknowledged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use jiff::ToSpan as _;
use jiff::civil::date;
use serde_json::{Value, json};
use yimatong_server::clock::{Clock as _, SystemClock};

use crate::process::{Client, until};
use crate::resident::number;
use crate::sampling::{id, tube};

/// Samples in one batch: five tubes of ten.
const BATCH: u32 = 50;
const POOL: u32 = 10;
const DEVICES: u32 = 3;

/// What the devices share, over all rounds.
#[derive(Clone)]
pub(crate) struct Table {
    next: Arc<AtomicU32>,
    sampler: String,
}

/// A batch as it was sent.
struct Batch {
    body: Value,
    /// The number of its first sample; tubes are numbered by it, too.
    first: u32,
}

/// What devices were told, and what they still wait for.
#[derive(Default)]
pub(crate) struct SampleBook {
    acknowledged: Vec<Batch>,
    unanswered: Vec<Batch>,
}

/// Devices at work.
pub(crate) struct SampleLoad {
    book: Arc<Mutex<SampleBook>>,
    devices: Vec<JoinHandle<()>>,
}

impl Table {
    /// A table whose sampler has signed in.
    pub(crate) fn new(client: &Client) -> Self {
        Self { next: Arc::default(), sampler: client.sign_in("sampler") }
    }

    /// The next batch of a device: people who are not registered, by their ID cards.
    fn batch(&self, device: u32) -> Batch {
        let first = self.next.fetch_add(BATCH, Ordering::Relaxed);
        let sampled = SystemClock.now().to_string();
        let row = |n: u32| {
            let birth = date(1950, 1, 1).checked_add(i64::from(n / 900).days()).unwrap();
            json!({
                "id": id(n), "tube": tube(n / POOL), "size": POOL, "household": false, "campaign": 7,
                "person": {
                    "document": { "kind": "resident-id", "number": number(610_113, n % 900, birth) },
                    "name": "王建国",
                },
                "sampled": sampled, "source": "id-card",
            })
        };
        let samples: Vec<Value> = (first..first + BATCH).map(row).collect();
        Batch { body: json!({ "device": id(device), "pointId": 1, "samples": samples }), first }
    }

    /// Sends a batch; none when the server is gone, else how many rows were told to be what.
    fn send(&self, client: &Client, batch: &Batch) -> Option<BTreeMap<String, u32>> {
        let Ok((200, said)) = client.post("/v1/samples", Some(&self.sampler), None, &batch.body) else {
            return None;
        };
        let mut counts = BTreeMap::new();
        for row in said["items"].as_array().unwrap() {
            assert!(row["flags"].is_null() && row["problem"].is_null(), "{row}");
            *counts.entry(row["status"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        Some(counts)
    }
}

fn all(status: &str) -> BTreeMap<String, u32> {
    BTreeMap::from([(status.to_owned(), BATCH)])
}

impl SampleLoad {
    /// Starts the devices.
    pub(crate) fn start(client: &Client, table: &Table) -> Self {
        let book = Arc::new(Mutex::new(SampleBook::default()));
        let device = |device: u32| {
            let (client, table, book) = (client.clone(), table.clone(), Arc::clone(&book));
            std::thread::spawn(move || while work(&client, &table, &book, device).is_some() {})
        };
        let devices = (1..=DEVICES).map(device).collect();
        Self { book, devices }
    }

    /// Waits until so many batches were acknowledged.
    pub(crate) fn run_until(&self, batches: usize) {
        until("enough was acknowledged", || self.book.lock().unwrap().acknowledged.len() >= batches);
    }

    /// Waits until every device has noticed that the server is gone.
    pub(crate) fn end(self) -> SampleBook {
        for device in self.devices {
            device.join().unwrap();
        }
        std::mem::take(&mut *self.book.lock().unwrap())
    }
}

fn work(client: &Client, table: &Table, book: &Mutex<SampleBook>, device: u32) -> Option<()> {
    let batch = table.batch(device);
    let Some(said) = table.send(client, &batch) else {
        book.lock().unwrap().unanswered.push(batch);
        return None;
    };
    assert_eq!(said, all("recorded"));
    let again = table.send(client, &batch);
    assert!(again.as_ref().is_none_or(|said| *said == all("duplicate")), "{again:?}");
    book.lock().unwrap().acknowledged.push(batch);
    again.map(drop)
}

impl SampleBook {
    /// Adds what other devices were told.
    pub(crate) fn add(&mut self, mut other: Self) {
        self.acknowledged.append(&mut other.acknowledged);
        self.unanswered.append(&mut other.unanswered);
    }

    /// Batches that were acknowledged, and those without an answer.
    pub(crate) fn told(&self) -> (usize, usize) {
        (self.acknowledged.len(), self.unanswered.len())
    }

    /// Everything acknowledged is there, what had no answer is there whole or not at all, and sent again it is there once.
    pub(crate) fn assert_kept(&mut self, client: &Client, table: &Table) {
        for batch in &self.acknowledged {
            let said = table.send(client, batch).unwrap();
            assert_eq!(said, all("duplicate"), "an acknowledged sample is lost");
        }
        for batch in self.unanswered.drain(..) {
            let said = table.send(client, &batch).unwrap();
            assert!(
                [all("recorded"), all("duplicate")].contains(&said),
                "half a batch was written: {said:?}"
            );
            self.acknowledged.push(batch);
        }
        for batch in &self.acknowledged {
            for n in (batch.first / POOL)..((batch.first + BATCH) / POOL) {
                let path = format!("/v1/tubes/{}?purpose=count", tube(n));
                let (status, file) = client.get(&path, Some(&table.sampler)).unwrap();
                assert_eq!((status, &file["people"]), (200, &json!(POOL)), "{file}");
                assert_eq!(file["samples"].as_array().unwrap().len(), POOL as usize, "doubled or lost");
            }
        }
    }
}
