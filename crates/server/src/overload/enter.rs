//! The way of a request to its handler: rates, waiting room, gate, body, deadline. Nothing of its body is read before it is let in.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
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
    if let Some(function) = terms.function
        && !app.overload.desk.now().switches.is_on(function)
    {
        let counting = Counting::begin(app.overload.counts(terms.class));
        body::drain(request).await;
        counting.refused();
        return Problem::switched_off(function).into_response();
    }
    match app.overload.protection {
        _ if terms.class == Class::B2 => count(app, terms.class, next.run(request)).await,
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
fn settle(counting: Counting<'_>, code: Option<Code>) {
    // Busy: it waited for something else, and there was no permit for it any more.
    if matches!(code, Some(Code::Busy | Code::StoreUnavailable | Code::Starting | Code::Internal)) {
        counting.failed();
    } else {
        counting.goodput();
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
        // Nobody is sent anything while they wait: what has a limit of its own is counted when it is done.
        let within = self.class == Class::B3 || self.is_within_limit();
        if !self.overload.within_rates(self.class, &self.origin) || !within {
            return self.busy(counting, request).await;
        }
        // Nobody queues for something that is then refused.
        if let Err(problem) = self.terms.eligible.map_or(Ok(()), |check| check(self.app)) {
            body::drain(request).await;
            counting.refused();
            return problem.into_response();
        }
        if self.terms.shared {
            return self.share(counting, request, next).await;
        }
        if self.class != Class::B3 {
            return self.at_gate(counting, request, next).await;
        }
        let shown = self.overload.shown(&self.origin, self.ticket.as_deref());
        let (ticket, line) = match self.overload.enter_room(&self.origin, shown, self.unix_ms) {
            Entry::Wait { ticket, expired } => {
                body::drain(request).await;
                counting.ticketed();
                return self.overload.place(&ticket, expired);
            }
            Entry::Called(ticket) => (ticket, Line { called: Some(ticket), shown }),
            Entry::Straight(ticket) => (ticket, Line { called: None, shown }),
        };
        if !self.is_within_limit() {
            return match line.called {
                Some(_) => self.bounced(counting, request, line).await,
                None => self.busy(counting, request).await,
            };
        }
        match self.overload.gate.enter(self.offer(ticket.seq)).await {
            Ok(held) if line.called.is_some_and(|ticket| !self.overload.may_claim(&ticket)) => {
                held.unused();
                self.bounced(counting, request, line).await
            }
            Ok(held) => self.let_in(counting, request, next, held, Some(line)).await,
            Err(_) => self.bounced(counting, request, line).await,
        }
    }

    fn is_within_limit(&self) -> bool {
        self.overload.within_address_limit(self.terms.limit, &self.origin)
    }

    async fn at_gate(self, counting: Counting<'_>, request: Request, next: Next) -> Response {
        match self.overload.gate.enter(self.offer(0)).await {
            Ok(held) => self.let_in(counting, request, next, held, None).await,
            Err(_) => self.busy(counting, request).await,
        }
    }

    /// A read that is the same for everybody: whoever asks while it is under way gets its answer. Each asks at their own expense:
    /// rates and holds are not shared.
    async fn share(self, counting: Counting<'_>, request: Request, next: Next) -> Response {
        let key = format!("{} {}", request.method(), request.uri());
        let (app, offer) = (Arc::clone(self.app), self.offer(0));
        let read = async move {
            match app.overload.gate.enter(offer).await {
                Ok(held) => work(DEADLINES[offer.class.index()], held, request, next).await.0,
                Err(_) => app.overload.refusals.at_once(1),
            }
        };
        let response = self.overload.flights.share(key, read).await;
        match response.extensions().get::<Code>().copied() {
            Some(Code::Busy) => {
                let response = self.overload.refusals.held().await;
                counting.refused();
                response
            }
            code => {
                counting.admitted();
                settle(counting, code);
                response
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

    async fn let_in(
        self,
        counting: Counting<'_>,
        request: Request,
        next: Next,
        held: Held,
        line: Option<Line>,
    ) -> Response {
        let limit = body::longest(&self.terms, self.app);
        let mut response = match body::whole(request, held, limit).await {
            Ok((request, held)) => {
                if self.class == Class::B3 {
                    self.overload.room.rules().granted();
                }
                counting.admitted();
                let within = self.terms.file.map_or(DEADLINES[self.class.index()], |file| file.within);
                let (response, code) = work(within, held, request, next).await;
                settle(counting, code);
                response
            }
            Err(NoBody::Unreadable(response)) => {
                // Without a body no flow has begun.
                counting.refused();
                return response;
            }
            // Nothing has begun: whoever came from the line is in it again.
            Err(NoBody::Refused) => match line {
                Some(line) => return self.turned_away(counting, line),
                None => {
                    counting.refused();
                    self.overload.refusals.at_once(2)
                }
            },
        };
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

    /// For a new flow that the gate could not take.
    async fn bounced(self, counting: Counting<'_>, request: Request, line: Line) -> Response {
        body::drain(request).await;
        self.turned_away(counting, line)
    }

    /// "Come back" to somebody who has been called, whose call stays good; a place after all for whoever found the room empty
    /// and the gate full.
    fn turned_away(&self, counting: Counting<'_>, line: Line) -> Response {
        if let Some(ticket) = line.called {
            self.overload.room.rules().bounced(&ticket, self.unix_ms);
            counting.refused();
            return self.overload.refusals.at_once(1);
        }
        let ticket = self.overload.place_in_room(&self.origin, line.shown, self.unix_ms);
        counting.ticketed();
        self.overload.place(&ticket, false)
    }

    /// "Come back": held for those who can wait, at once for flows under way.
    async fn busy(self, counting: Counting<'_>, request: Request) -> Response {
        body::drain(request).await;
        let mut response = if matches!(self.class, Class::B0 | Class::B1) {
            self.overload.refusals.at_once(1)
        } else {
            self.overload.refusals.held().await
        };
        counting.refused();
        if self.pass.is_some() {
            self.renew_pass(&mut response);
        }
        response
    }
}

/// How a new flow came to the gate.
#[derive(Clone, Copy)]
struct Line {
    /// The ticket that was called; none for whoever found the room empty.
    called: Option<Ticket>,
    /// The ticket that was shown.
    shown: Option<Ticket>,
}

/// Runs the handler under its permit and its deadline, and teaches admission how it ended.
async fn work(within: Duration, held: Held, request: Request, next: Next) -> (Response, Option<Code>) {
    let deadline = crate::clock::monotonic() + within;
    let place = permit::Place::of(held);
    let work = permit::with_permit(Arc::clone(&place), with_deadline(deadline, next.run(request)));
    let answered = timeout_at(TokioInstant::from_std(deadline), work).await;
    let response = answered.unwrap_or_else(|_| late().into_response());
    let code = response.extensions().get::<Code>().copied();
    let Some(held) = place.take() else { return (response, code) };
    match code {
        Some(
            Code::MalformedJson
            | Code::InvalidField
            | Code::InvalidParameter
            | Code::UnsupportedMedia
            | Code::TooLarge,
        ) => {
            // Refused before it came to the store, which would look quicker than it is.
            held.unused();
        }
        Some(Code::StoreUnavailable | Code::Internal) => held.finish(Outcome::Failed),
        _ => held.finish(Outcome::Done),
    }
    (response, code)
}

/// The answer to somebody whose turn has not come.
#[derive(Serialize)]
struct Place<'a> {
    #[serde(flatten)]
    problem: crate::problem::ProblemDocument<'a>,
    ticket: String,
    /// None before the ticket was shown.
    seq: Option<u64>,
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

    fn place(&self, ticket: &Ticket, expired: bool) -> Response {
        let problem = Problem::new(Code::WaitInRoom);
        let seq = ticket.place();
        let room = self.room_now(seq);
        let after_s = if seq.is_some() { room.poll_s() } else { room.place_after_s() };
        let retry_after_s = after_s.ceil() as u32;
        let text = self.seal.ticket(ticket);
        let place = Place { problem: problem.document(), ticket: text, seq, expired, room };
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
