//! Bodies and permits: nobody holds a permit while a slow phone sends its body, and a refused request keeps its connection.

use std::time::Duration;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::header::EXPECT;
use axum::response::{IntoResponse as _, Response};
use tokio::time::timeout;
use yimatong_overload::Class;

use super::gate::Held;
use crate::app::App;
use crate::http::body::{too_long, unreadable};
use crate::http::route::Terms;
use crate::problem::Problem;

/// Largest body of a refused request that is read away, in bytes.
const DRAINED: usize = 64 * 1024;
/// Longest time that is waited for it.
const DRAINED_WITHIN: Duration = Duration::from_secs(1);

/// Longest body of a step of a flow, in bytes: some hundred are usual.
const LONGEST_FLOW_BODY: usize = 16 * 1024;

/// Longest body that a request on these terms may have, in bytes.
pub(super) fn longest(terms: &Terms, app: &App) -> usize {
    let most = app.config.server.max_body_bytes;
    match terms.file {
        Some(file) => file.longest,
        None if terms.class == Class::B3 => most.min(terms.longest_body.unwrap_or(LONGEST_FLOW_BODY)),
        None => most,
    }
}

/// The answer to a request that says itself that its body is too long, before anybody waits for it. What it sends all the same
/// is read away meanwhile, as far as it is small, so that the connection can go on.
pub(crate) fn refuse_too_long(request: Request, terms: &Terms, app: &App) -> Result<Request, Problem> {
    let limit = longest(terms, app);
    if request.body().size_hint().lower() <= limit as u64 {
        return Ok(request);
    }
    tokio::spawn(drain(request));
    Err(too_long(limit))
}

/// Why there is no whole body under a permit.
pub(super) enum NoBody {
    /// It can't be read; this is the answer.
    Unreadable(Response),
    /// It came, but there is no permit for it any more.
    Refused,
}

/// Reads the body. One that is not there yet is waited for without the permit.
pub(super) async fn whole(request: Request, held: Held, limit: usize) -> Result<(Request, Held), NoBody> {
    if request.body().is_end_stream() {
        return Ok((request, held));
    }
    let (parts, body) = request.into_parts();
    let mut reading = Box::pin(to_bytes(body, limit));
    let (read, held) = match futures_util::poll!(&mut reading) {
        std::task::Poll::Ready(read) => (read, held),
        std::task::Poll::Pending => {
            let suspended = held.suspend();
            let read = suspended.arriving(&mut reading).await;
            (read, suspended.enter_again().await.map_err(|_| NoBody::Refused)?)
        }
    };
    let bytes = read.map_err(|error| NoBody::Unreadable(unreadable(&error, limit).into_response()))?;
    Ok((Request::from_parts(parts, Body::from(bytes)), held))
}

/// Reads a small body away, so that the next request can come over the same connection.
pub(super) async fn drain(request: Request) {
    // A client that asks before it sends a body has not sent it.
    let asks = request.headers().contains_key(EXPECT);
    let body = request.into_body();
    if !asks && !body.is_end_stream() {
        let _ = timeout(DRAINED_WITHIN, to_bytes(body, DRAINED)).await;
    }
}
