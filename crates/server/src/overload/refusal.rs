//! Turning a request away: bytes made once, and for those who can wait a held answer that slows a storm down.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use crate::problem::{Code, Problem};

/// Most refusals held at a time; more are answered at once.
pub(super) const MOST_PARKED: usize = 20_000;
/// Shortest and longest hold, and likewise the time to come back after, in milliseconds.
const HOLD_MS: (u64, u64) = (2_000, 8_000);

/// The refusals of one server.
#[derive(Debug)]
pub(crate) struct Refusals {
    busy: Bytes,
    parked: AtomicUsize,
    drawn: AtomicU64,
}

impl Refusals {
    /// `seed` makes servers draw different times.
    pub(crate) fn new(seed: u64) -> Self {
        let busy = Problem::new(Code::Busy).document_bytes();
        Self { busy, parked: AtomicUsize::new(0), drawn: AtomicU64::new(seed) }
    }

    /// Refusals held now.
    pub(crate) fn parked(&self) -> usize {
        self.parked.load(Relaxed)
    }

    /// "Busy, come back": at once.
    pub(crate) fn at_once(&self, retry_after_s: u64) -> Response {
        let mut response = Response::new(Body::from(self.busy.clone()));
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.extensions_mut().insert(Code::Busy);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
        response
    }

    /// "Busy, come back", after a while. Whoever goes away meanwhile frees the place.
    pub(crate) async fn held(&self) -> Response {
        if let Some(_place) = Parked::take(&self.parked) {
            tokio::time::sleep(Duration::from_millis(self.draw_ms())).await;
        }
        self.at_once(self.draw_ms().div_ceil(1_000))
    }

    /// A time within the hold: the steps of splitmix64 (Steele, Lea and Flood 2014), spread evenly.
    fn draw_ms(&self) -> u64 {
        let mut z = self.drawn.fetch_add(0x9E37_79B9_7F4A_7C15, Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        HOLD_MS.0 + (z ^ (z >> 31)) % (HOLD_MS.1 - HOLD_MS.0)
    }
}

/// A place for a held refusal.
struct Parked<'p>(&'p AtomicUsize);

impl<'p> Parked<'p> {
    fn take(parked: &'p AtomicUsize) -> Option<Self> {
        let place = Self(parked);
        // The place counts itself out when it is dropped.
        (parked.fetch_add(1, Relaxed) < MOST_PARKED).then_some(place)
    }
}

impl Drop for Parked<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_come_back_are_spread_over_the_whole_range() {
        let refusals = Refusals::new(5);
        let drawn: Vec<u64> = (0..6_000).map(|_| refusals.draw_ms()).collect();
        assert!(drawn.iter().all(|ms| (2_000..8_000).contains(ms)));
        for from_ms in (2_000..8_000).step_by(1_000) {
            let share = drawn.iter().filter(|ms| (from_ms..from_ms + 1_000).contains(*ms)).count();
            assert!((800..1_200).contains(&share), "{share} of 6,000 from {from_ms}");
        }
    }

    #[tokio::test]
    async fn who_goes_away_while_held_frees_the_place_and_nobody_is_held_beyond_the_limit() {
        let refusals = Refusals::new(5);
        {
            let mut held = Box::pin(refusals.held());
            assert!(futures_util::poll!(&mut held).is_pending());
            assert_eq!(refusals.parked(), 1);
        }
        assert_eq!(refusals.parked(), 0);
        refusals.parked.store(MOST_PARKED, Relaxed);
        let answered = refusals.held().await;
        assert_eq!(answered.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refusals.parked(), MOST_PARKED);
    }
}
