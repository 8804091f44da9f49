//! Connections of clients.

use std::net::IpAddr;

use axum::extract::Request;

/// The address a request comes from.
pub(crate) fn client_address(_trusted_proxies: &[IpAddr], _request: &Request) -> Option<IpAddr> {
    None
}
