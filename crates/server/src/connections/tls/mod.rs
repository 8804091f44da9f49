//! TLS of the server's own: certificate, versions, resumption, and what handshakes may cost.

mod gate;

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{Acceptor, NoServerSessionStorage};
use rustls::{HandshakeKind, ServerConfig as Rustls, SignatureAlgorithm};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use super::metrics::{Counted, Handshake, Timeout};
use super::{Connections, Stage};
use crate::config::ServerConfig;
use gate::Gate;

/// What the server speaks TLS with.
#[derive(Debug)]
pub(super) struct Tls {
    config: Arc<Rustls>,
    gate: Gate,
}

/// Why a handshake came to nothing.
enum Failed {
    TooSlow,
    Refused,
}

impl Tls {
    /// Reads certificate and key; none when the configuration has none. Errors name the key of the configuration.
    pub(super) fn load(config: &ServerConfig) -> anyhow::Result<Option<Self>> {
        let (Some(certificate), Some(key)) = (&config.tls_certificate, &config.tls_key) else {
            return Ok(None);
        };
        let rustls = rustls_config(certificate, key)?;
        let gate = Gate::new(config.tls_handshakes, config.tls_full_handshakes_per_s);
        Ok(Some(Self { config: Arc::new(rustls), gate }))
    }

    /// Shakes hands, as soon as it is this connection's turn. None when it came to nothing or the server stops.
    pub(super) async fn handshake(
        &self,
        stream: TcpStream,
        connections: &Connections,
        mut stage: watch::Receiver<Stage>,
    ) -> Option<TlsStream<TcpStream>> {
        let metrics = &connections.metrics;
        let _under_way = Counted::new(&metrics.handshakes_under_way);
        let patience = Duration::from_millis(connections.limits.header_ms);
        let shaken = tokio::select! {
            shaken = self.shake(stream, patience) => shaken,
            _ = stage.wait_for(|stage| *stage != Stage::Serving) => return None,
        };
        match shaken {
            Ok(stream) => {
                let resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
                if resumed {
                    self.gate.give_back();
                }
                metrics.handshake(if resumed { Handshake::Resumed } else { Handshake::Full });
                Some(stream)
            }
            Err(failed) => {
                metrics.handshake(Handshake::Failed);
                if matches!(failed, Failed::TooSlow) {
                    metrics.timed_out(Timeout::Header);
                }
                None
            }
        }
    }

    /// The client has `patience` to send its hello, and again to answer ours; waiting for its turn has the same limit. A turn
    /// ends with our own computing, so that clients who fall silent keep nobody else waiting.
    async fn shake(&self, stream: TcpStream, patience: Duration) -> Result<TlsStream<TcpStream>, Failed> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream);
        let hello = timeout(patience, hello).await.map_err(|_| Failed::TooSlow)?;
        let hello = hello.map_err(|_| Failed::Refused)?;
        // Whoever waited for so long has given up: computing for them would make all others wait as long.
        let turn = timeout(patience, self.gate.enter()).await.map_err(|_| Failed::TooSlow)?;
        let mut handshake = pin!(hello.into_stream(Arc::clone(&self.config)));
        let begun = std::future::poll_fn(|cx| Poll::Ready(handshake.as_mut().poll(cx))).await;
        drop(turn);
        let done = match begun {
            Poll::Ready(done) => done,
            Poll::Pending => timeout(patience, handshake).await.map_err(|_| Failed::TooSlow)?,
        };
        done.map_err(|_| Failed::Refused)
    }
}

/// TLS 1.3 and 1.2 with tickets, which the server encrypts to itself under keys that it changes every six hours: nothing is stored
/// per client.
fn rustls_config(certificate: &Path, key: &Path) -> anyhow::Result<Rustls> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| {
        format!("server.tls_certificate: {} can't be read as PEM", certificate.display())
    })?;
    anyhow::ensure!(
        !chain.is_empty(),
        "server.tls_certificate: {} holds no certificate (-----BEGIN CERTIFICATE-----)",
        certificate.display()
    );
    let private = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("server.tls_key: {} can't be read as a PEM private key", key.display()))?;
    let provider = Arc::new(ring::default_provider());
    let signing = provider
        .key_provider
        .load_private_key(private.clone_key())
        .with_context(|| format!("server.tls_key: {} holds no usable key", key.display()))?;
    if signing.algorithm() != SignatureAlgorithm::ECDSA {
        tracing::warn!(
            "server.tls_key is no ECDSA key: every full handshake costs many times more, so fewer phones get in after an outage"
        );
    }
    let mut config = Rustls::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("TLS 1.2 and 1.3 are not available")?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .with_context(|| {
            format!(
                "server.tls_key: {} does not belong to the certificate in server.tls_certificate, {}",
                key.display(),
                certificate.display()
            )
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = ring::Ticketer::new().context("no key for session tickets could be made")?;
    Ok(config)
}
