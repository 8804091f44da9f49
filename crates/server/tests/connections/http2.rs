//! HTTP/2: served, bounded, and under the same time limits.

use axum::http::{Request, StatusCode, Version};
use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::server::{SOON_MS, Server, until};

/// Runs a client on a runtime of its own.
fn with<T>(client: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(client)
}

/// A connection, and the task that drives it to its end.
async fn connect(
    server: &Server,
    builder: &Builder,
) -> (SendRequest<Bytes>, JoinHandle<Result<(), h2::Error>>) {
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (requests, connection) = builder.handshake(stream).await.unwrap();
    (requests, tokio::spawn(connection))
}

fn get(path: &str) -> Request<()> {
    Request::get(format!("http://x{path}")).version(Version::HTTP_2).body(()).unwrap()
}

async fn status(requests: &mut SendRequest<Bytes>, path: &str) -> StatusCode {
    let mut ready = requests.clone().ready().await.unwrap();
    let (answer, _) = ready.send_request(get(path), true).unwrap();
    answer.await.unwrap().status()
}

#[test]
fn requests_share_a_connection() {
    let server = Server::start(|_| {});
    with(async {
        let (mut requests, _connection) = connect(&server, &Builder::new()).await;
        for _ in 0..3 {
            assert_eq!(status(&mut requests, "/healthz").await, StatusCode::OK);
        }
        assert_eq!(status(&mut requests, "/v1/code").await, StatusCode::UNAUTHORIZED);
        assert_eq!(requests.current_max_send_streams(), 64);
    });
    assert_eq!(server.metric("connections_accepted_total"), 1);
}

#[test]
fn a_stream_whose_body_says_it_is_too_long_is_answered_413_and_the_others_go_on() {
    let server = Server::start(|_| {});
    with(async {
        let (mut requests, _connection) = connect(&server, &Builder::new()).await;
        let mut ready = requests.clone().ready().await.unwrap();
        let long = Request::post("http://x/v1/staff/sessions").version(Version::HTTP_2);
        let long = long.header("content-length", 5 << 20).body(()).unwrap();
        let (answer, _body) = ready.send_request(long, false).unwrap();
        assert_eq!(answer.await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(status(&mut requests, "/healthz").await, StatusCode::OK);
    });
}

#[test]
fn a_connection_without_a_stream_is_closed_after_the_idle_timeout() {
    let server = Server::start(|config| {
        (config.idle_timeout_ms, config.idle_timeout_full_ms) = (SOON_MS, SOON_MS);
    });
    with(async {
        let (mut requests, connection) = connect(&server, &Builder::new()).await;
        assert_eq!(status(&mut requests, "/healthz").await, StatusCode::OK);
        let _ = connection.await.unwrap();
    });
    assert_eq!(server.timeouts("idle"), 1);
}

#[test]
fn a_preface_without_a_request_is_closed_after_the_header_timeout() {
    let server = Server::start(|config| config.header_timeout_ms = SOON_MS);
    with(async {
        let (_requests, connection) = connect(&server, &Builder::new()).await;
        let _ = connection.await.unwrap();
    });
    assert_eq!(server.timeouts("header"), 1);
}

#[test]
fn pings_of_an_idle_client_are_no_half_request() {
    let server = Server::start(|config| config.header_timeout_ms = SOON_MS);
    with(async {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let (mut requests, mut connection) = Builder::new().handshake::<_, Bytes>(stream).await.unwrap();
        let mut pings = connection.ping_pong().unwrap();
        let connection = tokio::spawn(connection);
        assert_eq!(status(&mut requests, "/healthz").await, StatusCode::OK);
        pings.ping(h2::Ping::opaque()).await.unwrap();
        // Another connection shows that the header timeout is over.
        let (_silent, ended) = connect(&server, &Builder::new()).await;
        let _ = ended.await.unwrap();
        assert_eq!(status(&mut requests, "/healthz").await, StatusCode::OK);
        drop(connection);
    });
    assert_eq!(server.timeouts("header"), 1);
}

#[test]
fn an_answer_that_gets_no_window_is_closed_after_the_write_timeout() {
    let server = Server::start(|config| config.write_timeout_ms = SOON_MS);
    with(async {
        let (mut requests, connection) = connect(&server, Builder::new().initial_window_size(0)).await;
        let (answer, _) = requests.send_request(get("/openapi.json"), true).unwrap();
        let body = answer.await.unwrap().into_body();
        let _ = connection.await.unwrap();
        drop(body);
    });
    assert_eq!(server.timeouts("write"), 1);
}

#[test]
fn a_body_that_stops_is_answered_408() {
    let server = Server::start(|config| config.body_timeout_ms = SOON_MS);
    with(async {
        let (mut requests, _connection) = connect(&server, &Builder::new()).await;
        let request = Request::post("http://x/v1/one-time-passwords")
            .header("content-type", "application/json")
            .body(())
            .unwrap();
        let (answer, mut body) = requests.send_request(request, false).unwrap();
        body.send_data(Bytes::from_static(b"{"), false).unwrap();
        assert_eq!(answer.await.unwrap().status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(status(&mut requests, "/healthz").await, StatusCode::OK);
    });
    assert_eq!(server.timeouts("body"), 1);
}

#[test]
fn a_header_list_that_is_too_large_is_refused() {
    let server = Server::start(|_| {});
    with(async {
        let (mut requests, _connection) = connect(&server, &Builder::new()).await;
        let mut large = get("/healthz");
        large.headers_mut().insert("x", "y".repeat(17_000).parse().unwrap());
        let (answer, _) = requests.send_request(large, true).unwrap();
        let refused = match answer.await {
            Ok(answer) => answer.status() == StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Err(error) => error.is_reset() || error.is_go_away(),
        };
        assert!(refused);
        assert_eq!(server.connect().get(), 200);
    });
}

#[test]
fn streams_that_are_reset_at_once_end_the_connection() {
    let server = Server::start(|_| {});
    with(async {
        let (requests, connection) = connect(&server, &Builder::new()).await;
        for _ in 0..10_000 {
            let Ok(mut ready) = requests.clone().ready().await else { break };
            let Ok((answer, mut stream)) = ready.send_request(get("/v1/code"), true) else { break };
            stream.send_reset(h2::Reason::CANCEL);
            drop(answer);
            tokio::task::yield_now().await;
        }
        let ended = tokio::time::timeout(std::time::Duration::from_secs(20), connection).await;
        let ended = ended.expect("the server ends it").unwrap();
        let error = ended.unwrap_err();
        // The reason is lost when the server has closed while more was on its way.
        assert!(error.is_io() || error.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM), "{error}");
    });
    until("the connection is gone", || server.app.connections.figures().open == 0);
    assert_eq!(server.connect().get(), 200);
}
