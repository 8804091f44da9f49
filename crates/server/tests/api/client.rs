//! Sends requests through the whole router, as bytes, and reads the answers.

use std::convert::Infallible;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, header};
use futures_util::stream;
use serde_json::Value;
use tokio::sync::watch;
use tower::ServiceExt as _;
use yimatong_server::router::router;

use crate::city::City;

/// A request being made.
pub(crate) struct Call<'c> {
    city: &'c City,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    comes: Option<watch::Receiver<bool>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl City {
    /// A request with any method.
    pub(crate) fn call(&self, method: &'static str, path: impl Into<String>) -> Call<'_> {
        Call { city: self, method, path: path.into(), headers: Vec::new(), body: Vec::new(), comes: None }
    }

    /// A reading request.
    pub(crate) fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call("GET", path)
    }

    /// A writing request with a JSON body.
    pub(crate) fn post(&self, path: impl Into<String>, body: &Value) -> Call<'_> {
        self.call("POST", path).json(body)
    }

    /// A removing request.
    pub(crate) fn delete(&self, path: impl Into<String>) -> Call<'_> {
        self.call("DELETE", path)
    }
}

impl Call<'_> {
    /// With a session.
    pub(crate) fn by(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// With a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    /// With a body of any kind.
    pub(crate) fn bytes(mut self, media: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", media)
    }

    /// With a body that comes after the headers, as over a real network: when the value becomes true.
    pub(crate) fn late(mut self, comes: &watch::Receiver<bool>) -> Self {
        self.comes = Some(comes.clone());
        self
    }

    /// Sends it.
    pub(crate) async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = match self.comes {
            None => Body::from(self.body),
            Some(mut comes) => Body::from_stream(stream::once(async move {
                let _ = comes.wait_for(|comes| *comes).await;
                Ok::<_, Infallible>(self.body)
            })),
        };
        let request = request.body(body).unwrap();
        let response = router(&self.city.app).oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }
}

impl Answer {
    /// The JSON of a success with this status.
    #[track_caller]
    pub(crate) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The JSON, whatever the status.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status, type and field of a problem document, whose form is checked on the way.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String, String) {
        let media = self.header(header::CONTENT_TYPE.as_str());
        assert_eq!(media, Some("application/problem+json"), "{} {}", self.status, self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(problem["title"].is_string() && problem["titleZh"].is_string(), "{problem}");
        let kind = problem["type"].as_str().unwrap().strip_prefix("/problems/").unwrap();
        (self.status, kind.to_owned(), problem["field"].as_str().unwrap_or("").to_owned())
    }

    /// Status and type of a problem document.
    #[track_caller]
    pub(crate) fn refused(&self) -> (u16, String) {
        let (status, kind, _) = self.problem();
        (status, kind)
    }
}

/// Shorthand to compare with [`Answer::refused`].
pub(crate) fn refusal(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}

/// Shorthand to compare with [`Answer::problem`].
pub(crate) fn problem(status: u16, kind: &str, field: &str) -> (u16, String, String) {
    (status, kind.to_owned(), field.to_owned())
}
