//! What stands beside the entries follows them, whoever comes, changes and goes.

use std::collections::BTreeMap;

use proptest::prelude::*;
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId};
use yimatong_store::PersonState;

use super::block::{BLOCK, Beside};
use super::entry::Entry;
use super::fixtures::{at, person, registry, state};
use super::shard::Shard;

/// More people than one block holds.
const PEOPLE: u64 = BLOCK as u64 + 60;
const ROUNDS: u16 = 12;

#[derive(Debug, Clone)]
enum Step {
    Put { n: u64, seq: u64, household: Option<u64>, rounds: Vec<u16>, community: u32 },
    Remove { n: u64 },
}

fn a_step() -> impl Strategy<Value = Step> {
    let household = prop::option::of(prop_oneof![0u64..5, Just(HouseholdId::MAX.get())]);
    let rounds = prop::collection::btree_set(prop_oneof![0..ROUNDS, Just(u16::MAX)], 0..5);
    let put = (0..PEOPLE + 20, 0u64..9, household, rounds, 0u32..4).prop_map(
        |(n, seq, household, rounds, community)| Step::Put {
            n,
            seq,
            household,
            rounds: rounds.into_iter().collect(),
            community,
        },
    );
    prop_oneof![3 => put, 2 => (0..PEOPLE + 20).prop_map(|n| Step::Remove { n })]
}

fn put(shard: &mut Shard, state: &PersonState) {
    let beside = Beside { household: state.household, rounds: &state.rounds };
    let _ = shard.put(Entry::pack(state, at(0)).0, beside);
}

/// Household and rounds of people.
type Held = BTreeMap<PersonId, (Option<HouseholdId>, Vec<u16>)>;

/// What the shard says of everybody: read by person, and by block.
fn held(shard: &Shard) -> [Held; 2] {
    let numbers = || (0..ROUNDS).chain([u16::MAX]);
    let by_person = shard.entries().map(|entry| {
        let id = entry.person();
        (id, (shard.household(id), numbers().filter(|round| shard.has_round(id, *round)).collect()))
    });
    let by_block = shard.blocks().iter().flat_map(|block| {
        assert!(block.communities().eq(block.entries().iter().map(Entry::community)));
        block.entries().iter().enumerate().map(|(place, entry)| {
            let rounds: Vec<u16> = numbers().filter(|round| block.sampled(*round).has(place)).collect();
            assert_eq!(rounds, block.rounds(place));
            (entry.person(), (block.household(place), rounds))
        })
    });
    [by_person.collect(), by_block.collect()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn households_and_rounds_are_those_of_a_plain_map(steps in prop::collection::vec(a_step(), 0..300)) {
        let mut shard = Shard::default();
        let mut map = BTreeMap::new();
        for n in 0..PEOPLE {
            let mut first = state(n, 0, 1);
            first.household = HouseholdId::new(n);
            first.rounds = if n % 3 == 0 { vec![3] } else { Vec::new() };
            put(&mut shard, &first);
            map.insert(first.person_id, (0, first.household, first.rounds));
        }
        for step in steps {
            match step {
                Step::Put { n, seq, household, rounds, community } => {
                    let mut next = state(n, seq, 1);
                    next.household = household.and_then(HouseholdId::new);
                    next.rounds.clone_from(&rounds);
                    next.community = (community > 0).then_some(CommunityId(community));
                    put(&mut shard, &next);
                    let held = map.entry(next.person_id).or_insert((0, None, Vec::new()));
                    if held.0 <= seq {
                        *held = (seq, next.household, rounds);
                    }
                }
                Step::Remove { n } => {
                    let removed = shard.remove(person(n)).map(|(entry, _)| entry.person());
                    prop_assert_eq!(removed, map.remove(&person(n)).map(|_| person(n)));
                }
            }
        }
        prop_assert_eq!(shard.len(), map.len());
        let expected: Held = map.into_iter().map(|(id, (_, household, rounds))| (id, (household, rounds))).collect();
        let [by_person, by_block] = held(&shard);
        prop_assert_eq!(&by_person, &expected);
        prop_assert_eq!(&by_block, &expected);
    }
}

#[test]
fn the_registry_knows_the_household_and_the_rounds_of_a_state() {
    let registry = registry();
    let mut one = state(7, 1, 1);
    one.household = Some(HouseholdId::MAX);
    one.rounds = vec![2, 65_535];
    registry.apply(&one, at(0));
    assert_eq!(registry.household(person(7)), Some(HouseholdId::MAX));
    let rounds = || [1, 2, 65_535].map(|round| registry.has_round(person(7), round));
    assert_eq!(rounds(), [false, true, true]);
    (one.seq, one.rounds) = (2, vec![1]);
    registry.apply(&one, at(0));
    assert_eq!(rounds(), [true, false, false]);
    assert_eq!((registry.household(person(8)), registry.has_round(person(8), 1)), (None, false));
}

#[test]
fn a_round_costs_a_bit_for_each_person_and_nothing_once_nobody_is_in_it() {
    let registry = registry();
    let one = |seq, rounds: &[u16]| {
        let mut one = state(7, seq, 1);
        one.rounds = rounds.to_vec();
        registry.apply(&one, at(0));
        registry.bytes()
    };
    let none = one(1, &[]);
    let rounds = one(2, &[1, 2, 3, 4]);
    assert!(rounds - none <= 8 * (BLOCK / 8 + 2), "{none} {rounds}");
    one(3, &[]);
    assert!(!registry.has_round(person(7), 1));
}
