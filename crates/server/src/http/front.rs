//! What stands before the router: routes whose answer lies in memory are answered at once.
//!
//! Showing a code is nearly all the traffic of a city. Through the router its guard and its handler cost more in
//! boxes and copies than the answer itself, so a route made by [`Route::at_once`](crate::http::route::Route::at_once)
//! is recognised here by method and path. It has the same guard, metrics and answer as behind the router, where it goes when it has to wait.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use futures_util::future::Either;
use tower::Service;

use crate::http::guard::Guard;
use crate::http::route::AtOnce;

/// One route that is answered at once.
#[derive(Clone)]
pub(crate) struct Shortcut {
    pub(crate) path: &'static str,
    pub(crate) guard: Guard,
    pub(crate) answer: AtOnce,
}

/// The whole site as one service: shortcuts, then the router.
#[derive(Clone)]
pub struct Front {
    shortcuts: Arc<[Shortcut]>,
    router: Router,
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front").field("router", &self.router).finish_non_exhaustive()
    }
}

impl Front {
    /// Puts shortcuts before a router.
    pub(crate) fn new(shortcuts: impl IntoIterator<Item = Shortcut>, router: Router) -> Self {
        Self { shortcuts: shortcuts.into_iter().collect(), router }
    }
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let path = request.uri().path();
        let shortcut = self.shortcuts.iter().find(|shortcut| shortcut.path == path);
        let answer = shortcut
            .filter(|_| request.method() == Method::GET)
            .and_then(|shortcut| shortcut.guard.at_once(request.uri(), request.headers(), shortcut.answer));
        match answer {
            Some(answer) => Either::Left(ready(Ok(answer))),
            None => Either::Right(Service::<Request>::call(&mut self.router, request)),
        }
    }
}
