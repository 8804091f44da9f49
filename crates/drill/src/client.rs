//! HTTP/1.1 over kept connections. A connection is driven by whoever waits for its answer, so one answer costs one wake-up;
//! whoever stops waiting drops the connection with it, as a browser does.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpSocket, TcpStream};

use crate::clock::monotonic_ns;
use crate::sources::Sources;

/// Connections that are opened, one per request, before any is used again: each has an address of its own.
const SPREAD: usize = 1_000;
/// Bytes read at a time; most answers are shorter, and thousands of connections come and go every second.
const READ_BYTES: usize = 2_048;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// When it was here.
    pub(crate) answered_ns: u64,
}

impl Answer {
    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// `Retry-After` in seconds.
    pub(crate) fn retry_after_s(&self) -> Option<f64> {
        self.header("retry-after")?.trim().parse().ok()
    }
}

/// What to send.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) headers: Vec<(&'static str, HeaderValue)>,
    pub(crate) body: Bytes,
    /// On a connection of its own, as after a reload of the page.
    pub(crate) afresh: bool,
}

impl Ask {
    pub(crate) fn get(path: &'static str) -> Self {
        Self { method: Method::GET, path, headers: Vec::new(), body: Bytes::new(), afresh: false }
    }

    pub(crate) fn post(path: &'static str, body: String) -> Self {
        Self { method: Method::POST, body: body.into(), ..Self::get(path) }
            .with("content-type", "application/json")
    }

    /// Adds a header; one that can't be sent is left out.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub(crate) fn signed_in(self, session: &str) -> Self {
        self.with("authorization", &format!("Bearer {session}"))
    }
}

/// No answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection could be made.
    Connect,
    /// The connection broke before the answer was whole.
    Broken,
}

/// What moves the bytes of a connection; it ends with the connection.
type Driver = Pin<Box<Connection<TokioIo<TcpStream>, Full<Bytes>>>>;

struct Link {
    sender: SendRequest<Full<Bytes>>,
    /// Nothing once it has ended.
    connection: Option<Driver>,
    used: bool,
}

/// The client: a pool of connections to one server.
pub(crate) struct Client {
    target: SocketAddr,
    host: HeaderValue,
    idle: RefCell<VecDeque<Link>>,
    sources: Sources,
    opened: Cell<u64>,
}

impl Client {
    pub(crate) fn new(target: SocketAddr) -> Self {
        let host = HeaderValue::from_str(&target.to_string()).expect("an address is visible ASCII");
        Self { target, host, idle: RefCell::default(), sources: Sources::default(), opened: Cell::new(0) }
    }

    /// Sends and waits for the whole answer. `sent` is told the moment the request was written or, when a connection had
    /// to be made, when that was begun.
    pub(crate) async fn send(&self, ask: &Ask, sent: impl Fn(u64)) -> Result<Answer, Failure> {
        let mut told = false;
        loop {
            let kept = if ask.afresh || self.spreading() { None } else { self.idle.borrow_mut().pop_front() };
            let mut link = match kept {
                Some(link) => link,
                None => {
                    if !told {
                        told = true;
                        sent(monotonic_ns());
                    }
                    self.connect().await?
                }
            };
            let first = std::mem::replace(&mut told, true);
            let exchanged = link
                .exchange(self.request(ask), |at_ns| {
                    if !first {
                        sent(at_ns);
                    }
                })
                .await;
            match exchanged {
                Ok(answer) => {
                    link.used = true;
                    if link.connection.is_some() {
                        self.idle.borrow_mut().push_back(link);
                    }
                    return Ok(answer);
                }
                // The server may close a kept connection at any time; browsers then ask again, too.
                Err(_) if link.used => told = first,
                Err(failure) => return Err(failure),
            }
        }
    }

    fn spreading(&self) -> bool {
        self.opened.get() < SPREAD as u64 && self.idle.borrow().len() < SPREAD
    }

    /// Drops all kept connections.
    pub(crate) fn forget(&self) {
        self.idle.borrow_mut().clear();
    }

    async fn connect(&self) -> Result<Link, Failure> {
        self.opened.set(self.opened.get() + 1);
        let stream = self.open().await.map_err(|_| Failure::Connect)?;
        let (sender, connection) = http1::Builder::new()
            .read_buf_exact_size(Some(READ_BYTES))
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|_| Failure::Connect)?;
        Ok(Link { sender, connection: Some(Box::pin(connection)), used: false })
    }

    async fn open(&self) -> std::io::Result<TcpStream> {
        let socket = if self.target.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // Thousands leave within a second; the system is to forget their connections at once.
        socket.set_zero_linger()?;
        if let Some(source) = self.sources.next(self.target) {
            socket.bind(source)?;
        }
        socket.connect(self.target).await
    }

    fn request(&self, ask: &Ask) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(ask.body.clone()));
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = hyper::Uri::from_static(ask.path);
        let headers = request.headers_mut();
        headers.reserve(ask.headers.len() + 1);
        headers.insert("host", self.host.clone());
        for (name, value) in &ask.headers {
            headers.insert(*name, value.clone());
        }
        request
    }
}

impl Link {
    async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
        sent: impl Fn(u64),
    ) -> Result<Answer, Failure> {
        let Self { sender, connection, .. } = self;
        let work = async {
            sender.ready().await.map_err(|_| Failure::Broken)?;
            let response = sender.send_request(request).await.map_err(|_| Failure::Broken)?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|_| Failure::Broken)?.to_bytes();
            Ok((head, body))
        };
        let mut work = pin!(work);
        let mut written = false;
        let (head, body) = poll_fn(|context| {
            let first = work.as_mut().poll(context);
            if first.is_ready() {
                return first;
            }
            let Some(driven) = connection.as_mut() else { return Poll::Ready(Err(Failure::Broken)) };
            let ended = driven.as_mut().poll(context).is_ready();
            if !std::mem::replace(&mut written, true) {
                sent(monotonic_ns());
            }
            if ended {
                *connection = None;
            }
            work.as_mut().poll(context)
        })
        .await?;
        Ok(Answer { status: head.status, headers: head.headers, body, answered_ns: monotonic_ns() })
    }
}
