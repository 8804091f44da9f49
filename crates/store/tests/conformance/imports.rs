//! Bulk import.

use jiff::civil::date;
use yimatong_model::ids::CommunityId;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::test_result::{Outcome, Tube};
use yimatong_model::vaccination::Vaccination;
use yimatong_store::{Noun, Store, StoreError};

use crate::fixtures::*;

pub(crate) async fn imported_people_come_with_results_reasons_and_vaccination(store: &dyn Store) {
    let mut batch: Vec<_> = (0..50).map(imported).collect();
    let [old, middle, new] = [0, 60, 120].map(|at| result(at, Outcome::Negative, Tube::Pooled));
    batch[7].results = vec![middle, new, old];
    batch[7].reasons = vec![Reason::new(ReasonCode::CloseContact, minute(0))];
    batch[7].vaccination = Some(Vaccination { doses: 2, last: date(2021, 8, 1) });
    let outcome = store.import_people(batch, minute(300)).await.unwrap();
    assert_eq!((outcome.created, outcome.phones_taken, outcome.people.len()), (50, 0, 50));
    for n in 0..50 {
        assert_eq!(store.find_person(&resident(n)).await.unwrap(), Some(outcome.people[n as usize]));
    }
    let states = store.load_states(None, 100).await.unwrap();
    let state = states.iter().find(|state| state.person_id == outcome.people[7]).unwrap();
    assert_eq!(state.results, [new, middle]);
    assert_eq!(state.reasons, [Reason::new(ReasonCode::CloseContact, minute(0))]);
    assert_eq!(state.vaccination.map(|vaccination| vaccination.doses), Some(2));
    assert_eq!(store.result_history(state.person_id, None, 9).await.unwrap().items.len(), 3);
    let person = store.person_by_phone(&phone(7)).await.unwrap();
    assert_eq!(person, Some(outcome.people[7]));
}

pub(crate) async fn importing_twice_changes_nothing(store: &dyn Store) {
    let batch: Vec<_> = (0..5).map(imported).collect();
    let first = store.import_people(batch.clone(), minute(0)).await.unwrap();
    let before = store.load_states(None, 10).await.unwrap();
    let again = store.import_people(batch, minute(1)).await.unwrap();
    assert_eq!((again.people, again.created), (first.people, 0));
    assert_eq!(store.load_states(None, 10).await.unwrap(), before);
    let mut lost = imported(9);
    lost.person.community = Some(CommunityId(4));
    let error = store.import_people(vec![imported(8), lost], minute(1)).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound(Noun::Community));
    assert_eq!(store.find_person(&resident(8)).await.unwrap(), None, "the whole batch is refused");
}

pub(crate) async fn a_taken_phone_is_left_out(store: &dyn Store) {
    let owner = register(store, 1).await;
    let mut second = imported(2);
    second.person.phone = Some(phone(1));
    let outcome = store.import_people(vec![second], minute(1)).await.unwrap();
    assert_eq!((outcome.created, outcome.phones_taken), (1, 1));
    assert_eq!(store.person_by_phone(&phone(1)).await.unwrap(), Some(owner));
    let file = store.read_person_file(outcome.people[0], access("check")).await.unwrap();
    assert_eq!(file.phone, None);
}
