//! Registration and personal files.

use yimatong_model::document::DocumentKind;
use yimatong_model::ids::CommunityId;
use yimatong_model::person::Sex;
use yimatong_store::{Conflict, Noun, Store, StoreError};

use crate::fixtures::*;

pub(crate) async fn a_registered_person_is_found_by_document_and_phone(store: &dyn Store) {
    let registered = store.register_person(adult(1), None).await.unwrap();
    assert!(registered.created);
    let state = &registered.state;
    assert_eq!((state.masked_name.as_str(), state.document_kind), ("王*国", DocumentKind::ResidentId));
    assert_eq!(state.document_tail, resident(1).tail());
    assert_eq!((state.birth_date, state.sex), (resident(1).birth_date(), Some(Sex::Male)));
    assert_eq!(state.device_slot, registered.slot);
    assert_eq!(store.find_person(&resident(1)).await.unwrap(), Some(state.person_id));
    assert_eq!(store.person_by_phone(&phone(1)).await.unwrap(), Some(state.person_id));
    assert_eq!(store.find_person(&resident(2)).await.unwrap(), None);
    assert_eq!(store.person_by_phone(&phone(2)).await.unwrap(), None);
    let device = store.device_of(state.person_id).await.unwrap();
    assert_eq!(device, registered.slot.map(|slot| (slot, key(1))));
}

pub(crate) async fn a_document_registered_before_tells_whether_the_phone_matches(store: &dyn Store) {
    register(store, 1).await;
    let again = store.register_person(adult(1), None).await.unwrap_err();
    assert_eq!(again, StoreError::Conflict(Conflict::AlreadyRegistered { phone_matches: true }));
    let mut other_phone = adult(1);
    other_phone.phone = Some(phone(2));
    let other = store.register_person(other_phone, None).await.unwrap_err();
    assert_eq!(other, StoreError::Conflict(Conflict::AlreadyRegistered { phone_matches: false }));
}

pub(crate) async fn a_phone_of_another_person_is_refused_and_nothing_is_left(store: &dyn Store) {
    register(store, 1).await;
    let before = (store.latest_seq().await.unwrap(), store.slots_count().await.unwrap());
    let mut second = adult(2);
    second.phone = Some(phone(1));
    let error = store.register_person(second, None).await.unwrap_err();
    assert_eq!(error, StoreError::Conflict(Conflict::PhoneTaken));
    assert_eq!(store.find_person(&resident(2)).await.unwrap(), None);
    assert_eq!((store.latest_seq().await.unwrap(), store.slots_count().await.unwrap()), before);
}

pub(crate) async fn an_unknown_community_is_refused(store: &dyn Store) {
    let mut person = adult(1);
    person.community = Some(CommunityId(99));
    let error = store.register_person(person, None).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound(Noun::Community));
}

pub(crate) async fn a_person_known_without_a_phone_completes_the_registration(store: &dyn Store) {
    let mut staff_made = adult(1);
    (staff_made.phone, staff_made.device) = (None, None);
    let known = store.register_person(staff_made, None).await.unwrap();
    assert_eq!((known.created, known.slot), (true, None));
    let completed = store.register_person(adult(1), None).await.unwrap();
    assert!(!completed.created && completed.slot.is_some());
    assert_eq!(completed.state.person_id, known.state.person_id);
    assert!(completed.state.seq > known.state.seq);
    assert_eq!(store.person_by_phone(&phone(1)).await.unwrap(), Some(known.state.person_id));
}

pub(crate) async fn a_person_known_without_a_phone_cannot_be_taken_over_under_another_name(
    store: &dyn Store,
) {
    let mut staff_made = adult(1);
    staff_made.phone = None;
    store.register_person(staff_made, None).await.unwrap();
    let mut other = adult(1);
    other.name = name("张三");
    let error = store.register_person(other, None).await.unwrap_err();
    assert_eq!(error, StoreError::Conflict(Conflict::NameMismatch));
    assert_eq!(store.person_by_phone(&phone(1)).await.unwrap(), None);
}

pub(crate) async fn a_person_file_shows_everything_in_clear(store: &dyn Store) {
    let person = register(store, 1).await;
    let child = store.add_relative(child_of(person, 5), None).await.unwrap().state.person_id;
    let file = store.read_person_file(person, access("hotline question 17")).await.unwrap();
    assert_eq!(file.document_number, resident(1).number());
    assert_eq!((file.name.as_str(), file.phone.as_deref()), ("王建国", Some("13800000001")));
    assert_eq!((file.nationality.as_str(), file.registered_at), ("CHN", minute(0)));
    assert_eq!(file.relatives.iter().map(|link| link.person).collect::<Vec<_>>(), [child]);
    assert_eq!(file.state.person_id, person);
    assert!(!format!("{file:?}").contains("王建国"));
    let file = store.read_person_file(child, access("hotline question 18")).await.unwrap();
    assert_eq!(file.holders.iter().map(|link| link.person).collect::<Vec<_>>(), [person]);
    assert_eq!(file.phone, None);
}
