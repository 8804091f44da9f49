//! The way of a request to its handler: rates, waiting room, gate, body, deadline. Nothing of its body is read before it is let in.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use tokio::time::{Instant as TokioInstant, timeout_at};
use yimatong_overload::{Class, Entry, Offer, Outcome, Pass, Ticket};
use yimatong_store::with_deadline;

use super::body::{self, NoBody};
use super::counts::Counting;
use super::gate::Held;
use super::origin::{self, Origin};
use super::room::RoomNow;
use super::{Overload, Protection, permit};
use crate::app::App;
use crate::connections::client_address;
use crate::http::guard::Caller;
use crate::http::route::Terms;
use crate::problem::{Code, Problem};

const TICKET: HeaderName = HeaderName::from_static("yimatong-ticket");
const PASS: HeaderName = HeaderName::from_static("yimatong-pass");

/// How long the answer to a request of each class has a use; for a new flow from the moment it is let in.
const DEADLINES: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_secs(5),
    Duration::from_secs(5),
    Duration::from_secs(5),
    Duration::from_secs(2),
];

/// Lets a request through to its handler, or answers for it.
pub(crate) async fn run(
    app: &Arc<App>,
    terms: Terms,
    caller: &Caller,
    request: Request,
    next: Next,
) -> Response {
    let overload = &app.overload;
    if let Some(function) = terms.function
        && !overload.desk.now().switches.is_on(function)
    {
        let counting = Counting::begin(overload.counts(terms.class));
        body::drain(&HeaderMap::new(), request.into_body()).await;
        counting.refused();
        return Problem::switched_off(function).into_response();
    }
    match overload.protection {
        _ if terms.class == Class::B2 => from_memory(app, request, next).await,
        Protection::Ours if terms.shared => {
            let (app, caller) = (Arc::clone(app), caller.clone());
            let key = format!("{} {}", request.method(), request.uri());
            let read = async move { Visit::new(&app, terms, &caller, &request).run(request, next).await };
            overload.flights.share(key, read).await
        }
        Protection::Ours => Visit::new(app, terms, caller, &request).run(request, next).await,
        Protection::Shed => count(app, terms.class, next.run(request)).await,
        Protection::Off => {
            // As most services do: the work goes on whether or not somebody still waits for it.
            let work = tokio::spawn(next.run(request));
            let answer =
                async { work.await.unwrap_or_else(|_| Problem::new(Code::Internal).into_response()) };
            count(app, terms.class, answer).await
        }
    }
}

/// What lies in memory costs about as much to serve as to refuse, so it is always served.
async fn from_memory(app: &App, request: Request, next: Next) -> Response {
    count(app, Class::B2, next.run(request)).await
}

async fn count(app: &App, class: Class, answer: impl Future<Output = Response>) -> Response {
    let counting = Counting::begin(app.overload.counts(class));
    let response = answer.await;
    match response.extensions().get::<Code>() {
        Some(Code::Busy) => counting.refused(),
        code => {
            counting.admitted();
            settle(counting, code.copied());
        }
    }
    response
}

/// Counts what became of a request that was let in.
fn settle(counting: Counting<'_>, code: Option<Code>) -> Outcome {
    if matches!(code, Some(Code::StoreUnavailable | Code::Internal)) {
        counting.failed();
        Outcome::Failed
    } else {
        counting.goodput();
        Outcome::Done
    }
}

/// One request under our protection.
struct Visit<'a> {
    app: &'a Arc<App>,
    overload: &'a Overload,
    terms: Terms,
    class: Class,
    origin: Origin,
    pass: Option<Pass>,
    ticket: Option<String>,
    attempt: u32,
    unix_ms: u64,
}

impl<'a> Visit<'a> {
    fn new(app: &'a Arc<App>, terms: Terms, caller: &Caller, request: &Request) -> Self {
        let (overload, headers) = (&app.overload, request.headers());
        let proxies = app.connections.trusted_proxies();
        let address = client_address(request.extensions(), headers, proxies);
        let origin = Origin::of(caller, headers, address, overload.salt);
        let unix_ms = u64::try_from(app.now().as_millisecond()).unwrap_or(0);
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let pass = text(PASS).filter(|_| terms.class == Class::B3).and_then(|text| {
            let pass = overload.seal.open_pass(text, origin.device, unix_ms).ok()?;
            (!overload.room.rules().flows().is_given_back(pass.id)).then_some(pass)
        });
        Self {
            app,
            overload,
            terms,
            class: if pass.is_some() { Class::B1 } else { terms.class },
            origin,
            pass,
            ticket: text(TICKET).map(str::to_owned),
            attempt: origin::attempt(headers),
            unix_ms,
        }
    }

    async fn run(self, request: Request, next: Next) -> Response {
        let counting = Counting::begin(self.overload.counts(self.class));
        if !self.overload.within_rates(self.class, self.terms.limit, &self.origin) {
            return self.busy(counting, request, true).await;
        }
        // Nobody queues for something that is then refused.
        if let Err(problem) = self.terms.eligible.map_or(Ok(()), |check| check(self.app)) {
            body::drain(&HeaderMap::new(), request.into_body()).await;
            counting.refused();
            return problem.into_response();
        }
        let place = match self.class {
            Class::B3 => match self.overload.enter_room(&self.origin, self.ticket.as_deref(), self.unix_ms) {
                Entry::Wait { ticket, expired } => {
                    return self.wait(counting, request, ticket, expired).await;
                }
                Entry::Straight(ticket) => Some((ticket, false)),
                Entry::Called(ticket) => Some((ticket, true)),
            },
            _ => None,
        };
        match self.overload.gate.enter(self.offer(place.map_or(0, |(ticket, _)| ticket.seq))).await {
            Ok(held) => self.let_in(counting, request, next, held).await,
            Err(_) if let Some((ticket, true)) = place => {
                self.overload.room.rules().bounced(&ticket);
                self.busy(counting, request, false).await
            }
            // Whoever found the room empty and the gate full gets a place after all; the called keep theirs.
            Err(_) if place.is_some() => match self.overload.place_in_room(&self.origin, self.unix_ms) {
                Entry::Wait { ticket, expired } => self.wait(counting, request, ticket, expired).await,
                Entry::Straight(_) | Entry::Called(_) => self.busy(counting, request, false).await,
            },
            Err(_) => {
                let can_wait = self.class == Class::B4;
                self.busy(counting, request, can_wait).await
            }
        }
    }

    fn offer(&self, place: u64) -> Offer {
        let wait = match self.class {
            // The queue itself ends the wait sooner.
            Class::B3 => Duration::from_secs(10),
            class => DEADLINES[class.index()],
        };
        let deadline = self.overload.gate.now() + wait;
        Offer { class: self.class, device: self.origin.device, deadline, place, attempt: self.attempt }
    }

    async fn let_in(self, counting: Counting<'_>, request: Request, next: Next, held: Held) -> Response {
        counting.admitted();
        if self.class == Class::B3 {
            self.overload.room.rules().granted();
        }
        let limit = self.app.config.server.max_body_bytes;
        let (request, held) = match body::whole(request, held, limit).await {
            Ok(whole) => whole,
            Err(NoBody::Unreadable(response)) => {
                counting.goodput();
                return response;
            }
            Err(NoBody::Refused) => {
                counting.refused();
                return self.overload.refusals.at_once(2);
            }
        };
        let deadline = crate::clock::monotonic() + DEADLINES[self.class.index()];
        let place = permit::Place::of(held);
        let work = permit::with_permit(Arc::clone(&place), with_deadline(deadline, next.run(request)));
        let answered = timeout_at(TokioInstant::from_std(deadline), work).await;
        let mut response = answered.unwrap_or_else(|_| late().into_response());
        let outcome = settle(counting, response.extensions().get::<Code>().copied());
        if let Some(held) = place.take() {
            held.finish(outcome);
        }
        self.renew_pass(&mut response);
        response
    }

    /// The right to go on with the flow goes with every answer, until the flow is finished.
    fn renew_pass(&self, response: &mut Response) {
        if self.terms.class != Class::B3 {
            return;
        }
        let now = self.overload.gate.now();
        let pass = self.pass.unwrap_or_else(|| self.overload.new_pass(&self.origin, self.unix_ms));
        let mut room = self.overload.room.rules();
        room.flows().step(pass.id, now);
        if self.terms.ends_flow && response.status().is_success() {
            room.flows().end(pass.id, now);
            return;
        }
        drop(room);
        let text = self.overload.seal.pass(&Pass { used_ms: self.unix_ms, ..pass });
        if let Ok(value) = HeaderValue::try_from(text) {
            response.headers_mut().insert(PASS, value);
        }
    }

    async fn busy(self, counting: Counting<'_>, request: Request, held: bool) -> Response {
        let (parts, rest) = request.into_parts();
        body::drain(&parts.headers, rest).await;
        let response =
            if held { self.overload.refusals.held().await } else { self.overload.refusals.at_once(1) };
        counting.refused();
        response
    }

    async fn wait(self, counting: Counting<'_>, request: Request, ticket: Ticket, expired: bool) -> Response {
        let (parts, rest) = request.into_parts();
        body::drain(&parts.headers, rest).await;
        counting.ticketed();
        self.overload.place(self.app, &ticket, expired)
    }
}

/// The answer to somebody whose turn has not come.
#[derive(Serialize)]
struct Place<'a> {
    #[serde(flatten)]
    problem: crate::problem::ProblemDocument<'a>,
    ticket: String,
    seq: u64,
    expired: bool,
    #[serde(flatten)]
    room: RoomNow,
}

impl Overload {
    fn new_pass(&self, origin: &Origin, unix_ms: u64) -> Pass {
        let number = self.passes.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let id = self.first_pass.wrapping_add(number);
        Pass { id, device: origin.device, issued_ms: unix_ms, used_ms: unix_ms }
    }

    fn place(&self, app: &App, ticket: &Ticket, expired: bool) -> Response {
        let problem = Problem::new(Code::WaitInRoom);
        let room = self.room_now(app.now());
        let retry_after_s = room.poll_s().ceil() as u32;
        let text = self.seal.ticket(ticket);
        let place = Place { problem: problem.document(), ticket: text, seq: ticket.seq, expired, room };
        let body = serde_json::to_vec(&place).expect("numbers and texts always serialise");
        problem.retry_after_s(retry_after_s).into_response_with(body)
    }
}

fn late() -> Problem {
    Problem::new(Code::StoreUnavailable).retry_after_s(2).because(
        "this took too long and was broken off; it may have been done: repeat it with the same Idempotency-Key",
        "处理超时，可能已经完成；请用同一个 Idempotency-Key 重试",
    )
}
