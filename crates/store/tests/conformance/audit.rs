//! The audit log.

use yimatong_model::ids::{PersonId, StaffId};
use yimatong_store::{AuditEntry, Noun, Problem, Store, StoreError};

use crate::fixtures::*;

pub(crate) async fn reading_and_checking_need_a_purpose_and_leave_a_row(store: &dyn Store) {
    let person = register(store, 1).await;
    let no_purpose = StoreError::Invalid { field: "purpose", problem: Problem::Empty };
    assert_eq!(store.read_person_file(person, access(" ")).await.unwrap_err(), no_purpose);
    assert_eq!(store.check_person(&resident(1), access("")).await.unwrap_err(), no_purpose);
    let long = store.check_person(&resident(1), access(&"x".repeat(501))).await.unwrap_err();
    assert_eq!(long, StoreError::Invalid { field: "purpose", problem: Problem::TooLong });
    let nobody = store.read_person_file(PersonId::from_low_bits(1), access("call")).await.unwrap_err();
    assert_eq!(nobody, StoreError::NotFound(Noun::Person));
    assert_eq!(store.list_audit(None, 9).await.unwrap().items, []);
    store.read_person_file(person, access("call 12345-7")).await.unwrap();
    assert_eq!(store.check_person(&resident(1), access("no phone")).await.unwrap(), Some(person));
    assert_eq!(store.check_person(&resident(2), access("no phone")).await.unwrap(), None);
    let rows = store.list_audit(None, 9).await.unwrap().items;
    let told: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.subject)).collect();
    assert_eq!(
        told,
        [("check-person", None), ("check-person", Some(person)), ("read-person-file", Some(person))]
    );
    assert_eq!((rows[2].staff, rows[2].at), (Some(StaffId(3)), minute(5)));
    assert_eq!(rows[2].purpose.as_deref(), Some("call 12345-7"));
}

pub(crate) async fn the_log_is_listed_newest_first_in_pages(store: &dyn Store) {
    let entry = |action: &str| AuditEntry {
        at: minute(0),
        staff: None,
        action: action.to_owned(),
        subject: None,
        purpose: None,
    };
    let mut ids = Vec::new();
    for action in ["a", "b", "c"] {
        ids.push(store.append_audit(entry(action)).await.unwrap());
    }
    assert!(ids.is_sorted());
    assert!(store.append_audit(entry("")).await.is_err());
    let page = store.list_audit(None, 2).await.unwrap();
    let rest = store.list_audit(page.next, 2).await.unwrap();
    let listed: Vec<u64> = page.items.iter().chain(&rest.items).map(|row| row.id).collect();
    assert_eq!(listed, [ids[2], ids[1], ids[0]]);
    assert_eq!(rest.next, None);
}
