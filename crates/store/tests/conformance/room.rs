//! The waiting room's row.

use yimatong_store::{Problem, RoomRow, RoomStep, Store, StoreError};

const HIGHEST_PLACE: u64 = (1 << 53) - 1;

fn step(issued_by: u64, called_by: u64) -> RoomStep {
    RoomStep { issued_by, called_by, capacity_per_s: 0.0 }
}

fn row(issued: u64, serving: u64, capacity_per_s: f64) -> RoomRow {
    RoomRow { issued, serving, capacity_per_s }
}

pub(crate) async fn the_line_begins_at_place_one_and_steps_add_up(store: &dyn Store) {
    assert_eq!(store.room().await.unwrap(), row(1, 1, 0.0));
    assert_eq!(store.step_room(step(300, 0)).await.unwrap(), row(301, 1, 0.0));
    let known = RoomStep { capacity_per_s: 45.5, ..step(20, 100) };
    assert_eq!(store.step_room(known).await.unwrap(), row(321, 101, 45.5));
    assert_eq!(
        store.step_room(step(0, 1)).await.unwrap(),
        row(321, 102, 45.5),
        "not known keeps what is known"
    );
    assert_eq!(store.room().await.unwrap(), row(321, 102, 45.5));
}

pub(crate) async fn nobody_is_called_who_has_no_place(store: &dyn Store) {
    assert_eq!(store.step_room(step(0, 5)).await.unwrap(), row(1, 1, 0.0));
    assert_eq!(store.step_room(step(10, 50)).await.unwrap(), row(11, 11, 0.0));
    assert_eq!(store.step_room(step(3, 1)).await.unwrap(), row(14, 12, 0.0));
    assert_eq!(store.step_room(step(0, HIGHEST_PLACE)).await.unwrap(), row(14, 14, 0.0));
}

pub(crate) async fn absurd_steps_are_refused_and_change_nothing(store: &dyn Store) {
    store.step_room(RoomStep { capacity_per_s: 7.0, ..step(10, 5) }).await.unwrap();
    let too_large = |field| StoreError::Invalid { field, problem: Problem::TooLarge };
    for (bad, field) in [
        (step(u64::MAX, 0), "issuedBy"),
        (step(i64::MAX as u64, 0), "issuedBy"),
        (step(HIGHEST_PLACE, 0), "issuedBy"),
        (step(HIGHEST_PLACE - 10, 0), "issuedBy"),
        (step(0, u64::MAX), "calledBy"),
    ] {
        assert_eq!(store.step_room(bad).await.unwrap_err(), too_large(field), "{bad:?}");
    }
    let malformed = StoreError::Invalid { field: "capacityPerS", problem: Problem::Malformed };
    for capacity_per_s in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        let bad = RoomStep { capacity_per_s, ..step(1, 1) };
        assert_eq!(store.step_room(bad).await.unwrap_err(), malformed, "{capacity_per_s}");
    }
    assert_eq!(store.room().await.unwrap(), row(11, 6, 7.0));
    let full = store.step_room(step(HIGHEST_PLACE - 11, HIGHEST_PLACE)).await.unwrap();
    assert_eq!(full, row(HIGHEST_PLACE, HIGHEST_PLACE, 7.0), "the last place is a place");
}
