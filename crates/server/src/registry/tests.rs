//! The registry takes states in any order, follows the clock, and knows who shows whose code.

use proptest::prelude::*;
use yimatong_credential::Status;
use yimatong_model::colour::Colour;
use yimatong_model::ids::Slot;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_store::{PersonState, Relation, RelativeSlot};

use super::fixtures::{at, person, reason, registry, state};
use super::status_of;

#[test]
fn an_older_state_never_replaces_a_newer_one() {
    let registry = registry();
    let mut newer = state(1, 9, 2);
    newer.void_slots = vec![Slot(1)];
    registry.apply(&newer, at(0));
    let mut older = state(1, 8, 1);
    older.reasons = vec![reason(ReasonCode::Confirmed)];
    registry.apply(&older, at(0));
    let view = registry.view(person(1), at(0)).unwrap();
    assert_eq!((view.decision.colour, view.entry.device_slot()), (Colour::Green, Some(Slot(2))));
    assert!(registry.holds_device(person(1), Slot(2)) && !registry.holds_device(person(1), Slot(1)));
    assert_eq!((registry.board.get(Slot(1)), registry.board.get(Slot(2))), (Status::Void, Status::Green));
}

#[test]
fn more_than_two_reasons_go_to_the_side_table_and_back() {
    let registry = registry();
    let empty = registry.bytes();
    let codes =
        [ReasonCode::Symptoms, ReasonCode::Arrival, ReasonCode::PooledPositive, ReasonCode::CloseContact];
    let mut many = state(1, 1, 1);
    many.reasons = codes.map(reason).to_vec();
    registry.apply(&many, at(0));
    let view = registry.view(person(1), at(0)).unwrap();
    assert_eq!(view.reasons, many.reasons);
    assert_eq!((view.decision.colour, view.decision.active.len()), (Colour::Red, 4));
    assert!(view.entry.has_more_reasons());
    let with_many = registry.bytes();

    let mut one = state(1, 2, 1);
    one.reasons = vec![reason(ReasonCode::Symptoms)];
    registry.apply(&one, at(0));
    let view = registry.view(person(1), at(0)).unwrap();
    assert_eq!((view.reasons, view.decision.colour), (one.reasons, Colour::Yellow));
    assert!(!view.entry.has_more_reasons());
    assert!(empty < registry.bytes() && registry.bytes() < with_many);
    assert_eq!(registry.board.get(Slot(1)), Status::Yellow);
}

#[test]
fn released_reasons_do_not_count() {
    let registry = registry();
    let mut released = state(1, 1, 1);
    released.reasons =
        vec![Reason { released: Some(at(5)), ..reason(ReasonCode::Confirmed) }, reason(ReasonCode::Symptoms)];
    registry.apply(&released, at(10));
    let view = registry.view(person(1), at(10)).unwrap();
    assert_eq!((view.reasons.len(), view.decision.colour), (1, Colour::Yellow));
}

#[test]
fn a_release_that_lies_ahead_ends_the_reason_then_and_not_before() {
    let registry = registry();
    let mut arrival = state(1, 1, 1);
    arrival.reasons = vec![Reason { released: Some(at(100)), ..reason(ReasonCode::Arrival) }];
    registry.apply(&arrival, at(0));
    let view = registry.view(person(1), at(99)).unwrap();
    assert_eq!((view.decision.colour, view.reasons[0].until), (Colour::Yellow, Some(at(100))));
    assert_eq!(registry.board.get(Slot(1)), Status::Yellow);
    registry.tick(at(100));
    assert_eq!(registry.board.get(Slot(1)), Status::Green);
}

#[test]
fn the_clock_ends_a_reason_at_its_second_and_the_status_list_follows() {
    let registry = registry();
    let mut yellow = state(1, 1, 1);
    yellow.reasons = vec![Reason { until: Some(at(100)), ..reason(ReasonCode::Symptoms) }];
    registry.apply(&yellow, at(0));
    assert_eq!(registry.tick(at(99)), 0);
    assert_eq!(registry.board.get(Slot(1)), Status::Yellow);
    assert_eq!(registry.tick(at(100)), 1);
    assert_eq!(registry.board.get(Slot(1)), Status::Green);
    assert_eq!(registry.view(person(1), at(100)).unwrap().decision.colour, Colour::Green);
    assert_eq!(registry.tick(at(1_000)), 0);
}

#[test]
fn a_reason_that_began_to_count_later_is_followed_by_the_clock_as_well() {
    let registry = registry();
    let mut two = state(1, 1, 1);
    two.reasons = vec![
        Reason { until: Some(at(50)), ..reason(ReasonCode::CloseContact) },
        Reason { until: Some(at(80)), ..reason(ReasonCode::Symptoms) },
    ];
    registry.apply(&two, at(0));
    assert_eq!(registry.board.get(Slot(1)), Status::Red);
    registry.tick(at(50));
    assert_eq!(registry.board.get(Slot(1)), Status::Yellow);
    registry.tick(at(80));
    assert_eq!(registry.board.get(Slot(1)), Status::Green);
}

#[test]
fn a_plan_of_the_clock_that_a_newer_state_made_void_changes_nothing() {
    let registry = registry();
    let mut yellow = state(1, 1, 1);
    yellow.reasons = vec![Reason { until: Some(at(100)), ..reason(ReasonCode::Symptoms) }];
    registry.apply(&yellow, at(0));
    let mut red = state(1, 2, 1);
    red.reasons = vec![reason(ReasonCode::Confirmed)];
    registry.apply(&red, at(1));
    registry.tick(at(100));
    assert_eq!(registry.board.get(Slot(1)), Status::Red);
}

#[test]
fn a_relatives_code_has_the_relatives_colour_and_is_listed_by_its_holder() {
    let registry = registry();
    let link = |slot: u32, holder: u64| RelativeSlot {
        slot: Slot(slot),
        holder: person(holder),
        relation: Relation::Child,
    };
    let mut child = state(3, 1, 30);
    child.relative_slots = vec![link(31, 1), link(32, 2)];
    child.reasons = vec![reason(ReasonCode::Symptoms)];
    registry.apply(&child, at(0));
    for (holder, slot) in [(1, 31), (2, 32)] {
        let links = registry.relatives_of(person(holder));
        assert_eq!((links.len(), links[0].relative, links[0].slot), (1, person(3), Slot(slot)));
        assert_eq!(registry.board.get(Slot(slot)), Status::Yellow);
    }
    let mut removed = state(3, 2, 30);
    removed.relative_slots = vec![link(32, 2)];
    removed.void_slots = vec![Slot(31)];
    registry.apply(&removed, at(1));
    assert!(registry.relatives_of(person(1)).is_empty());
    assert_eq!(registry.relatives_of(person(2)).len(), 1);
    assert_eq!((registry.board.get(Slot(31)), registry.board.get(Slot(32))), (Status::Void, Status::Green));
}

#[test]
fn the_relatives_of_a_holder_stand_in_the_order_of_their_slots() {
    let registry = registry();
    for (relative, slot) in [(4, 42), (3, 41), (5, 40)] {
        let mut child = state(relative, 1, 50 + slot);
        child.relative_slots =
            vec![RelativeSlot { slot: Slot(slot), holder: person(1), relation: Relation::Child }];
        registry.apply(&child, at(0));
    }
    let slots: Vec<u32> = registry.relatives_of(person(1)).iter().map(|link| link.slot.0).collect();
    assert_eq!(slots, [40, 41, 42]);
}

/// The n-th state of a person who moves to another device with every change.
fn step(n: usize, colour: Option<ReasonCode>) -> PersonState {
    let n = u32::try_from(n).unwrap();
    PersonState {
        reasons: colour.map(reason).into_iter().collect(),
        void_slots: (0..n).map(Slot).collect(),
        ..state(1, u64::from(n) + 1, n)
    }
}

proptest! {
    #[test]
    fn states_that_arrive_in_any_order_end_at_the_latest(
        codes in prop::collection::vec(prop::option::of(0_usize..3), 1..8),
        order in any::<u64>(),
    ) {
        let known = [ReasonCode::Symptoms, ReasonCode::Confirmed, ReasonCode::MissedRound];
        let history: Vec<PersonState> =
            codes.iter().enumerate().map(|(n, code)| step(n, code.map(|code| known[code]))).collect();
        let mut shuffled: Vec<(u64, &PersonState)> =
            history.iter().map(|state| ((state.seq ^ order).wrapping_mul(0x9E37_79B9_7F4A_7C15), state)).collect();
        shuffled.sort_by_key(|(place, _)| *place);
        let registry = registry();
        for (_, state) in shuffled {
            registry.apply(state, at(0));
        }
        let last = history.last().unwrap();
        let view = registry.view(person(1), at(0)).unwrap();
        prop_assert_eq!(&view.reasons, &last.reasons);
        prop_assert_eq!(view.entry.device_slot(), last.device_slot);
        prop_assert_eq!(registry.board.get(last.device_slot.unwrap()), status_of(view.decision.colour));
        for slot in &last.void_slots {
            prop_assert_eq!(registry.board.get(*slot), Status::Void);
        }
        prop_assert_eq!(registry.people(), 1);
    }
}

#[test]
fn the_change_number_only_rises() {
    let registry = registry();
    registry.apply_all(&[state(1, 5, 1)], 5, at(0));
    registry.apply_all(&[], 3, at(0));
    assert_eq!((registry.sequence(), registry.people()), (5, 1));
}

#[test]
fn thousands_of_people_are_found_again() {
    let registry = registry();
    for n in 0..5_000_u32 {
        registry.apply(&state(u64::from(n) * 7_919, 1, n), at(0));
    }
    assert_eq!(registry.people(), 5_000);
    assert!((0..5_000_u32).all(|n| registry.holds_device(person(u64::from(n) * 7_919), Slot(n))));
    assert!(registry.entry(person(1)).is_none());
}

#[tokio::test]
async fn a_commit_of_this_node_takes_the_number_on_only_where_nothing_else_changed_before_it() {
    let registry = registry();
    registry.apply_all(&[], 10, at(0));
    let commit = |numbers: [u64; 2]| numbers.map(|seq| state(seq, seq, u32::try_from(seq).unwrap()));
    registry.apply_commit(&commit([12, 11]), 0, at(0)).await;
    assert_eq!((registry.sequence(), registry.people()), (12, 2));
    // Somebody else's 13 is not known here: the feed has to be asked from 12 on.
    registry.apply_commit(&commit([14, 15]), 0, at(0)).await;
    assert_eq!((registry.sequence(), registry.people()), (12, 4));
    registry.apply_commit(&[], 0, at(0)).await;
    assert_eq!(registry.sequence(), 12);
    registry.forget_history(Slot(100)).await;
    registry.apply_commit(&commit([1, 2]), 0, at(0)).await;
    assert_eq!((registry.sequence(), registry.people()), (0, 0), "it never happened");
    let part = super::fixtures::part("1/2");
    part.apply_commit(&commit([1, 2]), 0, at(0)).await;
    assert_eq!(part.sequence(), 0, "a part hears of everybody by the feed");
}
