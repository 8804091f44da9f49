//! Batches of samples as a device at a table sends them.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::child::Server;
use super::http::{Answer, request};
use super::serve::{SAMPLER_TOKEN, TABLE};

/// Samples of a batch.
pub(super) const ROWS: usize = 500;
/// People in a tube.
pub(super) const POOL: usize = 10;
/// The samples of a batch were taken within this time, in milliseconds.
const WITHIN_MS: i64 = 300_000;

/// What batches are made of.
#[derive(Debug)]
pub(super) struct Table {
    /// Header lines of the sampler's requests.
    pub(super) headers: Vec<String>,
    /// How each person is told: a subject, or kind and number of a document.
    people: Vec<String>,
}

/// A batch of one device.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) request: Vec<u8>,
    /// Its tubes.
    pub(super) tubes: Vec<String>,
}

impl Table {
    /// The table of a server's city.
    pub(super) fn of(server: &Server) -> anyhow::Result<Self> {
        let token = server.lines(SAMPLER_TOKEN)?.concat();
        let headers = vec![format!("authorization: Bearer {token}")];
        Ok(Self { headers, people: server.lines(TABLE)? })
    }

    /// So many batches of a round, dealt out to devices; each person once.
    pub(super) fn round(
        &self,
        round: usize,
        batches: usize,
        devices: usize,
        now: Timestamp,
    ) -> Vec<Vec<Batch>> {
        let mut hands: Vec<Vec<Batch>> = (0..devices).map(|_| Vec::new()).collect();
        for number in 0..batches {
            let device = number % devices;
            hands[device].push(self.batch(round, number, device, now));
        }
        hands
    }

    /// The batch of this number; its samples were taken just before `now`.
    pub(super) fn batch(&self, round: usize, number: usize, device: usize, now: Timestamp) -> Batch {
        let places: Vec<usize> = (number * ROWS..(number + 1) * ROWS).collect();
        let rows: Vec<String> = places.iter().map(|place| self.row(round, *place, now)).collect();
        let tubes = places.iter().step_by(POOL).map(|place| tube(round, *place)).collect();
        let (point, samples) = (device + 1, rows.join(","));
        let body = format!(
            r#"{{"device":"00000000-0000-4000-8000-{device:012}","pointId":{point},"samples":[{samples}]}}"#
        );
        Batch { request: request("POST", "/v1/samples", &self.headers, body.as_bytes()), tubes }
    }

    fn row(&self, round: usize, place: usize, now: Timestamp) -> String {
        let before = i64::try_from(place).unwrap_or(0).wrapping_mul(7_919) % WITHIN_MS;
        let (sampled, tube) = (now - SignedDuration::from_millis(before), tube(round, place));
        let told = &self.people[place % self.people.len()];
        let (person, source) = match told.split_once(' ') {
            Some((kind, number)) => {
                (format!(r#""document":{{"kind":"{kind}","number":"{number}"}}"#), "id-card")
            }
            None => (format!(r#""subject":"{told}""#), "code"),
        };
        // Ids of devices are random, so neither is their order in a table.
        let id = place.wrapping_mul(0x9E37_79B9_7F4A_7C15) & 0xFFFF_FFFF_FFFF;
        format!(
            r#"{{"id":"{place:08x}-0000-4000-8{round:03x}-{id:012x}","tube":"{tube}","size":{POOL},"household":false,"campaign":{round},"person":{{{person}}},"sampled":"{sampled:.3}","source":"{source}"}}"#
        )
    }
}

/// Barcode of the tube of the person at a place.
pub(super) fn tube(round: usize, place: usize) -> String {
    format!("ZZ{round:02}-{:08}", place / POOL)
}

/// How many rows of an answer have a status.
pub(super) fn count(answer: &Answer, status: &str) -> usize {
    let wanted = format!(r#""status":"{status}""#);
    answer.body.windows(wanted.len()).filter(|part| *part == wanted.as_bytes()).count()
}

/// Counts to a number: true for whoever reaches it.
pub(super) fn reaches(counter: &AtomicUsize, number: usize) -> bool {
    counter.fetch_add(1, Ordering::AcqRel) + 1 == number
}
