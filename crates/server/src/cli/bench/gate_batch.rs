//! Batches of check-ins as a gate sends them.

use jiff::{SignedDuration, Timestamp};
use ring::rand::SecureRandom;

use super::child::Server;
use super::http::request;
use super::serve::{STAFF_TOKEN, SUBJECTS, VENUES};
use crate::random;

/// Rows of a batch.
pub(super) const ROWS: usize = 100;
/// The check-ins of a batch happened within this time, in milliseconds.
const WITHIN_MS: u64 = 600_000;

/// What batches are made of.
#[derive(Debug)]
pub(super) struct Gate {
    headers: Vec<String>,
    subjects: Vec<String>,
    venues: Vec<String>,
}

impl Gate {
    /// The gate of a server's city.
    pub(super) fn of(server: &Server) -> anyhow::Result<Self> {
        let token = server.lines(STAFF_TOKEN)?.concat();
        let headers = vec![format!("authorization: Bearer {token}")];
        Ok(Self { headers, subjects: server.lines(SUBJECTS)?, venues: server.lines(VENUES)? })
    }

    /// The request with batch `number`: other ids each time, people at random, times before `now`.
    pub(super) fn request(
        &self,
        number: usize,
        now: Timestamp,
        random: &(dyn SecureRandom + Send + Sync),
    ) -> Vec<u8> {
        let rows: Vec<String> = (0..ROWS).map(|_| self.row(now, random)).collect();
        let venue = &self.venues[number % self.venues.len()];
        let body = format!(r#"{{"venueId":{venue},"checkIns":[{}]}}"#, rows.join(","));
        request("POST", "/v1/check-ins", &self.headers, body.as_bytes())
    }

    fn row(&self, now: Timestamp, random: &(dyn SecureRandom + Send + Sync)) -> String {
        let [a, b] = [(); 2].map(|()| u64::from_be_bytes(random::bytes(random)));
        let at = now - SignedDuration::from_millis((a % WITHIN_MS).cast_signed());
        let subject = &self.subjects[b as usize % self.subjects.len()];
        format!(
            r#"{{"id":"{:08x}-{:04x}-{:04x}-{:04x}-{:012x}","at":"{at:.3}","subject":"{subject}","outcome":"allow"}}"#,
            a >> 32,
            a >> 16 & 0xFFFF,
            a & 0xFFFF,
            b >> 48,
            b & 0xFFFF_FFFF_FFFF,
        )
    }
}
