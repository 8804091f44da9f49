//! A part keeps whom it needs and no one else, and says of everybody's code what the whole city says.

use std::collections::BTreeMap;

use proptest::prelude::*;
use yimatong_credential::Status;
use yimatong_model::ids::{PersonId, Slot};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_store::{PersonState, Relation, RelativeSlot};

use super::Registry;
use super::fixtures::{at, part, reason, registry, state};

/// Somebody of the first and somebody of the second half.
const HERE: u64 = 1;
const THERE: u64 = 1 << 62;

fn there() -> PersonId {
    PersonId::new(THERE).unwrap()
}

fn child_of(holder: u64, slot: u32) -> RelativeSlot {
    RelativeSlot { slot: Slot(slot), holder: PersonId::new(holder).unwrap(), relation: Relation::Child }
}

fn until(second: i64) -> Reason {
    Reason { until: Some(at(second)), ..reason(ReasonCode::Symptoms) }
}

/// The feed brings one state.
fn feed(registry: &Registry, state: &PersonState) {
    registry.apply_all(std::slice::from_ref(state), state.seq, at(0));
}

#[test]
fn a_part_keeps_its_own_people_and_of_others_those_with_a_reason_or_a_holder_here() {
    let half = part("1/2");
    feed(&half, &state(HERE, 1, 1));
    feed(&half, &state(THERE, 2, 2));
    feed(&half, &PersonState { reasons: vec![until(100)], ..state(THERE + 1, 3, 3) });
    feed(&half, &PersonState { relative_slots: vec![child_of(HERE, 40)], ..state(THERE + 2, 4, 4) });
    feed(&half, &PersonState { relative_slots: vec![child_of(THERE, 50)], ..state(THERE + 3, 5, 5) });
    let kept = |n: u64| half.entry(PersonId::new(n).unwrap()).is_some();
    assert!(kept(HERE) && kept(THERE + 1) && kept(THERE + 2));
    assert!(!kept(THERE) && !kept(THERE + 3));
    assert_eq!((half.people(), half.foreign()), (1, 2));
    assert_eq!(half.relatives_of(PersonId::new(HERE).unwrap()).len(), 1);
    let counted: u64 = half.census(at(0)).values().map(|tally| tally.people).sum();
    assert_eq!(counted, 1, "statistics are of the part's own people");
}

#[test]
fn the_clock_lets_somebody_of_another_part_go_when_the_last_reason_is_over() {
    let half = part("1/2");
    feed(&half, &PersonState { reasons: vec![until(100), until(200)], ..state(THERE, 1, 1) });
    half.tick(at(100));
    assert_eq!((half.foreign(), half.board.get(Slot(1))), (1, Status::Yellow));
    half.tick(at(200));
    assert_eq!((half.foreign(), half.board.get(Slot(1))), (0, Status::Green));
}

#[test]
fn what_a_verb_of_this_node_tells_of_other_parts_is_left_to_the_feed() {
    let half = part("1/2");
    half.apply(&PersonState { reasons: vec![until(100)], ..state(THERE, 1, 1) }, at(0));
    assert!(half.entry(there()).is_none() && half.board.get(Slot(1)) == Status::Green);
    half.apply(&state(HERE, 2, 2), at(0));
    assert_eq!(half.people(), 1);
}

/// The answer of a verb may be taken over late: after the feed has brought a newer state and the person was let go.
#[test]
fn an_older_state_does_not_come_back_after_its_person_was_let_go() {
    let half = part("1/2");
    let added = PersonState { relative_slots: vec![child_of(HERE, 40)], ..state(THERE, 10, 4) };
    let removed = PersonState { void_slots: vec![Slot(40)], ..state(THERE, 12, 4) };
    feed(&half, &added);
    feed(&half, &removed);
    assert!(half.entry(there()).is_none(), "nobody here shows the code any more");
    half.apply(&added, at(0));
    assert!(half.entry(there()).is_none());
    assert!(half.relatives_of(PersonId::new(HERE).unwrap()).is_empty());
    assert_eq!(half.board.get(Slot(40)), Status::Void);
}

/// While an entry is there, its change number still tells an older state.
#[test]
fn an_older_state_lets_nobody_go() {
    let half = part("1/2");
    feed(&half, &PersonState { reasons: vec![until(100)], ..state(THERE, 9, 2) });
    feed(&half, &state(THERE, 8, 1));
    assert_eq!((half.foreign(), half.board.get(Slot(2))), (1, Status::Yellow));
}

#[test]
fn people_who_leave_give_their_place_to_others() {
    let half = part("1/2");
    // All in one shard, so that whole blocks become free.
    let people = 5_000_u32;
    let person_at = |n: u32| THERE + u64::from(n) * 64;
    for n in 0..people {
        feed(
            &half,
            &PersonState { reasons: vec![reason(ReasonCode::Symptoms)], ..state(person_at(n), 1, n) },
        );
    }
    let full = half.bytes();
    for n in (0..people).filter(|n| n % 3 != 0) {
        feed(&half, &state(person_at(n), 2, n));
    }
    for n in 0..people {
        let entry = half.entry(PersonId::new(person_at(n)).unwrap());
        assert_eq!(entry.map(|entry| entry.device_slot()), (n % 3 == 0).then_some(Some(Slot(n))), "{n}");
    }
    assert_eq!(half.foreign(), 1_667);
    assert!(half.bytes() < full);
}

/// One change of somebody, or of the time.
#[derive(Debug, Clone)]
enum Change {
    State { person: u64, device: bool, reasons: Vec<(usize, Option<i64>, Option<i64>)>, holders: Vec<u64> },
    Wait(i64),
    Verb(u64),
}

fn people() -> impl Strategy<Value = u64> {
    (0_u64..4, any::<bool>()).prop_map(|(n, is_there)| if is_there { THERE + n } else { n })
}

fn change() -> impl Strategy<Value = Change> {
    let a_reason = (0_usize..3, prop::option::of(0_i64..400), prop::option::of(0_i64..400));
    prop_oneof![
        6 => (people(), any::<bool>(), prop::collection::vec(a_reason, 0..4), prop::collection::vec(people(), 0..3))
            .prop_map(|(person, device, reasons, holders)| Change::State { person, device, reasons, holders }),
        2 => (0_i64..120).prop_map(Change::Wait),
        1 => people().prop_map(Change::Verb),
    ]
}

/// A store of a few people: slots are given out in order and void for ever when they are replaced.
#[derive(Default)]
struct City {
    people: BTreeMap<u64, PersonState>,
    earlier: BTreeMap<u64, PersonState>,
    seq: u64,
    slots: u32,
}

impl City {
    fn slot(&mut self) -> Slot {
        self.slots += 1;
        Slot(self.slots)
    }

    fn change(
        &mut self,
        person: u64,
        device: bool,
        reasons: &[(usize, Option<i64>, Option<i64>)],
        holders: &[u64],
    ) -> PersonState {
        let codes = [ReasonCode::Symptoms, ReasonCode::Confirmed, ReasonCode::CloseContact];
        self.seq += 1;
        let before = self.people.get(&person).cloned();
        let mut new =
            before.clone().unwrap_or_else(|| PersonState { device_slot: None, ..state(person, 0, 0) });
        new.seq = self.seq;
        new.reasons = reasons
            .iter()
            .map(|(code, until, released)| Reason {
                until: until.map(at),
                released: released.map(at),
                ..reason(codes[*code])
            })
            .collect();
        if device || new.device_slot.is_none() {
            new.void_slots.extend(new.device_slot.take());
            new.device_slot = Some(self.slot());
        }
        new.void_slots.extend(new.relative_slots.drain(..).map(|link| link.slot));
        for holder in holders.iter().filter(|holder| **holder != person) {
            new.relative_slots.push(child_of(*holder, self.slot().0));
        }
        self.earlier.extend(before.map(|before| (person, before)));
        self.people.insert(person, new.clone());
        new
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_happens_parts_publish_the_lists_of_the_whole_city_and_keep_whom_they_need(
        changes in prop::collection::vec(change(), 1..40),
    ) {
        let mut city = City::default();
        let mut now_s = 0;
        let (whole, parts) = (registry(), ["1/2", "2/2"].map(part));
        for change in changes {
            match change {
                Change::State { person, device, reasons, holders } => {
                    let new = city.change(person, device, &reasons, &holders);
                    for registry in parts.iter().chain([&whole]) {
                        registry.apply_all(std::slice::from_ref(&new), new.seq, at(now_s));
                    }
                }
                Change::Wait(seconds) => now_s += seconds,
                Change::Verb(person) => {
                    if let Some(older) = city.earlier.get(&person) {
                        parts.iter().chain([&whole]).for_each(|registry| registry.apply(older, at(now_s)));
                    }
                }
            }
            parts.iter().chain([&whole]).for_each(|registry| { registry.tick(at(now_s)); });
            for half in &parts {
                prop_assert_eq!(half.board.raw(), whole.board.raw());
                agrees(half, &whole, &city, now_s)?;
            }
        }
        let own: usize = parts.iter().map(Registry::people).sum();
        prop_assert_eq!(own, whole.people());
    }
}

/// Is exactly who is needed kept, as the whole city knows them?
fn agrees(half: &Registry, whole: &Registry, city: &City, now_s: i64) -> Result<(), TestCaseError> {
    let mut foreign = 0;
    for (n, state) in &city.people {
        let person = PersonId::new(*n).unwrap();
        let counts = |reason: &Reason| {
            [reason.until, reason.released].into_iter().flatten().all(|end| end > at(now_s))
        };
        let is_own = half.part().holds(person);
        let is_needed = is_own
            || state.reasons.iter().any(counts)
            || state.relative_slots.iter().any(|link| half.part().holds(link.holder));
        let view = half.view(person, at(now_s));
        prop_assert_eq!(view.is_some(), is_needed, "{:?}", state);
        foreign += usize::from(is_needed && !is_own);
        if let Some(view) = view {
            let known = whole.view(person, at(now_s)).unwrap();
            prop_assert_eq!((view.entry, view.decision.colour), (known.entry, known.decision.colour));
        }
        if is_own {
            prop_assert_eq!(half.relatives_of(person), whole.relatives_of(person));
        }
    }
    prop_assert_eq!(half.foreign(), foreign);
    Ok(())
}
