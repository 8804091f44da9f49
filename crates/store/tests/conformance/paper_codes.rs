//! Paper codes.

use yimatong_model::ids::PersonId;
use yimatong_store::{Conflict, Noun, Store, StoreError};

use crate::fixtures::*;

pub(crate) async fn a_new_paper_code_voids_the_previous_one(store: &dyn Store) {
    let registered = store.register_person(adult(1), None).await.unwrap();
    let person = registered.state.person_id;
    let first = store.issue_paper_code(person, None, minute(1), None).await.unwrap();
    assert_eq!(first.state.paper_slot, Some(first.slot));
    let second = store.issue_paper_code(person, None, minute(2), None).await.unwrap();
    assert_eq!((second.state.paper_slot, second.state.device_slot), (Some(second.slot), registered.slot));
    assert_eq!(second.state.void_slots, [first.slot]);
    assert_eq!(store.list_audit(None, 10).await.unwrap().items, []);
}

pub(crate) async fn a_paper_code_issued_by_staff_is_audited(store: &dyn Store) {
    let person = register(store, 1).await;
    store.issue_paper_code(person, Some(access("no phone")), minute(1), None).await.unwrap();
    let row = store.list_audit(None, 10).await.unwrap().items.remove(0);
    assert_eq!((row.action.as_str(), row.subject), ("issue-paper-code", Some(person)));
    let empty = store.issue_paper_code(person, Some(access(" ")), minute(1), None).await.unwrap_err();
    assert!(matches!(empty, StoreError::Invalid { field: "purpose", .. }));
    let nobody = PersonId::from_low_bits(1);
    let unknown = store.issue_paper_code(nobody, None, minute(1), None).await.unwrap_err();
    assert_eq!(unknown, StoreError::NotFound(Noun::Person));
}

pub(crate) async fn twenty_codes_a_day_are_enough_for_one_person(store: &dyn Store) {
    let person = register(store, 1).await;
    for at in 0..20 {
        store.issue_paper_code(person, None, minute(at), None).await.unwrap();
    }
    let before = store.slots_count().await.unwrap();
    let refused = store.issue_paper_code(person, None, minute(20), None).await.unwrap_err();
    assert_eq!(refused, StoreError::Conflict(Conflict::TooManyCodes));
    assert_eq!(store.slots_count().await.unwrap(), before, "the live sheet stays live");
    store.issue_paper_code(register(store, 2).await, None, minute(20), None).await.unwrap();
    store.issue_paper_code(person, None, minute(24 * 60), None).await.unwrap();
}
