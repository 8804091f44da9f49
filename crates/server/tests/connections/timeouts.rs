//! Every time limit of a connection, each alone.

use std::io::Write as _;

use crate::client::{Client, GET};
use crate::server::{SOON_MS, Server, until};

const HALF_A_HEAD: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n";
/// Begins a POST of so many bytes to a public route.
fn post(bytes: usize) -> String {
    format!(
        "POST /v1/one-time-passwords HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {bytes}\r\n\r\n"
    )
}

/// A server that waits for headers only for a moment.
fn quick_headers() -> Server {
    Server::start(|config| config.header_timeout_ms = SOON_MS)
}

/// Sends a byte every moment until the server closes.
fn dribble(client: &mut Client) {
    for _ in 0..1_000 {
        if client.is_closed_within_a_moment() || !client.try_send("x") {
            return;
        }
    }
    panic!("the server waits for ever");
}

#[test]
fn a_connection_that_says_nothing_is_closed_after_the_header_timeout() {
    let server = quick_headers();
    server.connect().assert_closed();
    assert_eq!(server.timeouts("header"), 1);
}

#[test]
fn half_a_head_is_closed_after_the_header_timeout() {
    let server = quick_headers();
    let mut client = server.connect();
    client.send(HALF_A_HEAD);
    client.assert_closed();
    assert_eq!(server.timeouts("header"), 1);
}

#[test]
fn headers_that_come_a_byte_at_a_time_buy_no_time() {
    let server = quick_headers();
    let mut client = server.connect();
    client.send(HALF_A_HEAD);
    client.send("x: ");
    dribble(&mut client);
    assert_eq!(server.timeouts("header"), 1);
}

#[test]
fn a_later_request_has_the_header_timeout_from_its_first_byte() {
    let server = quick_headers();
    let mut client = server.connect();
    assert_eq!(client.get(), 200);
    client.send("G");
    client.assert_closed();
    let mut client = server.connect();
    assert_eq!(client.get(), 200);
    client.send("GET / HTTP/1.1\r\nx: ");
    dribble(&mut client);
    assert_eq!(server.timeouts("header"), 2);
}

#[test]
fn an_idle_connection_outlives_the_header_timeout_and_is_served_afterwards() {
    let server = quick_headers();
    let mut idle = server.connect();
    assert_eq!(idle.get(), 200);
    // Each of these takes the header timeout.
    for _ in 0..3 {
        server.connect().assert_closed();
    }
    assert_eq!(idle.get(), 200);
    assert_eq!((server.timeouts("header"), server.timeouts("idle")), (3, 0));
}

#[test]
fn an_idle_connection_is_closed_after_the_idle_timeout() {
    let server = Server::start(|config| {
        (config.idle_timeout_ms, config.idle_timeout_full_ms) = (SOON_MS, SOON_MS);
    });
    let mut client = server.connect();
    for _ in 0..3 {
        assert_eq!(client.get(), 200);
    }
    client.assert_closed();
    assert_eq!(server.timeouts("idle"), 1);
}

#[test]
fn a_body_that_says_it_is_too_long_is_answered_413_before_it_comes() {
    let server = Server::start(|_| {});
    for (path, bytes) in [("/v1/one-time-passwords", 20 << 10), ("/v1/staff/sessions", 5 << 20)] {
        let mut client = server.connect();
        client.send(post(bytes).replace("/v1/one-time-passwords", path));
        let answer = client.answer();
        assert_eq!(answer.status, 413, "{path}");
        assert!(answer.body.contains("/problems/too-large"), "{answer:?}");
        // Nothing of it comes: the connection can't be used any more.
        client.assert_closed();
    }
    assert_eq!(server.metric("overload_permits_in_use"), 0);
}

#[test]
fn a_body_that_is_a_little_too_long_and_comes_keeps_its_connection() {
    let server = Server::start(|_| {});
    let mut client = server.connect();
    let long = 20 << 10;
    for _ in 0..3 {
        client.send(post(long));
        assert_eq!(client.answer().status, 413);
        client.send(vec![b' '; long]);
        assert_eq!(client.get(), 200);
    }
    client.send(post(long) + &" ".repeat(long) + GET);
    assert_eq!((client.answer().status, client.answer().status), (413, 200));
    assert_eq!(server.metric("connections_accepted_total"), 1);
}

#[test]
fn who_asks_before_sending_too_long_a_body_is_told_not_to() {
    let server = Server::start(|_| {});
    let mut client = server.connect();
    client.send(post(5 << 20).replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n"));
    assert_eq!(client.answer().status, 413, "and not 100");
    client.assert_closed();
}

#[test]
fn a_body_that_stops_is_answered_408() {
    let server = Server::start(|config| config.body_timeout_ms = SOON_MS);
    let mut client = server.connect();
    client.send(post(100));
    client.send("{\"phone\":");
    let answer = client.answer();
    assert_eq!(answer.status, 408);
    assert!(answer.head.contains("content-type: application/problem+json"), "{answer:?}");
    assert!(answer.body.contains("/problems/request-timeout"), "{answer:?}");
    client.assert_closed();
    assert_eq!(server.timeouts("body"), 1);
}

#[test]
fn a_body_that_comes_a_byte_at_a_time_is_answered_408() {
    let server = Server::start(|config| config.body_timeout_ms = SOON_MS);
    let mut client = server.connect();
    client.send(post(10_000));
    while !client.is_answered_within_a_moment() {
        client.send(" ");
    }
    assert_eq!(client.answer().status, 408);
}

#[test]
fn a_large_body_that_keeps_coming_has_the_time_it_needs() {
    let server = Server::start(|config| config.body_timeout_ms = SOON_MS);
    let mut client = server.connect();
    let (part, parts) = (vec![b' '; 16 << 10], 40);
    // A step of a flow may not be so long.
    client.send(post(part.len() * parts).replace("/v1/one-time-passwords", "/v1/staff/sessions"));
    for _ in 0..parts {
        assert!(!client.is_answered_within_a_moment());
        client.send(&part);
    }
    assert_eq!(client.answer().status, 400);
    assert_eq!(server.timeouts("body"), 0);
}

#[test]
fn a_client_that_does_not_read_its_answers_is_closed_after_the_write_timeout() {
    let server = Server::start(|config| config.write_timeout_ms = SOON_MS);
    let mut client = server.connect();
    // Their answers are far more than the kernel keeps for us.
    client.send("GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2_000));
    until("the server gives up", || server.timeouts("write") == 1);
    until("the connection is gone", || server.app.connections.figures().open == 0);
}

#[test]
fn a_client_that_reads_slowly_but_steadily_gets_everything() {
    let server = Server::start(|config| config.write_timeout_ms = 2_000);
    let mut client = server.connect();
    let requests = 100;
    let mut writer = client.stream.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        writer
            .write_all("GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(requests).as_bytes())
            .unwrap();
    });
    for _ in 0..requests {
        assert_eq!(client.answer().status, 200);
    }
    sending.join().unwrap();
    client.send(GET);
    assert_eq!(client.answer().status, 200);
    assert_eq!(server.timeouts("write"), 0);
}
