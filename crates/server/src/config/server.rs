//! Section `[server]`: where it listens, and what a connection may cost.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::bail;
use serde::{Deserialize, Serialize};

use super::{AddressRange, within};

/// Longest public address: with the path of a status list behind it, it leaves room for the name of an institution
/// in a QR code of version 15.
const LONGEST_PUBLIC_URL: usize = 34;

/// The HTTP server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Name of this node in alarms and on the operators' page; the machine's name when not given.
    pub node: Option<String>,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// A second address and port for probes and metrics; with it there is no `/metrics` on the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_listen: Option<SocketAddr>,
    /// The address residents use, without a trailing slash; it goes into every credential as the place of its
    /// status list.
    pub public_url: Option<String>,
    /// Largest accepted request body in bytes.
    pub max_body_bytes: usize,
    /// How long a shutdown says "not ready" while it answers on, so that proxies send nothing more here, in seconds.
    pub leave_s: u64,
    /// How long a shutdown waits for requests under way, in seconds.
    pub drain_s: u64,
    /// How long a resident stays signed in on a device, in days.
    pub session_days: u32,
    /// How long a member of staff stays signed in, in hours.
    pub staff_session_h: u32,
    /// Most connections at once; further ones wait in the kernel's queue until one ends.
    pub connections: usize,
    /// How long the headers of a request (and a TLS handshake) may take, in milliseconds.
    pub header_timeout_ms: u64,
    /// How long a connection may lie idle between two requests, in milliseconds.
    pub idle_timeout_ms: u64,
    /// The same while more than 80 % of `connections` are in use.
    pub idle_timeout_full_ms: u64,
    /// How long a request body may take, in milliseconds, and a second more for every 32 KiB that arrive.
    pub body_timeout_ms: u64,
    /// How long a client may take nothing of its answer, in milliseconds.
    pub write_timeout_ms: u64,
    /// Proxies whose `X-Forwarded-For` is believed: addresses, or ranges such as `10.0.0.0/8` in which nobody else is.
    pub trusted_proxies: Vec<AddressRange>,
    /// Certificate chain (PEM); with `tls_key` the server speaks TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<PathBuf>,
    /// Its private key (PEM, best ECDSA P-256).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
    /// Most TLS handshakes that compute at once.
    pub tls_handshakes: usize,
    /// Most full TLS handshakes in a second; resumed ones are free.
    pub tls_full_handshakes_per_s: u32,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            node: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            admin_listen: None,
            public_url: None,
            max_body_bytes: 1 << 20,
            // Closing the store and the snapshot come after it, and a stop takes at most 10 s.
            leave_s: 0,
            drain_s: 8,
            session_days: 180,
            staff_session_h: 12,
            connections: 20_000,
            header_timeout_ms: 5_000,
            idle_timeout_ms: 60_000,
            idle_timeout_full_ms: 15_000,
            body_timeout_ms: 10_000,
            write_timeout_ms: 10_000,
            trusted_proxies: Vec::new(),
            tls_certificate: None,
            tls_key: None,
            tls_handshakes: 64,
            tls_full_handshakes_per_s: 2_000,
        }
    }
}

impl ServerConfig {
    /// What this node is called.
    #[must_use]
    pub fn node_name(&self) -> String {
        let machine = || rustix::system::uname().nodename().to_string_lossy().into_owned();
        self.node.clone().unwrap_or_else(machine)
    }

    /// `https` with TLS of its own, else `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.tls_certificate.is_some() { "https" } else { "http" }
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        if let Some(url) = &self.public_url
            && (!(url.starts_with("http://") || url.starts_with("https://")) || url.ends_with('/'))
        {
            bail!(
                "server.public_url must begin with http:// or https:// and have no slash at the end, but is {url:?}"
            );
        }
        if let Some(url) = self.public_url.as_ref().filter(|url| url.len() > LONGEST_PUBLIC_URL) {
            bail!(
                "server.public_url may have at most {LONGEST_PUBLIC_URL} characters, because it stands in every QR code, but {url} has {}",
                url.len()
            );
        }
        if self.admin_listen == Some(self.listen) {
            bail!("server.admin_listen must be another address or port than server.listen");
        }
        if self.max_body_bytes < 1 << 16 {
            bail!("server.max_body_bytes must be at least 65536, so that a batch of check-ins fits");
        }
        match (&self.tls_certificate, &self.tls_key) {
            (Some(_), None) => {
                bail!("server.tls_certificate is set but server.tls_key is not; set both or none")
            }
            (None, Some(_)) => {
                bail!("server.tls_key is set but server.tls_certificate is not; set both or none")
            }
            _ => {}
        }
        for (key, value, least, most) in [
            ("server.leave_s", self.leave_s, 0, 60),
            ("server.session_days", u64::from(self.session_days), 1, 3_650),
            ("server.staff_session_h", u64::from(self.staff_session_h), 1, 8_760),
            ("server.connections", self.connections as u64, 1, 1_000_000),
            ("server.header_timeout_ms", self.header_timeout_ms, 100, 600_000),
            ("server.idle_timeout_ms", self.idle_timeout_ms, 100, 3_600_000),
            ("server.idle_timeout_full_ms", self.idle_timeout_full_ms, 100, self.idle_timeout_ms),
            ("server.body_timeout_ms", self.body_timeout_ms, 100, 600_000),
            ("server.write_timeout_ms", self.write_timeout_ms, 100, 600_000),
            ("server.tls_handshakes", self.tls_handshakes as u64, 1, 100_000),
            ("server.tls_full_handshakes_per_s", u64::from(self.tls_full_handshakes_per_s), 1, 1_000_000),
        ] {
            within(key, value, least, most)?;
        }
        Ok(())
    }
}
