//! States for the tests of the registry.

use jiff::Timestamp;
use yimatong_model::document::DocumentKind;
use yimatong_model::ids::{PersonId, Slot};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::RulePack;
use yimatong_store::PersonState;

use super::Registry;

/// A city that began on 20 December 2021.
pub(super) fn registry() -> Registry {
    part("1/1")
}

/// A part of that city.
pub(super) fn part(part: &str) -> Registry {
    Registry::new(RulePack::shipped("xian-2021-12").unwrap().into(), KEY, part.parse().unwrap())
}

/// The key of the status indexes.
pub(super) const KEY: [u8; 32] = [7; 32];

/// So many seconds after the city began.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_640_000_000 + second).unwrap()
}

/// A person by number.
pub(super) fn person(n: u64) -> PersonId {
    PersonId::new(n).unwrap()
}

/// A green person with a device, as of a change.
pub(super) fn state(n: u64, seq: u64, device: u32) -> PersonState {
    PersonState {
        person_id: person(n),
        seq,
        masked_name: "王*国".to_owned(),
        document_tail: "0014".to_owned(),
        birth_date: None,
        sex: None,
        document_kind: DocumentKind::ResidentId,
        community: None,
        household: None,
        reasons: Vec::new(),
        results: Vec::new(),
        vaccination: None,
        device_slot: Some(Slot(device)),
        paper_slot: None,
        relative_slots: Vec::new(),
        void_slots: Vec::new(),
        rounds: Vec::new(),
    }
}

/// A reason since the city began.
pub(super) fn reason(code: ReasonCode) -> Reason {
    Reason::new(code, at(0))
}
