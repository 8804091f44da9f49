//! Single flight: of identical public reads under way at the same time one does the work, and all get its answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::response::Parts;
use axum::response::Response;
use futures_util::future::{BoxFuture, FutureExt as _, Shared, WeakShared};

/// An answer that can be given many times.
#[derive(Debug, Clone)]
pub(crate) struct Copied {
    head: Arc<Parts>,
    body: Bytes,
}

type Flight = BoxFuture<'static, Copied>;

/// Reads under way, by method and address.
#[derive(Debug, Default)]
pub(crate) struct Flights(Arc<Mutex<UnderWay>>);

type UnderWay = HashMap<String, WeakShared<Flight>>;

/// Takes its read out of the list when it is over, or nobody waits for it any more.
struct Landing {
    key: String,
    flights: Arc<Mutex<UnderWay>>,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Flights {
    /// The answer of the read under way with this key, or of `read`, which is then under way. The work goes on as long as
    /// one of those who asked still waits.
    pub(crate) async fn share(
        &self,
        key: String,
        read: impl Future<Output = Response> + Send + 'static,
    ) -> Response {
        self.join(key, read).await.into_response()
    }

    fn join(&self, key: String, read: impl Future<Output = Response> + Send + 'static) -> Shared<Flight> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is over answers those who asked while it was under way, and nobody else.
        let under_way = flights.get(&key).and_then(WeakShared::upgrade).filter(|one| one.peek().is_none());
        if let Some(under_way) = under_way {
            return under_way;
        }
        let landing = Landing { key: key.clone(), flights: Arc::clone(&self.0) };
        let flight = async move {
            let _landing = landing;
            copied(read).await
        };
        let flight = flight.boxed().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key, weak);
        }
        flight
    }
}

async fn copied(read: impl Future<Output = Response>) -> Copied {
    let (head, body) = read.await.into_parts();
    // Our own answers lie in memory: reading them can't fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    Copied { head: Arc::new(head), body }
}

impl Copied {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.head.status;
        *response.headers_mut() = self.head.headers.clone();
        *response.extensions_mut() = self.head.extensions.clone();
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn identical_reads_are_done_once_and_the_next_one_anew() {
        let flights = Flights::default();
        let done = Arc::new(AtomicU32::new(0));
        let (finish, finished) = oneshot::channel::<()>();
        let read = |wait: Option<oneshot::Receiver<()>>| {
            let done = Arc::clone(&done);
            async move {
                if let Some(wait) = wait {
                    let _ = wait.await;
                }
                done.fetch_add(1, Ordering::SeqCst);
                Response::new(Body::from("answer"))
            }
        };
        let first = flights.share("GET /a".to_owned(), read(Some(finished)));
        let second = flights.share("GET /a".to_owned(), read(None));
        let other = flights.share("GET /b".to_owned(), read(None));
        let (first, second, other, ()) =
            tokio::join!(first, second, other, async { finish.send(()).unwrap() });
        assert_eq!(done.load(Ordering::SeqCst), 2);
        for answer in [first, second, other] {
            assert_eq!(to_bytes(answer.into_body(), 99).await.unwrap(), "answer");
        }
        flights.share("GET /a".to_owned(), read(None)).await;
        assert_eq!(done.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn the_work_goes_on_when_the_first_one_leaves() {
        let flights = Flights::default();
        let (finish, finished) = oneshot::channel::<()>();
        let mut first = Box::pin(flights.share("GET /a".to_owned(), async {
            let _ = finished.await;
            Response::new(Body::from("answer"))
        }));
        assert!(futures_util::poll!(&mut first).is_pending());
        let mut second =
            Box::pin(flights.share("GET /a".to_owned(), async { unreachable!("the first is under way") }));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        finish.send(()).unwrap();
        assert_eq!(to_bytes(second.await.into_body(), 99).await.unwrap(), "answer");
    }
}
