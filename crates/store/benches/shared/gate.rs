//! Batches of check-ins as gates send them, and the venues they come from.

use yimatong_model::ids::{PersonId, StaffId, VenueId};
use yimatong_store::{CheckIn, GateOutcome, NewVenue};

use crate::clock::noon;

/// Rows of a batch.
pub(crate) const BATCH: u64 = 100;
/// Venues that send batches in turn.
const VENUES: u64 = 64;

/// A well-mixed number, so that ids and people are spread as in life.
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Whose gate sends a batch.
pub(crate) fn venue(number: u64) -> VenueId {
    VenueId(1 + (number % VENUES) as u32)
}

/// The rows of a batch, different from those of every other number.
pub(crate) fn batch(number: u64) -> Vec<CheckIn> {
    let row = |unique: u64| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&mix(unique).to_be_bytes());
        id[8..].copy_from_slice(&unique.to_be_bytes());
        let at = noon() - jiff::SignedDuration::from_millis((unique % 7_200_000) as i64);
        let person = PersonId::from_low_bits(mix(unique ^ 0xFFFF));
        CheckIn { id, person, at, outcome: GateOutcome::Allow, staff: Some(StaffId(1)) }
    };
    (number * BATCH..(number + 1) * BATCH).map(row).collect()
}

/// The venues, to be imported first.
pub(crate) fn venues() -> Vec<NewVenue> {
    let venue = |id| NewVenue {
        id: Some(VenueId(id)),
        name: format!("venue {id}"),
        venue_type: "market".to_owned(),
        district_code: 610_104,
        at: noon(),
    };
    (1..=VENUES as u32).map(venue).collect()
}
