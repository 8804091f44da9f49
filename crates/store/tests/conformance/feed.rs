//! What registries load and follow, and the store's own behaviour.

use std::collections::BTreeSet;

use yimatong_model::ids::PersonId;
use yimatong_store::{Changes, Outage, States, Store, StoreError, with_deadline};

use crate::fixtures::*;

pub(crate) async fn states_are_loaded_in_pages_in_order_of_ids(store: &dyn Store) {
    let holder = register(store, 900).await;
    store.add_relative(child_of(holder, 5), None).await.unwrap();
    store.import_people((0..25).map(imported).collect(), minute(1)).await.unwrap();
    store.issue_paper_code(holder, None, minute(2), None).await.unwrap();
    let all = store.load_states(None, 1_000).await.unwrap();
    assert_eq!(all.len(), 27);
    assert!(all.is_sorted_by_key(|state| state.person_id));
    let mut paged = Vec::new();
    loop {
        let page = store
            .load_states(paged.last().map(|state: &yimatong_store::PersonState| state.person_id), 4)
            .await;
        let page = page.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
    let relatives: usize = all.iter().map(|state| state.relative_slots.len()).sum();
    let own = all.iter().find(|state| state.person_id == holder).unwrap();
    assert!(relatives == 1 && own.device_slot.is_some() && own.paper_slot.is_some());
}

pub(crate) async fn one_person_is_read_as_the_pages_have_them(store: &dyn Store) {
    let holder = register(store, 900).await;
    store.add_relative(child_of(holder, 5), None).await.unwrap();
    store.issue_paper_code(holder, None, minute(2), None).await.unwrap();
    for state in store.load_states(None, 10).await.unwrap() {
        assert_eq!(store.person_state(state.person_id).await.unwrap(), Some(state));
    }
    let nobody = yimatong_model::ids::PersonId::new(1).unwrap();
    assert_eq!(store.person_state(nobody).await.unwrap(), None);
}

pub(crate) async fn changes_are_followed_by_number(store: &dyn Store) {
    assert_eq!(store.latest_seq().await.unwrap(), 0);
    let first = register(store, 1).await;
    let second = register(store, 2).await;
    let paper = store.issue_paper_code(first, None, minute(1), None).await.unwrap();
    let Changes::Page { states, last_seq, unreached } = store.changes_since(0, 100).await.unwrap() else {
        panic!()
    };
    assert!(unreached.is_empty());
    assert_eq!(last_seq, store.latest_seq().await.unwrap());
    let people: BTreeSet<_> = states.iter().map(|state| state.person_id).collect();
    assert_eq!((states.len(), people), (2, BTreeSet::from([first, second])), "each person once");
    assert!(states.contains(&paper.state));
    let Changes::Page { states, last_seq: one, .. } = store.changes_since(0, 1).await.unwrap() else {
        panic!()
    };
    assert_eq!((states.len(), one), (1, 1));
    let nothing = Changes::Page { states: vec![], last_seq, unreached: vec![] };
    assert_eq!(store.changes_since(last_seq, 100).await.unwrap(), nothing);
}

pub(crate) async fn states_of_some_people_come_by_person_and_without_those_who_are_not_there(
    store: &dyn Store,
) {
    let paper = {
        let person = register(store, 1).await;
        store.issue_paper_code(person, None, minute(1), None).await.unwrap().state
    };
    let other = register(store, 2).await;
    let nobody = PersonId::from_low_bits(1);
    let read = store.states_of(vec![other, nobody, paper.person_id, other]).await.unwrap();
    assert!(read.states.is_sorted_by_key(|state| state.person_id) && read.unreached.is_empty());
    assert!(read.states.len() == 2 && read.states.contains(&paper));
    assert_eq!(store.states_of(vec![nobody]).await.unwrap(), States::default());
    assert_eq!(store.states_of(vec![]).await.unwrap(), States::default());
}

pub(crate) async fn a_number_that_was_never_given_out_is_of_another_history(store: &dyn Store) {
    let epoch = store.feed_epoch().await.unwrap();
    assert_eq!(store.changes_since(1, 9).await.unwrap(), Changes::TooOld);
    register(store, 1).await;
    let last_seq = store.latest_seq().await.unwrap();
    assert!(matches!(store.changes_since(last_seq, 9).await.unwrap(), Changes::Page { .. }));
    assert_eq!(store.changes_since(last_seq + 1, 9).await.unwrap(), Changes::TooOld);
    assert_eq!(store.feed_epoch().await.unwrap(), epoch, "a database that goes on has one history");
}

pub(crate) async fn a_follower_from_before_an_import_or_a_purge_loads_anew(store: &dyn Store) {
    register(store, 1).await;
    let before = store.latest_seq().await.unwrap();
    store.import_people(vec![imported(2)], minute(1)).await.unwrap();
    assert_eq!(store.changes_since(before, 9).await.unwrap(), Changes::TooOld);
    let after = store.latest_seq().await.unwrap();
    register(store, 3).await;
    assert!(matches!(store.changes_since(after, 9).await.unwrap(), Changes::Page { .. }));
    store.purge_expired(minute(8 * 24 * 60)).await.unwrap();
    assert_eq!(store.changes_since(after, 9).await.unwrap(), Changes::TooOld);
    let last_seq = store.latest_seq().await.unwrap();
    let nothing = Changes::Page { states: vec![], last_seq, unreached: vec![] };
    assert_eq!(store.changes_since(last_seq, 9).await.unwrap(), nothing);
}

pub(crate) async fn concurrent_writes_all_happen_once(store: &dyn Store) {
    // Every second one uses a phone that is taken, so that successes and refusals share transactions.
    let writes = (0..40).map(|n| {
        let mut person = adult(n);
        person.phone = Some(phone(n - n % 2));
        store.register_person(person, None)
    });
    let mut answers = Vec::new();
    let mut waiting: Vec<_> = writes.collect();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|write| match write.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                answers.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    let slots: BTreeSet<_> = answers.iter().flatten().map(|registered| registered.slot).collect();
    assert_eq!((answers.len(), slots.len()), (40, 20));
    assert_eq!(store.load_states(None, 100).await.unwrap().len(), 20);
    let counts = store.slots_count().await.unwrap();
    assert_eq!((counts.live, counts.next), (20, 20), "refused writes used no slot");
}

pub(crate) async fn a_closed_store_refuses_work(store: &dyn Store) {
    let person = register(store, 1).await;
    store.close().await.unwrap();
    let closed = StoreError::Unavailable(Outage::Closed);
    assert_eq!(store.find_person(&resident(1)).await.unwrap_err(), closed);
    assert_eq!(store.issue_paper_code(person, None, minute(1), None).await.unwrap_err(), closed);
    store.close().await.unwrap();
}

pub(crate) async fn a_passed_deadline_is_refused_and_does_nothing(store: &dyn Store) {
    let late = with_deadline(monotonic(), store.register_person(adult(1), None)).await;
    assert_eq!(late.unwrap_err(), StoreError::Deadline);
    let late = with_deadline(monotonic(), store.find_person(&resident(1))).await;
    assert_eq!(late.unwrap_err(), StoreError::Deadline);
    assert_eq!(store.find_person(&resident(1)).await.unwrap(), None);
}
