//! Bytes that are no HTTP, or nearly: each is refused or closed, and the server goes on.

use crate::client::Client;
use crate::server::{SOON_MS, Server, until};

/// Sends bytes and answers the statuses that came back before the server closed.
fn statuses(server: &Server, bytes: &[u8]) -> Vec<u16> {
    let mut client = server.connect();
    client.try_send(bytes);
    heads(&mut client)
}

/// The same, and says behind the bytes that there are no more.
fn statuses_of_torn(server: &Server, bytes: &[u8]) -> Vec<u16> {
    let mut client = server.connect();
    client.try_send(bytes);
    let _ = client.stream.shutdown(std::net::Shutdown::Write);
    heads(&mut client)
}

fn heads(client: &mut Client) -> Vec<u16> {
    let said = String::from_utf8_lossy(&client.rest()).into_owned();
    let heads = said.split("HTTP/1.1 ").skip(1);
    heads.map(|head| head[..3].parse().unwrap()).collect()
}

fn hostile() -> Server {
    Server::start(|config| {
        (config.header_timeout_ms, config.body_timeout_ms) = (SOON_MS, SOON_MS);
        (config.idle_timeout_ms, config.idle_timeout_full_ms) = (SOON_MS, SOON_MS);
    })
}

fn assert_alive(server: &Server) {
    assert_eq!(server.connect().get(), 200);
    until("everything is closed", || server.app.connections.figures().open == 0);
}

#[test]
fn requests_with_two_lengths_are_refused_or_end_their_connection() {
    let server = hostile();
    let smuggled = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    for headers in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5, 6",
        "content-length: +5",
        "content-length: -1",
        "content-length: 0x5",
        "content-length: 99999999999999999999",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: gzip",
        "transfer-encoding : chunked",
        "transfer-encoding: \x0bchunked",
        "content-length: 5\r\ntransfer-encoding: chunked, x",
    ] {
        let request = format!("POST /v1/people HTTP/1.1\r\nhost: x\r\n{headers}\r\n\r\n0\r\n\r\n{smuggled}");
        assert_eq!(statuses(&server, request.as_bytes()), [400], "{headers}");
    }
    for headers in [
        "content-length: 5\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 5",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
    ] {
        let request = format!("POST /v1/people HTTP/1.1\r\nhost: x\r\n{headers}\r\n\r\n0\r\n\r\n{smuggled}");
        let said = statuses(&server, request.as_bytes());
        assert_eq!(said.len(), 1, "{headers}: what stands behind it is not served: {said:?}");
        assert!((400..500).contains(&said[0]), "{headers}: {said:?}");
    }
    assert_alive(&server);
}

#[test]
fn heads_that_are_too_large_are_answered_431() {
    let server = hostile();
    let long = |bytes: usize| format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(bytes));
    assert_eq!(statuses(&server, long(1_000).as_bytes()), [200]);
    assert_eq!(statuses(&server, long(20_000).as_bytes()), [431]);
    let many = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200));
    assert_eq!(statuses(&server, many.as_bytes()), [431]);
    let address = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(20_000));
    assert!([[414], [431]].contains(&[statuses(&server, address.as_bytes())[0]]));
    assert_alive(&server);
}

#[test]
fn random_bytes_and_torn_requests_never_stop_the_server() {
    let server = hostile();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let whole = b"POST /v1/people HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for round in 0..400 {
        let mut bytes = match round % 4 {
            0 => Vec::new(),
            1 => whole.to_vec(),
            2 => whole[..usize::try_from(next()).unwrap() % whole.len()].to_vec(),
            _ => preface.to_vec(),
        };
        if round % 4 == 1 {
            for _ in 0..3 {
                let place = usize::try_from(next()).unwrap() % bytes.len();
                bytes[place] = next().to_le_bytes()[0];
            }
        } else {
            let more = next() % 200;
            bytes.extend((0..more).map(|_| next().to_le_bytes()[0]));
        }
        let said = statuses_of_torn(&server, &bytes);
        assert!(said.iter().all(|status| (400..500).contains(status)), "{said:?} to {bytes:?}");
    }
    assert_alive(&server);
}
