//! A copy that is broken off, anywhere, and run again.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use tokio::sync::Notify;
use yimatong_store::{CopyError, CopyStart};
use yimatong_test_database::Database;

use crate::city::City;

#[tokio::test]
async fn a_copy_broken_off_after_each_chunk_goes_on_without_a_row_lost_or_doubled() {
    let (city, database) = (City::full().await, Database::empty());
    let mut runs = 0;
    let last = loop {
        runs += 1;
        let mut copy = city.begin(&database).await.unwrap();
        assert_eq!(copy.goes_on(), runs > 1);
        let is_committed = Notify::new();
        let mut told = |_: yimatong_store::CopyStep<'_>| is_committed.notify_one();
        let done = tokio::select! {
            biased;
            () = is_committed.notified() => None,
            done = copy.copy_rows(&mut told) => Some(done.unwrap()),
        };
        if done.is_some() {
            break copy;
        }
    };
    assert!(runs > 30, "{runs}");
    let verified = last.verify(&mut |_| ()).await.unwrap();
    assert_eq!((verified.differing, verified.differences), (0, Vec::new()));
}

/// Polls at most so often; none: it was not done by then.
async fn polled<T>(most: usize, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut polls) = (pin!(work), 0);
    poll_fn(|context| {
        polls += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if polls >= most => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_copy_broken_off_at_any_wait_goes_on_without_a_row_lost_or_doubled() {
    let (city, database) = (City::full().await, Database::empty());
    let mut most = 0;
    loop {
        most += 3;
        let whole = async {
            let mut copy = city.begin(&database).await?;
            copy.copy_rows(&mut |_| ()).await?;
            Ok::<_, CopyError>(copy)
        };
        match polled(most, whole).await {
            None => {}
            Some(copy) => {
                let verified = copy.unwrap().verify(&mut |_| ()).await.unwrap();
                assert_eq!((verified.differing, verified.differences), (0, Vec::new()));
                break;
            }
        }
    }
    assert!(most > 60, "{most}");
}

#[tokio::test]
async fn a_copy_that_ended_before_its_last_step_is_finished_by_the_next_run() {
    let (city, database) = (City::full().await, Database::empty());
    drop(city.copied(&database).await);
    let mut again = city.start(&database, CopyStart::GoOn).await.unwrap();
    again.copy_rows(&mut |_| ()).await.unwrap();
    assert_eq!(again.verify(&mut |_| ()).await.unwrap().differing, 0);
    again.finish().await.unwrap();
    let error = city.start(&database, CopyStart::GoOn).await.unwrap_err();
    assert!(matches!(error, CopyError::NothingUnfinished), "{error}");
    city.node(&database).await.unwrap();
}
