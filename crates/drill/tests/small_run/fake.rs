//! A server that follows a script: it lets in so many flows a second, gives tickets to the others, calls them, and refuses now
//! and then. It keeps count of what it was asked, so that the drill's own counts can be compared.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

/// Flows let in per second.
const RATE_PER_S: f64 = 20.0;

/// What the fake does wrong on purpose.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flaws {
    /// Every second look at the room finds it where it began.
    pub(crate) places_rise: bool,
    /// Every second registration is forgotten after it was acknowledged.
    pub(crate) forgets: bool,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    flaws: Flaws,
    begun: Option<Instant>,
    let_in: f64,
    issued: u64,
    called: u64,
    seats: HashMap<String, u64>,
    sessions: HashSet<String>,
    /// Requests by path.
    pub(crate) asked: HashMap<String, u64>,
    /// Answers 429 with a ticket, and 503.
    pub(crate) ticketed: u64,
    pub(crate) refused: u64,
    /// Registrations without a pass.
    pub(crate) without_pass: u64,
}

pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub(crate) fn start(flaws: Flaws) -> Self {
        let state = Arc::new(Mutex::new(State { flaws, ..State::default() }));
        let shared = Arc::clone(&state);
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                serve(listener, shared).await;
            });
        });
        Self { address: told.recv().unwrap(), state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        let service = service_fn(move |request| answer(Arc::clone(&state), request));
        let serving =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(serving);
    }
}

async fn answer(
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let body =
        request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut state = state.lock().unwrap();
    *state.asked.entry(path.clone()).or_default() += 1;
    let (status, body) = match path.as_str() {
        "/readyz" => (200, json!({})),
        "/v1/one-time-passwords" => {
            assert!(header("yimatong-device").is_some() && header("idempotency-key").is_some());
            state.one_time_password(header("yimatong-ticket"))
        }
        "/v1/people" => {
            state.register(&serde_json::from_slice(&body).unwrap(), header("yimatong-pass").as_deref())
        }
        "/v1/room/now.json" => (200, state.room()),
        "/v1/code" => {
            let session = header("authorization").unwrap_or_default();
            let known = state.sessions.contains(session.trim_start_matches("Bearer "));
            (if known { 200 } else { 401 }, json!({}))
        }
        _ => (404, json!({})),
    };
    let response = Response::builder().status(status).header("content-type", "application/json");
    let response = if status == 503 { response.header("retry-after", "1") } else { response };
    let response = if status == 202 { response.header("yimatong-pass", "pass") } else { response };
    Ok(response.body(Full::from(body.to_string())).unwrap())
}

impl State {
    fn serving(&self) -> u64 {
        let Some(begun) = self.begun else { return 0 };
        self.issued.min((begun.elapsed().as_secs_f64() * RATE_PER_S) as u64)
    }

    fn room(&self) -> Value {
        let looks = self.asked.get("/v1/room/now.json").copied().unwrap_or(0);
        let serving = if self.flaws.places_rise && looks.is_multiple_of(2) { 0 } else { self.serving() };
        json!({
            "serving": serving, "issued": self.issued, "ratePerS": RATE_PER_S, "pollS": 0.5, "longestPollS": 50.0, "placeAfterS": 0.5,
            "claimS": 300, "paused": false, "asOf": "2026-11-25T08:00:00Z", "notice": null,
        })
    }

    fn one_time_password(&mut self, ticket: Option<String>) -> (u16, Value) {
        let asked = self.asked["/v1/one-time-passwords"];
        if asked.is_multiple_of(40) {
            self.refused += 1;
            return (503, json!({ "type": "/problems/store-unavailable", "status": 503 }));
        }
        let shown = ticket.as_ref().and_then(|ticket| self.seats.get(ticket)).copied();
        // Newcomers go straight in while fewer than so many have come since the last second began.
        let straight = self.issued == 0 && asked < 60;
        let called = shown.is_some_and(|seq| seq < self.serving());
        if straight || called {
            self.called += u64::from(called);
            self.let_in += 1.0;
            return (202, json!({ "expiresInS": 300, "resendAfterS": 60, "demoCode": "123456" }));
        }
        self.begun.get_or_insert_with(Instant::now);
        let Some(ticket) = ticket else {
            let mut body = self.room();
            body["type"] = "/problems/wait-in-room".into();
            (body["ticket"], body["seq"]) = ("first".into(), Value::Null);
            self.ticketed += 1;
            return (429, body);
        };
        let seq = match shown {
            Some(seq) => seq,
            None => {
                self.issued += 1;
                self.issued - 1
            }
        };
        let ticket = if ticket == "first" { format!("ticket-{seq}") } else { ticket };
        self.seats.insert(ticket.clone(), seq);
        self.ticketed += 1;
        let mut body = self.room();
        body["type"] = "/problems/wait-in-room".into();
        (body["ticket"], body["seq"], body["expired"]) = (ticket.into(), seq.into(), false.into());
        (429, body)
    }

    fn register(&mut self, body: &Value, pass: Option<&str>) -> (u16, Value) {
        assert_eq!(body["oneTimePassword"], "123456");
        self.without_pass += u64::from(pass.is_none());
        let session = format!("session-{}", body["document"]["number"].as_str().unwrap());
        if !(self.flaws.forgets && self.asked["/v1/people"] > 1) {
            self.sessions.insert(session.clone());
        }
        (
            201,
            json!({ "session": { "token": session, "expiresAt": "x" }, "code": { "credential": "c" }, "notes": [] }),
        )
    }
}
