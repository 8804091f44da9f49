//! Log in and log out.

use yimatong_model::ids::Slot;
use yimatong_store::{BindDevice, Noun, Problem, Store, StoreError};

use crate::fixtures::*;

fn log_in(n: u32, device: u8) -> BindDevice {
    BindDevice { phone: phone(n), document_tail: None, key: key(device), now: minute(2) }
}

pub(crate) async fn binding_a_device_voids_the_earlier_one_for_ever(store: &dyn Store) {
    let registered = store.register_person(adult(1), None).await.unwrap();
    let first = registered.slot.unwrap();
    let second = store.bind_device(log_in(1, 2), None).await.unwrap();
    assert_ne!(second.slot, first);
    assert_eq!(second.state.device_slot, Some(second.slot));
    assert_eq!(second.state.void_slots, [first]);
    let person = registered.state.person_id;
    assert_eq!(store.device_of(person).await.unwrap(), Some((second.slot, key(2))));
    let third = store.bind_device(log_in(1, 3), None).await.unwrap();
    assert_eq!(third.state.void_slots, [first, second.slot]);
    assert!(third.slot > second.slot, "a slot is never given out again");
    let counts = store.slots_count().await.unwrap();
    assert_eq!((counts.live, counts.void, counts.next), (1, 2, 3));
}

pub(crate) async fn binding_a_device_voids_what_the_earlier_one_showed_for_relatives(store: &dyn Store) {
    let holder = register(store, 1).await;
    let added = store.add_relative(child_of(holder, 1), None).await.unwrap();
    let bound = store.bind_device(log_in(1, 2), None).await.unwrap();
    let [relative] = &bound.relatives[..] else { panic!("one relative changed") };
    assert_eq!(relative.person_id, added.state.person_id);
    assert_eq!(relative.void_slots, [added.slot]);
    let links = store.relatives_of(holder).await.unwrap();
    assert_eq!(links.iter().map(|link| link.slot).collect::<Vec<_>>(), [relative.relative_slots[0].slot]);
    assert!(relative.seq > added.state.seq, "followers of the feed see the change");
}

pub(crate) async fn a_device_cannot_be_bound_for_an_unknown_phone_or_a_wrong_tail(store: &dyn Store) {
    register(store, 1).await;
    let unknown = store.bind_device(log_in(2, 1), None).await.unwrap_err();
    assert_eq!(unknown, StoreError::NotFound(Noun::Person));
    let wrong = BindDevice { document_tail: Some("0000".to_owned()), ..log_in(1, 2) };
    let error = store.bind_device(wrong, None).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "documentTail", problem: Problem::Mismatch });
    let right = BindDevice { document_tail: Some(resident(1).tail().to_lowercase()), ..log_in(1, 2) };
    store.bind_device(right, None).await.unwrap();
}

pub(crate) async fn logging_out_voids_the_slot_once(store: &dyn Store) {
    let registered = store.register_person(adult(1), None).await.unwrap();
    let (person, slot) = (registered.state.person_id, registered.slot.unwrap());
    let wrong = store.unbind_device(person, Slot(slot.0 + 1), minute(3)).await.unwrap_err();
    assert_eq!(wrong, StoreError::NotFound(Noun::Slot));
    let state = store.unbind_device(person, slot, minute(3)).await.unwrap();
    assert_eq!((state.device_slot, state.void_slots), (None, vec![slot]));
    assert_eq!(store.device_of(person).await.unwrap(), None);
    let again = store.unbind_device(person, slot, minute(3)).await.unwrap_err();
    assert_eq!(again, StoreError::NotFound(Noun::Slot));
}
