//! Staff accounts.

use yimatong_model::ids::{StaffId, VenueId};
use yimatong_model::role::Role;
use yimatong_store::{Conflict, NewStaff, Noun, Store, StoreError};

use crate::fixtures::*;

fn account(name: &str, venue: Option<VenueId>) -> NewStaff {
    NewStaff {
        name: name.to_owned(),
        role: Role::Verifier,
        password_hash: "$argon2id$v=19$test".to_owned(),
        totp_secret: vec![1, 2, 3],
        venue,
        at: minute(0),
    }
}

pub(crate) async fn a_staff_name_is_unique(store: &dyn Store) {
    store.create_staff(account("gate-1", None), None).await.unwrap();
    let error = store.create_staff(account(" gate-1 ", None), None).await.unwrap_err();
    assert_eq!(error, StoreError::Conflict(Conflict::NameTaken));
    let nowhere = store.create_staff(account("gate-2", Some(VenueId(8))), None).await.unwrap_err();
    assert_eq!(nowhere, StoreError::NotFound(Noun::Venue));
    assert!(store.create_staff(account("", None), None).await.is_err());
    assert_eq!(store.list_staff(None, 9).await.unwrap().items.len(), 1);
}

pub(crate) async fn accounts_are_found_listed_and_disabled(store: &dyn Store) {
    let venue = venue(store).await;
    let first = store.create_staff(account("gate-1", Some(venue)), None).await.unwrap();
    let second = store.create_staff(account("gate-2", None), None).await.unwrap();
    let row = store.staff_by_name("gate-1").await.unwrap().unwrap();
    assert_eq!((row.id, row.role, row.venue, row.disabled_at), (first, Role::Verifier, Some(venue), None));
    assert_eq!((row.totp_secret.as_slice(), row.created_at), (&[1, 2, 3][..], minute(0)));
    assert!(!format!("{row:?}").contains("argon2id"));
    assert_eq!(store.staff_by_name("gate-9").await.unwrap(), None);
    let page = store.list_staff(None, 1).await.unwrap();
    let rest = store.list_staff(page.next, 1).await.unwrap();
    assert_eq!((rest.items[0].id, rest.next), (second, None));
    store.set_staff_disabled(first, true, Some(second), minute(1)).await.unwrap();
    store.set_staff_disabled(first, true, Some(second), minute(2)).await.unwrap();
    assert_eq!(store.staff_by_name("gate-1").await.unwrap().unwrap().disabled_at, Some(minute(1)));
    store.set_staff_disabled(first, false, None, minute(3)).await.unwrap();
    assert_eq!(store.staff_by_name("gate-1").await.unwrap().unwrap().disabled_at, None);
    let unknown = store.set_staff_disabled(StaffId(99), true, None, minute(1)).await.unwrap_err();
    assert_eq!(unknown, StoreError::NotFound(Noun::Staff));
    let audit = store.list_audit(None, 9).await.unwrap().items;
    let said: Vec<_> = audit.iter().map(|row| (row.action.as_str(), row.staff)).collect();
    let disabled = ("disable-staff", Some(second));
    assert_eq!(said, [("enable-staff", None), disabled, disabled]);
    assert!(audit.iter().all(|row| row.purpose == Some(first.to_string())));
}

pub(crate) async fn a_totp_step_is_accepted_once(store: &dyn Store) {
    let staff = store.create_staff(account("gate-1", None), None).await.unwrap();
    for (step, accepted) in [(100, true), (100, false), (99, false), (101, true)] {
        assert_eq!(store.use_totp_step(staff, step).await.unwrap(), accepted, "{step}");
    }
    let unknown = store.use_totp_step(StaffId(99), 1).await.unwrap_err();
    assert_eq!(unknown, StoreError::NotFound(Noun::Staff));
}

pub(crate) async fn nodes_hear_of_accounts_and_of_sessions_that_ended(store: &dyn Store) {
    let nothing = store.staff_changes_since(0).await.unwrap();
    assert_eq!((nothing.last, nothing.ended.len(), nothing.accounts), (0, 0, false));
    let staff = store.create_staff(account("gate-1", None), None).await.unwrap();
    let made = store.staff_changes_since(0).await.unwrap();
    assert!(made.accounts && made.ended.is_empty() && made.last > 0);
    store.end_staff_session([7; 8], minute(100)).await.unwrap();
    let ended = store.staff_changes_since(made.last).await.unwrap();
    assert_eq!((ended.ended.as_slice(), ended.accounts), (&[([7; 8], minute(100))][..], false));
    store.set_staff_disabled(staff, true, None, minute(1)).await.unwrap();
    let disabled = store.staff_changes_since(ended.last).await.unwrap();
    assert!(disabled.accounts && disabled.ended.is_empty());
    assert_eq!(store.staff_changes_since(disabled.last).await.unwrap().last, disabled.last);
    // What nobody needs to hear any more goes.
    store.purge_expired(minute(99)).await.unwrap();
    let left = store.staff_changes_since(0).await.unwrap();
    assert_eq!((left.ended.len(), left.accounts), (1, false));
    store.purge_expired(minute(100)).await.unwrap();
    assert_eq!(store.staff_changes_since(0).await.unwrap().ended, []);
}
