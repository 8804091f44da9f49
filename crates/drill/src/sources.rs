//! The addresses people come from: a city behind one address would be one caller to any limit by address.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Addresses 127.0.0.2 to 127.0.15.241 in turn.
const ADDRESSES: u32 = 4_080;

/// Hands out source addresses in turn.
#[derive(Debug, Default)]
pub(crate) struct Sources(Cell<u32>);

impl Sources {
    /// Where the next connection to `target` comes from; nothing where loopback has one address only.
    pub(crate) fn next(&self, target: SocketAddr) -> Option<SocketAddr> {
        if target.is_ipv6() {
            return None;
        }
        let n = self.0.get();
        self.0.set((n + 1) % ADDRESSES);
        Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::from_bits(0x7F00_0002 + n)), 0))
    }
}
