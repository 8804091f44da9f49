//! A stop: idle connections end at once, requests under way get their time, the rest is dropped.

use crate::server::Server;

const HEAD: &str = "POST /v1/one-time-passwords HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n";

#[test]
fn idle_connections_are_closed_at_once() {
    let mut server = Server::start(|config| config.drain_s = 600);
    let mut used = server.connect();
    assert_eq!(used.get(), 200);
    let mut fresh = server.connect();
    server.ask_to_stop();
    used.assert_closed();
    fresh.assert_closed();
    server.ended();
}

#[test]
fn a_request_under_way_is_finished() {
    let mut server = Server::start(|config| config.drain_s = 600);
    let mut client = server.connect();
    let mut idle = server.connect();
    assert_eq!(idle.get(), 200);
    client.send(HEAD);
    client.send("{");
    let begun = r#"yimatong_overload_requests_total{class="b3",outcome="offered"} 1"#;
    crate::server::until("the request has begun", || server.app.metrics.text().contains(begun));
    // When this one is closed, the other has been told as well.
    server.ask_to_stop();
    idle.assert_closed();
    client.send("}");
    assert_eq!(client.answer().status, 422);
    client.assert_closed();
    server.ended();
}

#[test]
fn what_is_still_busy_after_the_drain_is_dropped() {
    let mut server = Server::start(|config| config.drain_s = 0);
    let mut client = server.connect();
    client.send(HEAD);
    server.ask_to_stop();
    client.assert_closed();
    server.ended();
}
