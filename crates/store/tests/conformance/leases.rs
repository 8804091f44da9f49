//! Leases.

use yimatong_store::Store;

use crate::fixtures::*;

pub(crate) async fn a_lease_is_one_holders_until_its_time_is_over(store: &dyn Store) {
    let take = |holder: &'static str, from: i64, until: i64| {
        store.take_lease("retention", holder, minute(from), minute(until))
    };
    assert!(take("one", 0, 10).await.unwrap());
    assert!(!take("two", 1, 11).await.unwrap());
    assert!(take("one", 5, 15).await.unwrap(), "its holder makes it longer");
    assert!(!take("two", 14, 24).await.unwrap());
    assert!(take("two", 15, 25).await.unwrap(), "at its end anybody may have it");
    assert!(!take("one", 16, 26).await.unwrap());
    assert!(store.take_lease("another", "one", minute(16), minute(26)).await.unwrap());
}

pub(crate) async fn the_database_tells_its_time_or_has_none_of_its_own(store: &dyn Store) {
    let first = store.database_time().await.unwrap();
    let second = store.database_time().await.unwrap();
    assert!(first.is_some() == second.is_some() && first <= second, "{first:?}, {second:?}");
}
