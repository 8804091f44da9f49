//! The cap: what does not fit waits, and is served later.

use crate::client::{Client, GET};
use crate::server::{SOON_MS, Server, until};

#[test]
fn at_the_cap_a_connection_waits_and_is_served_when_another_ends() {
    let server = Server::start(|config| config.connections = 2);
    let mut first = server.connect();
    let mut second = server.connect();
    assert_eq!((first.get(), second.get()), (200, 200));
    let mut waiting = server.connect();
    waiting.send(GET);
    for _ in 0..10 {
        assert!(!waiting.is_closed_within_a_moment());
        assert_eq!(second.get(), 200);
    }
    let figures = server.app.connections.figures();
    assert_eq!((figures.open, figures.limit), (2, 2));
    assert_eq!(server.metric("connections_accepted_total"), 2);
    drop(first);
    assert_eq!(waiting.answer().status, 200);
    assert_eq!(server.metric("connections_accepted_total"), 3);
}

#[test]
fn idle_connections_make_room_earlier_when_the_server_is_nearly_full() {
    let server = Server::start(|config| {
        config.connections = 10;
        config.idle_timeout_full_ms = SOON_MS;
        config.header_timeout_ms = SOON_MS;
    });
    let connect = || {
        let mut client = server.connect();
        assert_eq!(client.get(), 200);
        client
    };
    let mut idle: Vec<_> = (0..5).map(|_| connect()).collect();
    // Each of these takes longer than the idle timeout of a full server.
    for _ in 0..3 {
        server.connect().assert_closed();
    }
    assert_eq!(server.timeouts("idle"), 0);
    idle.extend((0..4).map(|_| connect()));
    until("idle connections are closed", || server.timeouts("idle") > 0);
}

#[test]
fn every_connection_gives_its_place_back() {
    let server = Server::start(|config| config.connections = 3);
    for _ in 0..50 {
        assert_eq!(server.connect().get(), 200);
    }
    until("all places are free", || server.app.connections.figures().open == 0);
}

#[test]
fn refusals_keep_the_connection() {
    let server = Server::start(|_| {});
    let mut client = server.connect();
    for (request, status) in [
        ("GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n", 404),
        ("DELETE /healthz HTTP/1.1\r\nhost: x\r\n\r\n", 405),
        ("GET /v1/code HTTP/1.1\r\nhost: x\r\n\r\n", 401),
        ("POST /v1/people HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}", 415),
    ] {
        client.send(request);
        assert_eq!(client.answer().status, status);
    }
    assert_eq!(client.get(), 200);
    assert_eq!(server.metric("connections_accepted_total"), 1);
}

#[test]
fn probes_and_metrics_have_places_of_their_own_where_they_have_a_listener_of_their_own() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::start(move |config| {
        config.connections = 1;
        config.admin_listen = Some(address);
    });
    let mut only = server.connect();
    let mut ask = |path: &str| {
        only.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
        only.answer()
    };
    // A proxy asks where it sends; what is counted is nobody's business there.
    assert_eq!([ask("/readyz").status, ask("/healthz").status, ask("/metrics").status], [200, 200, 404]);
    let mut probe = Client::connect(address);
    let mut ask = |path: &str| {
        probe.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
        probe.answer()
    };
    assert_eq!([ask("/readyz").status, ask("/healthz").status, ask("/v1/server").status], [200, 200, 404]);
    assert!(ask("/metrics").body.contains("yimatong_connections_open 1\n"));
}
