//! A machine of the cluster is away: nobody's change is lost, and nobody waits for somebody else's.

use yimatong_model::reason::ReasonCode;
use yimatong_store::{PersonState, Unreached};

use super::MOST;
use crate::registry::fixtures::{at, person, reason, registry, state};

fn missed(n: u64, seq: u64) -> Unreached {
    Unreached { person: person(n), seq }
}

/// A person who was found to be ill.
fn ill(n: u64, seq: u64) -> PersonState {
    PersonState { reasons: vec![reason(ReasonCode::Confirmed)], ..state(n, seq, u32::try_from(n).unwrap()) }
}

#[test]
fn others_changes_arrive_and_the_missed_one_comes_later_whatever_was_applied_meanwhile() {
    let registry = registry();
    registry.apply_all(&[state(1, 1, 1), state(2, 2, 2)], 2, at(0));
    registry.apply_page(&[ill(2, 4)], 4, &[missed(1, 3)], at(0)).unwrap();
    registry.apply_page(&[state(3, 5, 3)], 5, &[], at(0)).unwrap();
    assert_eq!((registry.sequence(), registry.unreached()), (5, 1));
    assert!(registry.view(person(2), at(0)).is_some_and(|view| view.reasons.len() == 1), "at once");
    assert!(registry.misses(person(1)) && !registry.misses(person(2)));
    registry.apply_heard(&[ill(1, 3)], at(0));
    assert!(registry.view(person(1), at(0)).is_some_and(|view| view.reasons.len() == 1), "not lost");
    assert_eq!((registry.sequence(), registry.unreached()), (5, 0));
}

#[test]
fn a_state_from_before_the_last_missed_change_is_not_enough() {
    let registry = registry();
    registry.apply_page(&[], 5, &[missed(1, 3)], at(0)).unwrap();
    registry.apply_page(&[], 9, &[missed(1, 8)], at(0)).unwrap();
    registry.apply_heard(&[state(1, 7, 1)], at(0));
    assert!(registry.misses(person(1)), "the change 8 has not arrived at the person's row yet");
    registry.apply_heard(&[state(1, 8, 1)], at(0));
    assert!(!registry.misses(person(1)));
}

#[test]
fn whoever_comes_in_a_later_page_is_not_missed_any_more() {
    let registry = registry();
    registry.apply_page(&[], 8, &[missed(1, 8)], at(0)).unwrap();
    registry.apply_page(&[], 8, &[missed(1, 3)], at(0)).unwrap();
    registry.apply_page(&[state(1, 7, 1)], 8, &[], at(0)).unwrap();
    assert!(registry.misses(person(1)), "an older number that comes late does not make less of the last");
    registry.apply_page(&[state(1, 9, 1)], 9, &[], at(0)).unwrap();
    assert!(!registry.misses(person(1)));
}

#[test]
fn a_snapshot_begins_again_before_the_first_change_that_was_missed() {
    let registry = registry();
    registry.apply_page(&[state(2, 2, 2)], 5, &[missed(1, 3)], at(0)).unwrap();
    registry.apply_page(&[], 9, &[missed(1, 8)], at(0)).unwrap();
    assert_eq!((registry.sequence(), registry.whole_sequence()), (9, 2));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.snapshot");
    registry.write_snapshot(&path).unwrap();
    let (rules, part) = (registry.rules().clone(), registry.part());
    let key = registry.board.index_key();
    let read = crate::registry::Registry::read_snapshot(&path, rules, key, part, at(0)).unwrap();
    assert_eq!((read.sequence(), read.unreached()), (2, 0), "everything from 3 on is read again");
    registry.apply_heard(&[state(1, 8, 1)], at(0));
    assert_eq!(registry.whole_sequence(), 9);
}

#[test]
fn with_more_people_than_can_be_remembered_the_number_waits() {
    let registry = registry();
    let most = u64::try_from(MOST).unwrap();
    let many: Vec<_> = (1..=most).map(|n| missed(n, n)).collect();
    registry.apply_page(&[], most, &many, at(0)).unwrap();
    assert!(registry.apply_page(&[], most + 2, &[missed(most + 1, most + 1)], at(0)).is_err());
    assert_eq!((registry.sequence(), registry.unreached()), (most, MOST), "nobody is passed over");
    registry.apply_page(&[], most, &[missed(1, most), missed(2, most)], at(0)).unwrap();
    assert_eq!(registry.unreached(), MOST, "who is remembered already is not one more");
    registry.apply_page(&[], most + 1, &[], at(0)).unwrap();
}

#[test]
fn a_city_that_is_read_anew_misses_nobody() {
    let registry = registry();
    registry.apply_page(&[], 5, &[missed(1, 3)], at(0)).unwrap();
    registry.forget();
    assert_eq!((registry.unreached(), registry.whole_sequence()), (0, 0));
}
