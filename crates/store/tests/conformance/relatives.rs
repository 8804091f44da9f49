//! Relatives.

use jiff::civil::date;
use yimatong_model::ids::CommunityId;
use yimatong_store::{AddRelative, Conflict, Noun, Problem, Relation, RelativeSlot, Store, StoreError};

use crate::fixtures::*;
use crate::places::community;

pub(crate) async fn children_and_elders_are_added_and_others_are_not(store: &dyn Store) {
    let holder = register(store, 1).await;
    // On 5 January 2022: sixteen, sixty, still seventeen years away from either, and the day before sixty.
    let born = |n, birth| AddRelative { document: resident_born(n, birth), ..child_of(holder, n) };
    for (n, birth) in [(1, date(2005, 1, 6)), (2, date(1962, 1, 5)), (3, date(2022, 1, 4))] {
        let added = store.add_relative(born(n, birth), None).await.unwrap();
        assert!(added.created);
        let slots = [RelativeSlot { slot: added.slot, holder, relation: Relation::Child }];
        assert_eq!(added.state.relative_slots, slots);
    }
    for (n, birth) in [(4, date(2005, 1, 5)), (5, date(1962, 1, 6)), (6, date(1990, 1, 1))] {
        let error = store.add_relative(born(n, birth), None).await.unwrap_err();
        assert_eq!(error, StoreError::Invalid { field: "document", problem: Problem::AgeNotEligible });
    }
    assert_eq!(store.relatives_of(holder).await.unwrap().len(), 3);
}

pub(crate) async fn a_ninth_relative_is_refused(store: &dyn Store) {
    let holder = register(store, 1).await;
    for n in 0..8 {
        store.add_relative(child_of(holder, n), None).await.unwrap();
    }
    let error = store.add_relative(child_of(holder, 8), None).await.unwrap_err();
    assert_eq!(error, StoreError::Conflict(Conflict::TooManyRelatives));
    let ninth = child_of(holder, 8).document;
    assert_eq!(store.find_person(&ninth).await.unwrap(), None, "the refused relative is not registered");
}

pub(crate) async fn a_fourth_holder_is_refused(store: &dyn Store) {
    for n in 1..=3 {
        let holder = register(store, n).await;
        let added = store.add_relative(child_of(holder, 5), None).await.unwrap();
        assert_eq!((added.created, added.state.relative_slots.len()), (n == 1, n as usize));
    }
    let fourth = register(store, 4).await;
    let error = store.add_relative(child_of(fourth, 5), None).await.unwrap_err();
    assert_eq!(error, StoreError::Conflict(Conflict::TooManyHolders));
}

pub(crate) async fn a_relative_cannot_be_oneself_or_added_twice_or_renamed(store: &dyn Store) {
    let elder = resident_born(1, date(1950, 1, 1));
    let mut person = adult(1);
    person.document = elder.clone();
    let holder = store.register_person(person, None).await.unwrap().state.person_id;
    let oneself = AddRelative { document: elder, ..child_of(holder, 1) };
    let error = store.add_relative(oneself, None).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "document", problem: Problem::SamePerson });
    store.add_relative(child_of(holder, 5), None).await.unwrap();
    let error = store.add_relative(child_of(holder, 5), None).await.unwrap_err();
    assert_eq!(error, StoreError::Conflict(Conflict::AlreadyLinked));
    let other = register(store, 2).await;
    let renamed = AddRelative { name: name("李四"), ..child_of(other, 5) };
    let error = store.add_relative(renamed, None).await.unwrap_err();
    assert_eq!(error, StoreError::Conflict(Conflict::NameMismatch));
}

pub(crate) async fn a_removed_relative_leaves_a_void_slot_and_stays_registered(store: &dyn Store) {
    let holder = register(store, 1).await;
    let added = store.add_relative(child_of(holder, 5), None).await.unwrap();
    let child = added.state.person_id;
    let row = store.relatives_of(holder).await.unwrap()[0];
    assert_eq!((row.person, row.slot, row.added_at), (child, added.slot, minute(1)));
    let removed = store.remove_relative(holder, child, minute(2)).await.unwrap();
    assert_eq!((removed.slot, removed.state.void_slots.as_slice()), (added.slot, &[added.slot][..]));
    assert_eq!(removed.state.relative_slots, []);
    assert_eq!(store.relatives_of(holder).await.unwrap(), []);
    assert_eq!(store.find_person(&child_of(holder, 5).document).await.unwrap(), Some(child));
    let again = store.remove_relative(holder, child, minute(2)).await.unwrap_err();
    assert_eq!(again, StoreError::NotFound(Noun::Relative));
    let back = store.add_relative(child_of(holder, 5), None).await.unwrap();
    assert!(back.slot > added.slot && !back.created);
}

pub(crate) async fn a_passport_needs_a_birth_date(store: &dyn Store) {
    let holder = register(store, 1).await;
    let without = AddRelative { document: passport(), name: name("Anna Schmidt"), ..child_of(holder, 1) };
    let error = store.add_relative(without.clone(), None).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "document", problem: Problem::AgeUnknown });
    let with = AddRelative { birth_date: Some(date(2012, 3, 4)), ..without };
    let added = store.add_relative(with, None).await.unwrap();
    assert_eq!(added.state.birth_date, Some(date(2012, 3, 4)));
}

pub(crate) async fn a_relative_not_known_before_gets_the_community_and_one_on_file_keeps_theirs(
    store: &dyn Store,
) {
    store.import_communities(vec![community(1, "第1社区"), community(2, "第2社区")]).await.unwrap();
    let (first, second) = (register(store, 1).await, register(store, 2).await);
    let living_in = |id, new: AddRelative| AddRelative { community: Some(CommunityId(id)), ..new };
    let added = store.add_relative(living_in(1, child_of(first, 5)), None).await.unwrap();
    assert_eq!((added.created, added.state.community), (true, Some(CommunityId(1))));
    let child = added.state.person_id;
    let known = store.add_relative(living_in(2, child_of(second, 5)), None).await.unwrap();
    assert_eq!((known.created, known.state.person_id), (false, child));
    assert_eq!(known.state.community, Some(CommunityId(1)));
    assert_eq!(store.person_state(child).await.unwrap().unwrap().community, Some(CommunityId(1)));

    let elsewhere = store.add_relative(child_of(first, 6), None).await.unwrap();
    assert_eq!(elsewhere.state.community, None);
    let known = store.add_relative(living_in(2, child_of(second, 6)), None).await.unwrap();
    assert_eq!(known.state.community, None, "whose home is on file as unknown keeps that too");

    let error = store.add_relative(living_in(99, child_of(first, 7)), None).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound(Noun::Community));
    assert_eq!(store.find_person(&child_of(first, 7).document).await.unwrap(), None);
}
