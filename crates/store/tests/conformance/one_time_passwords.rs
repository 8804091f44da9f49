//! One-time passwords.

use yimatong_store::{Idempotency, OneTimePasswordLimits, PutOneTimePassword, Redemption, Store};

use crate::fixtures::*;

const RIGHT: [u8; 32] = [1; 32];
const WRONG: [u8; 32] = [2; 32];

async fn put(store: &dyn Store, code: [u8; 32], at: i64) -> PutOneTimePassword {
    let limits = OneTimePasswordLimits::default();
    store.put_one_time_password(&phone(1), code, minute(at + 5), limits, minute(at)).await.unwrap()
}

async fn redeem(store: &dyn Store, code: [u8; 32], at: i64) -> Redemption {
    store.redeem_one_time_password(&phone(1), code, None, minute(at)).await.unwrap()
}

pub(crate) async fn a_right_code_works_once(store: &dyn Store) {
    assert_eq!(redeem(store, RIGHT, 0).await, Redemption::None);
    assert_eq!(put(store, RIGHT, 0).await, PutOneTimePassword::Stored);
    assert_eq!(redeem(store, WRONG, 1).await, Redemption::Wrong { left: 4 });
    assert_eq!(redeem(store, RIGHT, 1).await, Redemption::Redeemed);
    assert_eq!(redeem(store, RIGHT, 1).await, Redemption::None);
}

pub(crate) async fn the_request_that_used_a_code_up_may_be_repeated(store: &dyn Store) {
    let redeem = async |code: [u8; 32], key: u8, at: i64| {
        let key = Idempotency { key: [key; 32], request: [9; 32] };
        store.redeem_one_time_password(&phone(1), code, Some(key), minute(at)).await.unwrap()
    };
    put(store, RIGHT, 0).await;
    assert_eq!(redeem(RIGHT, 7, 1).await, Redemption::Redeemed);
    assert_eq!(redeem(RIGHT, 7, 2).await, Redemption::Redeemed);
    assert_eq!(redeem(WRONG, 7, 2).await, Redemption::None);
    assert_eq!(redeem(RIGHT, 8, 2).await, Redemption::None, "another request");
    assert_eq!(self::redeem(store, RIGHT, 2).await, Redemption::None, "a request without a key");
    assert_eq!(redeem(RIGHT, 7, 5).await, Redemption::None, "past its time");
}

pub(crate) async fn wrong_codes_use_up_the_tries(store: &dyn Store) {
    put(store, RIGHT, 0).await;
    for left in (0..5).rev() {
        assert_eq!(redeem(store, WRONG, 1).await, Redemption::Wrong { left });
    }
    assert_eq!(redeem(store, RIGHT, 1).await, Redemption::TooManyTries);
    put(store, RIGHT, 2).await;
    assert_eq!(redeem(store, RIGHT, 2).await, Redemption::Redeemed);
}

pub(crate) async fn an_expired_code_is_refused_and_purged(store: &dyn Store) {
    put(store, RIGHT, 0).await;
    assert_eq!(redeem(store, RIGHT, 5).await, Redemption::Expired);
    assert_eq!(store.purge_expired(minute(30)).await.unwrap(), 0, "its hour still counts sent codes");
    assert_eq!(store.purge_expired(minute(60)).await.unwrap(), 1);
    assert_eq!(redeem(store, RIGHT, 60).await, Redemption::None);
}

pub(crate) async fn codes_are_not_sent_too_often(store: &dyn Store) {
    put(store, WRONG, 0).await;
    assert_eq!(put(store, RIGHT, 0).await, PutOneTimePassword::Wait { until: minute(1) });
    for at in 1..5 {
        assert_eq!(put(store, RIGHT, at).await, PutOneTimePassword::Stored);
    }
    assert_eq!(put(store, WRONG, 30).await, PutOneTimePassword::Wait { until: minute(60) });
    assert_eq!(redeem(store, RIGHT, 6).await, Redemption::Redeemed, "a refused code replaces nothing");
    assert_eq!(put(store, RIGHT, 60).await, PutOneTimePassword::Stored);
}
