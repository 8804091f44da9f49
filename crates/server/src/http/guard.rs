//! The guard in front of every route: who calls, may they, and how long did it take.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use yimatong_model::ids::PersonId;

use crate::app::App;
use crate::auth::session::{ResidentSession, Session, TokenError};
use crate::auth::staff::StaffMember;
use crate::clock::monotonic;
use crate::http::route::{Access, AtOnce, Class, Terms};
use crate::http::{elsewhere, news};
use crate::metrics::RouteMetrics;
use crate::overload::body::refuse_too_long;
use crate::overload::enter;
use crate::problem::{Code, Problem};

/// Who is calling.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody signed in.
    Anonymous,
    /// A resident's device.
    Resident(ResidentSession),
    /// A member of staff.
    Staff(Arc<StaffMember>, [u8; 8]),
}

impl Caller {
    /// A text that differs between callers; part of what an `Idempotency-Key` is unique within.
    #[must_use]
    pub fn scope(&self) -> String {
        match self {
            Self::Anonymous => String::new(),
            Self::Resident(session) => format!("resident {}", session.person),
            Self::Staff(member, _) => format!("staff {}", member.id.0),
        }
    }
}

/// What the guard of one route knows.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) app: Arc<App>,
    pub(crate) access: Access,
    pub(crate) terms: Terms,
    pub(crate) metrics: Arc<RouteMetrics>,
}

/// Why the guard answers itself.
enum Refusal {
    Problem(Problem),
    /// Another part of the city holds this person.
    Elsewhere(PersonId),
    /// The session was opened at another node just now.
    News(ResidentSession),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Lets a request through to its route, or answers for it.
pub(crate) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let started = monotonic();
    let response = match admit_or_hear(&guard, request.headers()).await {
        Ok(caller) => match refuse_too_long(request, &guard.terms, &guard.app) {
            Ok(mut request) => {
                request.extensions_mut().insert(caller.clone());
                enter::run(&guard.app, guard.terms, &caller, request, next).await
            }
            Err(problem) => problem.into_response(),
        },
        Err(refusal) => guard.refuse(refusal, request.uri(), request.headers()),
    };
    guard.finish(response, started)
}

impl Guard {
    /// Lets a request through to an answer that lies in memory, or answers for it. None: another node knows who is calling, and the
    /// request has to wait for the news.
    pub(crate) fn at_once(&self, uri: &Uri, headers: &HeaderMap, answer: AtOnce) -> Option<Response> {
        let started = monotonic();
        let admitted = match admit(self, headers) {
            Err(Refusal::News(_)) => return None,
            admitted => admitted,
        };
        let counts = self.app.overload.counts(Class::B2);
        counts.offered.inc();
        let response = match admitted {
            Ok(caller) => answer(&self.app, &caller, headers).into_response(),
            Err(refusal) => self.refuse(refusal, uri, headers),
        };
        counts.admitted.inc();
        if response.status().is_server_error() {
            counts.failed.inc()
        } else {
            counts.goodput.inc()
        };
        Some(self.finish(response, started))
    }

    fn refuse(&self, refusal: Refusal, uri: &Uri, headers: &HeaderMap) -> Response {
        match refusal {
            Refusal::Problem(problem) => problem.into_response(),
            // The node itself is ready: what it lacks, the store has not told it in time.
            Refusal::News(_) => Problem::new(Code::StoreUnavailable).retry_after_s(1).into_response(),
            Refusal::Elsewhere(person) => elsewhere::answer(&self.app, person, uri, headers),
        }
    }

    /// Completes the headers and counts the answer.
    fn finish(&self, mut response: Response, started: Instant) -> Response {
        set_default(&mut response, header::CACHE_CONTROL, "no-store");
        set_default(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        self.metrics.observe(response.status(), started.elapsed());
        response
    }
}

fn set_default(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
}

/// As [`admit`], once this node has heard of who is calling.
async fn admit_or_hear(guard: &Guard, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let session = match admit(guard, headers) {
        Err(Refusal::News(session)) => session,
        admitted => return admitted,
    };
    let heard = news::hear(&guard.app, &session).await;
    match admit(guard, headers) {
        Err(Refusal::News(session)) if heard && news::has_ended(&guard.app, &session) => Err(ended().into()),
        admitted => admitted,
    }
}

fn admit(guard: &Guard, headers: &HeaderMap) -> Result<Caller, Refusal> {
    if guard.access == Access::Public {
        return Ok(Caller::Anonymous);
    }
    let in_memory = guard.terms.class == Class::B2 && guard.app.is_draining();
    if !guard.app.is_ready() && !in_memory {
        return Err(Problem::new(Code::Starting).retry_after_s(3).into());
    }
    let caller = identify(&guard.app, &guard.terms, headers)?;
    match (guard.access, &caller) {
        (Access::Resident, Caller::Resident(_)) | (Access::AnyStaff, Caller::Staff(..)) => Ok(caller),
        (Access::Staff(roles), Caller::Staff(member, _)) if roles.contains(&member.role) => Ok(caller),
        (_, Caller::Anonymous) => Err(Problem::new(Code::SignInNeeded).into()),
        _ => Err(Problem::new(Code::NotAllowed).into()),
    }
}

/// For a session that is the person's no longer.
fn ended() -> Problem {
    Problem::new(Code::SessionExpired)
        .because("the code was moved to another device or signed out", "您的码已在另一台设备登录或已退出登录")
}

fn identify(app: &App, terms: &Terms, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(Caller::Anonymous) };
    let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(|| {
        Problem::new(Code::SignInNeeded).because(
            "the Authorization header must be: Bearer <token>",
            "Authorization 请求头格式应为 Bearer <令牌>",
        )
    })?;
    match app.sessions.open(token.trim(), app.clock.now()) {
        Ok(Session::Resident(session)) => {
            if !app.registry.part().holds(session.person) {
                Err(Refusal::Elsewhere(session.person))
            } else if app.registry.holds_device(session.person, session.slot) {
                Ok(Caller::Resident(session))
            } else if app.registry.is_loading() && app.registry.entry(session.person).is_none() {
                // Only the code that this very device was given before is shown to it meanwhile.
                if terms.class == Class::B2 {
                    Ok(Caller::Resident(session))
                } else {
                    Err(Problem::new(Code::Starting).retry_after_s(3).into())
                }
            } else if news::is_news(app, &session) {
                Err(Refusal::News(session))
            } else {
                Err(ended().into())
            }
        }
        Ok(Session::Staff(session)) => app
            .staff
            .signed_in(&session)
            .map(|member| Caller::Staff(member, session.session_id))
            .ok_or_else(|| Problem::new(Code::SessionExpired).into()),
        Err(TokenError::Expired) => Err(Problem::new(Code::SessionExpired).into()),
        Err(TokenError::Forged) => Err(Problem::new(Code::SignInNeeded)
            .because("the token is not one of this server", "登录令牌无效")
            .into()),
    }
}

/// The signed-in resident; only on routes with [`Access::Resident`].
#[derive(Debug)]
pub struct Resident(pub ResidentSession);

impl<S: Sync> FromRequestParts<S> for Resident {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Resident(session)) => Ok(Self(*session)),
            _ => Err(Problem::new(Code::SignInNeeded)),
        }
    }
}

/// The signed-in member of staff; only on routes for staff.
#[derive(Debug)]
pub struct Staff {
    /// Who.
    pub member: Arc<StaffMember>,
    /// Which of their sessions.
    pub session_id: [u8; 8],
}

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Staff(member, session_id)) => {
                Ok(Self { member: Arc::clone(member), session_id: *session_id })
            }
            _ => Err(Problem::new(Code::SignInNeeded)),
        }
    }
}
