//! Idempotency keys.

use yimatong_store::{BindDevice, Store, StoreError};

use crate::fixtures::*;

pub(crate) async fn a_repeated_registration_answers_the_first_outcome(store: &dyn Store) {
    let first = store.register_person(adult(1), once(1, 1)).await.unwrap();
    let person = first.state.person_id;
    let seq = store.latest_seq().await.unwrap();
    let again = store.register_person(adult(1), once(1, 1)).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(store.latest_seq().await.unwrap(), seq, "a repeat changes nothing");
    let paper = store.issue_paper_code(person, Some(access("card")), minute(1), once(2, 1)).await.unwrap();
    let same = store.issue_paper_code(person, Some(access("card")), minute(1), once(2, 1)).await.unwrap();
    assert_eq!(same, paper);
    assert_eq!(store.list_audit(None, 9).await.unwrap().items.len(), 1);
    let child = store.add_relative(child_of(person, 5), once(3, 1)).await.unwrap();
    assert_eq!(store.add_relative(child_of(person, 5), once(3, 1)).await.unwrap(), child);
    let late = store.register_person(adult(1), once(1, 1)).await.unwrap();
    assert_eq!((late.slot, late.created), (first.slot, true));
    assert_eq!(late.state.paper_slot, Some(paper.slot), "the state is the present one");
}

pub(crate) async fn a_key_used_for_another_request_is_refused(store: &dyn Store) {
    store.register_person(adult(1), once(1, 1)).await.unwrap();
    let other = store.register_person(adult(2), once(1, 2)).await.unwrap_err();
    assert_eq!(other, StoreError::IdempotencyMismatch);
    let device = BindDevice { phone: phone(1), document_tail: None, key: key(2), now: minute(1) };
    let other_verb = store.bind_device(device, once(1, 1)).await.unwrap_err();
    assert_eq!(other_verb, StoreError::IdempotencyMismatch);
    assert_eq!(store.find_person(&resident(2)).await.unwrap(), None);
}

pub(crate) async fn a_failed_write_does_not_use_up_its_key(store: &dyn Store) {
    register(store, 1).await;
    let mut taken = adult(2);
    taken.phone = Some(phone(1));
    store.register_person(taken, once(1, 1)).await.unwrap_err();
    store.register_person(adult(2), once(1, 2)).await.unwrap();
}

pub(crate) async fn outcomes_are_forgotten_after_two_days(store: &dyn Store) {
    store.register_person(adult(1), once(1, 1)).await.unwrap();
    assert_eq!(store.purge_expired(minute(48 * 60 - 1)).await.unwrap(), 0);
    assert_eq!(store.purge_expired(minute(48 * 60)).await.unwrap(), 1);
    store.register_person(adult(2), once(1, 2)).await.unwrap();
}
