//! Check-ins.

use jiff::civil::date;
use yimatong_model::ids::{PersonId, StaffId, VenueId};
use yimatong_store::{CheckIn, GateOutcome, Noun, RowOutcome, RowProblem, Store, StoreError};

use crate::fixtures::*;

const DAY: i64 = 24 * 60;

fn check_in(id: u8, at_minute: i64) -> CheckIn {
    CheckIn {
        id: [id; 16],
        person: PersonId::from_low_bits(77),
        at: minute(at_minute),
        outcome: GateOutcome::Allow,
        staff: Some(StaffId(2)),
    }
}

pub(crate) async fn check_ins_are_idempotent_by_venue_day_and_id(store: &dyn Store) {
    let (first, second) = (venue(store).await, venue(store).await);
    let batch = vec![check_in(1, 0), check_in(2, 0), check_in(1, 3)];
    let rows = store.record_check_ins(first, batch.clone(), minute(10)).await.unwrap();
    assert_eq!(rows, [RowOutcome::Recorded, RowOutcome::Recorded, RowOutcome::Duplicate]);
    let again = store.record_check_ins(first, batch, minute(10)).await.unwrap();
    assert_eq!(again, [RowOutcome::Duplicate; 3]);
    // Another venue, and another city day (16:00 UTC on), are other rows.
    let elsewhere = store.record_check_ins(second, vec![check_in(1, 0)], minute(10)).await.unwrap();
    assert_eq!(elsewhere, [RowOutcome::Recorded]);
    let tomorrow = store.record_check_ins(first, vec![check_in(1, DAY)], minute(DAY)).await.unwrap();
    assert_eq!(tomorrow, [RowOutcome::Recorded]);
    let listed = store.list_check_ins(first, date(2022, 1, 5), None, 10).await.unwrap();
    assert_eq!(listed.items, [check_in(1, 0), check_in(2, 0)]);
}

pub(crate) async fn check_ins_of_an_unknown_venue_or_wrong_time_are_refused(store: &dyn Store) {
    let error = store.record_check_ins(VenueId(9), vec![check_in(1, 0)], minute(0)).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound(Noun::Venue));
    let venue = venue(store).await;
    let batch = vec![check_in(1, -91 * DAY), check_in(2, 6), check_in(3, 5)];
    let rows = store.record_check_ins(venue, batch, minute(0)).await.unwrap();
    let rejected = RowOutcome::Rejected;
    assert_eq!(rows, [rejected(RowProblem::TooOld), rejected(RowProblem::InFuture), RowOutcome::Recorded]);
    let too_many = vec![check_in(1, 0); 10_001];
    let error = store.record_check_ins(venue, too_many, minute(0)).await.unwrap_err();
    assert!(matches!(error, StoreError::Invalid { field: "checkIns", .. }));
}

pub(crate) async fn a_day_of_check_ins_is_listed_by_time_in_pages(store: &dyn Store) {
    let venue = venue(store).await;
    let batch = [(1, 4), (2, 2), (3, 2), (4, 0), (255, 2)].map(|(id, at)| check_in(id, at));
    store.record_check_ins(venue, batch.to_vec(), minute(10)).await.unwrap();
    let mut ids = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.list_check_ins(venue, date(2022, 1, 5), cursor, 2).await.unwrap();
        ids.extend(page.items.iter().map(|row| row.id[0]));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(ids, [4, 2, 3, 255, 1]);
    let empty = store.list_check_ins(venue, date(2022, 1, 6), None, 2).await.unwrap();
    assert_eq!((empty.items, empty.next), (vec![], None));
}

pub(crate) async fn dropped_days_are_gone_and_refused(store: &dyn Store) {
    let venue = venue(store).await;
    for (id, day) in [(1, 0), (2, 1), (3, 2)] {
        store.record_check_ins(venue, vec![check_in(id, day * DAY)], minute(2 * DAY)).await.unwrap();
    }
    assert_eq!(store.drop_check_ins_before(date(2022, 1, 7)).await.unwrap(), 2);
    assert_eq!(store.list_check_ins(venue, date(2022, 1, 5), None, 9).await.unwrap().items, []);
    assert_eq!(store.list_check_ins(venue, date(2022, 1, 7), None, 9).await.unwrap().items.len(), 1);
    let late = vec![check_in(4, DAY), check_in(5, 2 * DAY)];
    let rows = store.record_check_ins(venue, late, minute(2 * DAY)).await.unwrap();
    assert_eq!(rows, [RowOutcome::Rejected(RowProblem::TooOld), RowOutcome::Recorded]);
    assert_eq!(store.drop_check_ins_before(date(2022, 1, 7)).await.unwrap(), 0);
}
