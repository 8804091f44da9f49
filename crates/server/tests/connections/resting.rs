//! Idle connections give their buffers back and are served as if nothing had been.

use crate::client::GET;
use crate::server::{SOON_MS, Server, until};

fn until_resting(server: &Server, connections: u64) {
    until("the connection has given its buffers back", || {
        server.metric("connections_resting") == connections
    });
}

#[test]
fn a_resting_connection_is_served_again_and_again() {
    let server = Server::start(|_| {});
    let mut client = server.connect();
    for _ in 0..3 {
        assert_eq!(client.get(), 200);
        until_resting(&server, 1);
    }
    client.send(GET.repeat(2));
    assert_eq!((client.answer().status, client.answer().status), (200, 200));
    assert_eq!(server.metric("connections_accepted_total"), 1);
}

#[test]
fn a_connection_that_ends_while_it_rests_gives_its_place_back() {
    let server = Server::start(|_| {});
    let mut client = server.connect();
    assert_eq!(client.get(), 200);
    until_resting(&server, 1);
    drop(client);
    until("the place is free", || server.app.connections.figures().open == 0);
    until_resting(&server, 0);
}

#[test]
fn a_resting_connection_is_closed_after_the_idle_timeout() {
    let server = Server::start(|config| {
        (config.idle_timeout_ms, config.idle_timeout_full_ms) = (5 * SOON_MS, 5 * SOON_MS);
    });
    let mut client = server.connect();
    assert_eq!(client.get(), 200);
    until_resting(&server, 1);
    client.assert_closed();
    assert_eq!(server.timeouts("idle"), 1);
}

#[test]
fn a_resting_connection_is_closed_at_once_by_a_stop() {
    let mut server = Server::start(|config| config.drain_s = 600);
    let mut client = server.connect();
    assert_eq!(client.get(), 200);
    until_resting(&server, 1);
    server.ask_to_stop();
    client.assert_closed();
    server.ended();
}

#[test]
fn half_a_request_behind_a_whole_one_is_kept_and_has_the_header_timeout() {
    let server = Server::start(|_| {});
    let mut client = server.connect();
    let mut other = server.connect();
    let (begun, rest) = GET.split_at(9);
    client.send(format!("{GET}{begun}"));
    assert_eq!(client.answer().status, 200);
    // When the other rests, the first would have, had it nothing to do.
    assert_eq!(other.get(), 200);
    until_resting(&server, 1);
    client.send(rest);
    assert_eq!(client.answer().status, 200);

    let server = Server::start(|config| config.header_timeout_ms = SOON_MS);
    let mut client = server.connect();
    client.send(format!("{GET}{begun}"));
    assert_eq!(client.answer().status, 200);
    client.assert_closed();
    assert_eq!(server.timeouts("header"), 1);
}
