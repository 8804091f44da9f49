//! The line before a provisioned store's connections, under tokio's virtual clock.

use std::sync::Arc;
use std::time::Duration;

use ring::rand::SystemRandom;
use tokio::time::Instant;

use super::open::{SqliteOptions, SqliteStore};
use super::provision::{Provision, Provisioned};
use crate::deadline::with_deadline;
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::store::Store;

const TIME: Duration = Duration::from_millis(100);

fn provisioned(connections: u32) -> Arc<Provisioned> {
    Arc::new(Provisioned::new(Provision { connections, time: TIME }))
}

/// Milliseconds after which each of so many verbs was done.
async fn done_ms(store: &Arc<Provisioned>, verbs: usize) -> Vec<u128> {
    let start = Instant::now();
    let verbs: Vec<_> = (0..verbs)
        .map(|_| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let _in_use = store.connect().await.unwrap();
                start.elapsed().as_millis()
            })
        })
        .collect();
    let mut done = Vec::new();
    for verb in verbs {
        done.push(verb.await.unwrap());
    }
    done
}

#[tokio::test(start_paused = true)]
async fn verbs_go_two_by_two_through_two_connections_in_the_order_they_came() {
    assert_eq!(done_ms(&provisioned(2), 6).await, [100, 100, 200, 200, 300, 300]);
    assert_eq!(done_ms(&provisioned(0), 2).await, [100, 200], "no connection at all would be no store");
}

#[tokio::test(start_paused = true)]
async fn what_sqlite_needs_is_part_of_the_time_of_a_busy_connection_and_forgotten_by_an_idle_one() {
    let (store, start) = (provisioned(1), Instant::now());
    for expected_ms in [100, 200, 300] {
        let in_use = store.connect().await.unwrap();
        assert_eq!(start.elapsed().as_millis(), expected_ms);
        tokio::time::sleep(TIME * 3 / 10).await;
        drop(in_use);
    }
    tokio::time::sleep(TIME).await;
    let _in_use = store.connect().await.unwrap();
    assert_eq!(start.elapsed().as_millis(), 530, "330 and one idle time, and then the whole time again");
}

#[tokio::test(start_paused = true)]
async fn a_stall_holds_everything_and_may_be_made_longer() {
    let store = provisioned(2);
    store.stall(Duration::from_secs(1));
    let verbs = tokio::spawn({
        let store = Arc::clone(&store);
        async move { done_ms(&store, 3).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    store.stall(Duration::from_secs(9));
    assert_eq!(verbs.await.unwrap(), [9_600, 9_600, 9_700]);
}

#[tokio::test(start_paused = true)]
async fn a_stall_also_holds_a_verb_that_has_begun() {
    let store = provisioned(1);
    let verb = tokio::spawn({
        let store = Arc::clone(&store);
        async move { done_ms(&store, 1).await }
    });
    tokio::time::sleep(TIME / 2).await;
    store.stall(Duration::from_secs(1));
    assert_eq!(verb.await.unwrap(), [1_050]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_frees_its_connection_and_its_place_in_line() {
    let store = provisioned(1);
    let start = Instant::now();
    assert!(tokio::time::timeout(TIME / 2, store.connect()).await.is_err(), "gone while it was busy");
    let first = store.connect();
    let mut second = Box::pin(store.connect());
    let mut first = Box::pin(first);
    tokio::select! {
        biased;
        _ = &mut first => panic!("nothing is done in no time"),
        _ = &mut second => panic!("nothing is done in no time"),
        () = std::future::ready(()) => {}
    }
    drop(second);
    drop(first.await.unwrap());
    drop(store.connect().await.unwrap());
    assert_eq!(start.elapsed().as_millis(), 250);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_passes_in_the_line_or_in_a_stall_ends_the_wait() {
    let store = provisioned(1);
    let start = Instant::now();
    let _in_use = store.connect().await.unwrap();
    let late = with_deadline((start + TIME * 2).into_std(), store.connect()).await;
    assert_eq!((late.unwrap_err(), start.elapsed()), (StoreError::Deadline, TIME * 2));
    drop(_in_use);
    store.stall(Duration::from_secs(10));
    let late = with_deadline((start + TIME * 5).into_std(), store.connect()).await;
    assert_eq!((late.unwrap_err(), start.elapsed()), (StoreError::Deadline, TIME * 5));
    let in_time = with_deadline((start + TIME * 200).into_std(), store.connect()).await;
    assert!(in_time.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_provisioned_store_keeps_reads_and_writes_and_a_late_verb_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's source stands")]
    let rng = SystemRandom::new();
    let (keys, _) = Keyring::open_or_create(&folder.path().join("keys"), &rng).unwrap();
    let options = SqliteOptions {
        provision: Some(Provision { connections: 1, time: TIME }),
        ..SqliteOptions::new(folder.path().join("store.sqlite"), || Instant::now().into_std())
    };
    let store = SqliteStore::open(&options, Arc::new(keys), Arc::new(rng)).unwrap();
    let start = Instant::now();
    store.add_institution("市疾控中心").await.unwrap();
    assert_eq!(store.institutions().await.unwrap().len(), 1);
    assert_eq!(start.elapsed(), TIME * 2);
    store.stall(Duration::from_secs(10));
    let deadline = (start + Duration::from_secs(3)).into_std();
    let late = with_deadline(deadline, store.add_institution("区疾控中心")).await;
    assert_eq!((late.unwrap_err(), start.elapsed().as_secs()), (StoreError::Deadline, 3));
    assert_eq!(store.institutions().await.unwrap().len(), 1);
    assert!(start.elapsed() > Duration::from_secs(10));
    store.close().await.unwrap();
}
