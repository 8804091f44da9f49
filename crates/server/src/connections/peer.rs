//! Who is behind a connection: the peer, or whom a trusted proxy names.

use std::net::{IpAddr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

use crate::config::AddressRange;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The other end of the connection a request came over; an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// The address a request comes from: the peer, or, where the peer is a trusted proxy, the right-most entry of
/// `X-Forwarded-For` that is not a trusted proxy itself. What stands left of that entry was written by a stranger.
/// None when the request did not come over a connection.
#[must_use]
pub fn client_address(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted_proxies: &[AddressRange],
) -> Option<IpAddr> {
    let peer = extensions.get::<Peer>()?.0.ip().to_canonical();
    let is_trusted = |address: &IpAddr| trusted_proxies.iter().any(|range| range.contains(*address));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let mut known = peer;
    for line in headers.get_all(FORWARDED_FOR).iter().rev() {
        for entry in line.as_bytes().rsplit(|byte| *byte == b',') {
            // What can't be read was not written by a proxy of ours: the last address that was is the client.
            let Some(address) = parse(entry) else { return Some(known) };
            known = address;
            if !is_trusted(&address) {
                return Some(address);
            }
        }
    }
    Some(known)
}

/// An address with or without a port.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip())).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, lines: &[&str], trusted: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(Peer(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted: Vec<AddressRange> = trusted.iter().map(|proxy| proxy.parse().unwrap()).collect();
        client_address(&extensions, &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn a_stranger_cannot_give_itself_another_address() {
        assert_eq!(address("203.0.113.9", &["198.51.100.1"], &["10.0.0.1"]), "203.0.113.9");
        assert_eq!(address("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
    }

    #[test]
    fn behind_trusted_proxies_the_right_most_untrusted_entry_counts() {
        let trusted = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(address("10.0.0.1", &["198.51.100.1"], &trusted), "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"], &trusted), "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1", "198.51.100.1", "10.0.0.2"], &trusted), "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["198.51.100.1:4711"], &trusted), "198.51.100.1");
        assert_eq!(address("10.0.0.1", &["[2001:db8::1]:4711"], &trusted), "2001:db8::1");
        assert_eq!(
            address("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.9.9.9"], &["10.0.0.0/8"]),
            "198.51.100.1"
        );
        assert_eq!(address("::ffff:10.0.0.1", &["2001:db8::1"], &trusted), "2001:db8::1");
    }

    #[test]
    fn what_cannot_be_read_is_not_believed() {
        let trusted = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(address("10.0.0.1", &["198.51.100.1, unknown"], &trusted), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["198.51.100.1, x, 10.0.0.2"], &trusted), "10.0.0.2");
        assert_eq!(address("10.0.0.1", &[], &trusted), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &[""], &trusted), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["10.0.0.2"], &trusted), "10.0.0.2");
    }

    #[test]
    fn without_a_connection_there_is_no_address() {
        assert_eq!(client_address(&Extensions::new(), &HeaderMap::new(), &[]), None);
    }
}
