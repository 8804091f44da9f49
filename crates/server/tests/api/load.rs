//! Writers that register people and record check-ins until the server is gone, and remember what was acknowledged.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use jiff::ToSpan as _;
use jiff::civil::date;
use serde_json::{Value, json};
use yimatong_server::clock::{Clock as _, SystemClock};

use crate::process::{Client, until};
use crate::resident::{Device, number, phone};

/// Check-ins in one request.
const BATCH: u32 = 20;

/// What clients were told and what they still wait for.
#[derive(Default)]
pub(crate) struct Book {
    /// Session and person id of every registration that was acknowledged.
    registrations: Vec<(String, Value)>,
    /// Key and body of registrations without an answer.
    unanswered: Vec<(String, Value)>,
    /// Rows of every batch of check-ins that was acknowledged.
    check_ins: Vec<Value>,
    /// Rows without an answer.
    unanswered_check_ins: Vec<Value>,
}

/// Writers at work.
pub(crate) struct Load {
    book: Arc<Mutex<Book>>,
    writers: Vec<JoinHandle<()>>,
}

/// The city that the writers fill, over all rounds.
#[derive(Clone)]
pub(crate) struct Crowd {
    next: Arc<AtomicU32>,
    pub(crate) verifier: String,
    pub(crate) subject: String,
}

impl Crowd {
    /// Registers the first person, whose subject all check-ins carry.
    pub(crate) fn new(client: &Client) -> Self {
        let mut crowd =
            Self { next: Arc::default(), verifier: client.sign_in("verifier"), subject: String::new() };
        let (_, body) = crowd.registration(client).unwrap();
        assert_eq!(client.post("/v1/people", None, None, &body).unwrap().0, 201);
        let check = json!({ "document": body["document"], "purpose": "load" });
        let (_, found) = client.post("/v1/checks", Some(&crowd.verifier), None, &check).unwrap();
        found["subject"].as_str().unwrap().clone_into(&mut crowd.subject);
        crowd
    }

    fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Key and body of the registration of somebody new; nothing when the server is gone.
    fn registration(&self, client: &Client) -> Option<(String, Value)> {
        let n = self.number();
        let phone = phone(n);
        let sent = client.post("/v1/one-time-passwords", None, None, &json!({ "phone": phone }));
        let Ok((202, sent)) = sent else { return None };
        let birth = date(1950, 1, 1).checked_add(i64::from(n / 900).days()).unwrap();
        let body = json!({
            "phone": phone, "oneTimePassword": sent["demoCode"], "name": "王建国", "communityId": 1,
            "document": { "kind": "resident-id", "number": number(610_113, n % 900, birth) },
            "devicePublicKey": Device::new().jwk(),
        });
        Some((format!("registration {n}"), body))
    }

    fn check_ins(&self) -> Vec<Value> {
        let at = SystemClock.now().to_string();
        let row = |n: u32| {
            let id = format!("00000000-0000-4000-8000-{n:012}");
            json!({ "id": id, "at": at, "subject": self.subject, "outcome": "allow" })
        };
        (0..BATCH).map(|_| row(self.number())).collect()
    }
}

impl Load {
    /// Starts two writers that register and two that check in.
    pub(crate) fn start(client: &Client, crowd: &Crowd) -> Self {
        let book = Arc::new(Mutex::new(Book::default()));
        let writer = |work: fn(&Client, &Crowd, &Mutex<Book>) -> Option<()>| {
            let (client, crowd, book) = (client.clone(), crowd.clone(), Arc::clone(&book));
            std::thread::spawn(move || while work(&client, &crowd, &book).is_some() {})
        };
        let writers = vec![writer(register), writer(register), writer(check_in), writer(check_in)];
        Self { book, writers }
    }

    /// Waits until so many registrations and batches were acknowledged.
    pub(crate) fn run_until(&self, registrations: usize, batches: usize) {
        until("enough was acknowledged", || {
            let book = self.book.lock().unwrap();
            book.registrations.len() >= registrations && book.check_ins.len() >= batches * BATCH as usize
        });
    }

    /// Waits until every writer has noticed that the server is gone.
    pub(crate) fn end(self) -> Book {
        for writer in self.writers {
            writer.join().unwrap();
        }
        std::mem::take(&mut *self.book.lock().unwrap())
    }
}

fn register(client: &Client, crowd: &Crowd, book: &Mutex<Book>) -> Option<()> {
    let (key, body) = crowd.registration(client)?;
    if let Ok((201, opened)) = client.post("/v1/people", None, Some(&key), &body) {
        book.lock().unwrap().registrations.push(session(&opened));
        return Some(());
    }
    book.lock().unwrap().unanswered.push((key, body));
    None
}

/// Token and person id of what a registration answered.
fn session(opened: &Value) -> (String, Value) {
    (opened["session"]["token"].as_str().unwrap().to_owned(), opened["code"]["personId"].clone())
}

fn check_in(client: &Client, crowd: &Crowd, book: &Mutex<Book>) -> Option<()> {
    let rows = crowd.check_ins();
    let body = json!({ "venueId": 1, "checkIns": rows });
    let said = client.post("/v1/check-ins", Some(&crowd.verifier), None, &body);
    let mut book = book.lock().unwrap();
    if let Ok((200, outcomes)) = said {
        assert!(outcomes["items"].as_array().unwrap().iter().all(|row| row["status"] == "recorded"));
        book.check_ins.extend(rows);
        return Some(());
    }
    book.unanswered_check_ins.extend(rows);
    None
}

impl Book {
    /// Everything acknowledged is there, and what had no answer can be sent again; from then on it is acknowledged.
    pub(crate) fn assert_kept(&mut self, client: &Client, crowd: &Crowd) {
        for (token, person) in &self.registrations {
            let (status, code) = client.get("/v1/code", Some(token)).unwrap();
            assert_eq!((status, &code["personId"]), (200, person), "an acknowledged registration is lost");
        }
        assert!(statuses(client, crowd, &self.check_ins).iter().all(|status| status == "duplicate"));
        for (key, body) in self.unanswered.drain(..) {
            let (status, opened) = client.post("/v1/people", None, Some(&key), &body).unwrap();
            assert_eq!(status, 201, "{opened}");
            self.registrations.push(session(&opened));
        }
        let again = statuses(client, crowd, &self.unanswered_check_ins);
        assert!(again.iter().all(|status| status == "duplicate" || status == "recorded"));
        self.check_ins.append(&mut self.unanswered_check_ins);
    }

    /// Registrations and check-ins that were acknowledged.
    pub(crate) fn acknowledged(&self) -> (usize, usize) {
        (self.registrations.len(), self.check_ins.len())
    }
}

/// Sends rows again and collects what the server says to each.
fn statuses(client: &Client, crowd: &Crowd, rows: &[Value]) -> Vec<String> {
    let mut statuses = Vec::new();
    for rows in rows.chunks(1_000) {
        let body = json!({ "venueId": 1, "checkIns": rows });
        let (status, outcomes) = client.post("/v1/check-ins", Some(&crowd.verifier), None, &body).unwrap();
        assert_eq!(status, 200, "{outcomes}");
        let items = outcomes["items"].as_array().unwrap();
        statuses.extend(items.iter().map(|row| row["status"].as_str().unwrap().to_owned()));
    }
    assert_eq!(statuses.len(), rows.len());
    statuses
}
