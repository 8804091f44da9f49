//! TLS of the server's own: versions, resumption, handshakes that get stuck, and files that are wrong.

use std::io::Read as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, ProtocolVersion, RootCertStore, StreamOwned};
use tempfile::TempDir;
use yimatong_server::config::{Config, ServerConfig};
use yimatong_server::connections::Connections;
use yimatong_server::metrics::Metrics;

use crate::client::Client;
use crate::server::{SOON_MS, Server, until};

/// A certificate for `city.test` with its key, in files.
struct Files {
    folder: TempDir,
    certificate: CertificateDer<'static>,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["city.test".to_owned()]).unwrap();
        std::fs::write(folder.path().join("chain.pem"), cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), signing_key.serialize_pem()).unwrap();
        Self { folder, certificate: cert.der().clone() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn server(&self, configure: impl FnOnce(&mut ServerConfig) + Send + 'static) -> Server {
        let (chain, key) = (self.path("chain.pem"), self.path("key.pem"));
        Server::start(move |config| {
            (config.tls_certificate, config.tls_key) = (Some(chain), Some(key));
            configure(config);
        })
    }

    /// A client that believes the certificate and keeps its tickets.
    fn client(&self, versions: &[&'static rustls::SupportedProtocolVersion]) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Arc::new(config)
    }
}

type TlsClient = Client<StreamOwned<ClientConnection, TcpStream>>;

fn connect(server: &Server, config: &Arc<ClientConfig>) -> TlsClient {
    let connection = ClientConnection::new(Arc::clone(config), "city.test".try_into().unwrap()).unwrap();
    Client { stream: StreamOwned::new(connection, server.connect().stream) }
}

fn handshakes(server: &Server, kind: &str) -> u64 {
    server.metric(&format!("tls_handshakes_total{{kind=\"{kind}\"}}"))
}

#[test]
fn a_second_connection_resumes_the_first_ones_session_in_both_versions() {
    let files = Files::new();
    let server = files.server(|_| {});
    for (version, number) in [
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
    ] {
        let config = files.client(&[version]);
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Resumed] {
            let mut client = connect(&server, &config);
            assert_eq!(client.get(), 200);
            let connection = &client.stream.conn;
            assert_eq!(
                (connection.protocol_version(), connection.handshake_kind()),
                (Some(number), Some(kind))
            );
            assert_eq!(connection.alpn_protocol(), Some(b"http/1.1".as_slice()));
        }
    }
    assert_eq!((handshakes(&server, "full"), handshakes(&server, "resumed")), (2, 4));
    assert_eq!(server.app.connections.figures().handshakes, 0);
}

#[test]
fn http_2_is_chosen_where_the_client_offers_it() {
    let files = Files::new();
    let server = files.server(|_| {});
    let mut config = (*files.client(rustls::ALL_VERSIONS)).clone();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let stream = connector.connect("city.test".try_into().unwrap(), stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
        let (mut requests, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let request = axum::http::Request::get("https://city.test/healthz").body(()).unwrap();
        let (answer, _) = requests.send_request(request, true).unwrap();
        assert_eq!(answer.await.unwrap().status(), 200);
    });
}

#[test]
fn many_stuck_handshakes_do_not_stop_others() {
    let files = Files::new();
    let server = files.server(|config| config.tls_handshakes = 2);
    let silent: Vec<_> = (0..20).map(|_| server.connect()).collect();
    // These say hello, make the server compute, and never answer it.
    let config = files.client(rustls::ALL_VERSIONS);
    let half: Vec<_> = (0..20)
        .map(|_| {
            let name = "city.test".try_into().unwrap();
            let mut hello = ClientConnection::new(Arc::clone(&config), name).unwrap();
            let mut client = server.connect();
            hello.write_tls(&mut client.stream).unwrap();
            client
        })
        .collect();
    until("all have begun", || server.app.connections.figures().handshakes == 40);
    assert_eq!(connect(&server, &config).get(), 200);
    assert_eq!(server.app.connections.figures().handshakes, 40);
    drop((silent, half));
    until("their handshakes have failed", || handshakes(&server, "failed") == 40);
}

#[test]
fn a_handshake_has_the_header_timeout() {
    let files = Files::new();
    let server = files.server(|config| config.header_timeout_ms = SOON_MS);
    server.connect().assert_closed();
    let name = "city.test".try_into().unwrap();
    let mut hello = ClientConnection::new(files.client(rustls::ALL_VERSIONS), name).unwrap();
    let mut client = server.connect();
    hello.write_tls(&mut client.stream).unwrap();
    let mut flight = Vec::new();
    let _ = client.stream.read_to_end(&mut flight);
    assert!(!flight.is_empty(), "the server answers the hello, then waits in vain");
    until("both are counted", || (server.timeouts("header"), handshakes(&server, "failed")) == (2, 2));
}

#[test]
fn full_handshakes_beyond_the_budget_wait_and_are_served() {
    let files = Files::new();
    let server = files.server(|config| config.tls_full_handshakes_per_s = 4);
    // Each has tickets of its own, so each makes a full handshake.
    for _ in 0..10 {
        assert_eq!(connect(&server, &files.client(rustls::ALL_VERSIONS)).get(), 200);
    }
    assert_eq!(handshakes(&server, "full"), 10);
}

#[test]
fn time_limits_hold_under_tls_too() {
    let files = Files::new();
    let server = files.server(|config| {
        (config.header_timeout_ms, config.body_timeout_ms) = (SOON_MS, SOON_MS);
    });
    let config = files.client(rustls::ALL_VERSIONS);
    let mut client = connect(&server, &config);
    assert_eq!(client.get(), 200);
    client.send("GET /");
    client.assert_closed();
    assert_eq!(server.timeouts("header"), 1);
    let mut client = connect(&server, &config);
    client.send(
        "POST /v1/people HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    );
    assert_eq!(client.answer().status, 408);
}

#[test]
fn connections_rest_and_are_served_again_under_tls_too() {
    let files = Files::new();
    let server = files.server(|_| {});
    for version in rustls::ALL_VERSIONS {
        let mut client = connect(&server, &files.client(&[version]));
        for _ in 0..2 {
            assert_eq!(client.get(), 200);
            until("it rests", || server.metric("connections_resting") == 1);
        }
        assert_eq!(client.get(), 200);
    }
}

#[test]
fn a_client_without_tls_is_refused_and_others_go_on() {
    let files = Files::new();
    let server = files.server(|_| {});
    let mut plain = server.connect();
    plain.send(crate::client::GET);
    let said = plain.rest();
    assert!(!said.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&said));
    assert_eq!(connect(&server, &files.client(rustls::ALL_VERSIONS)).get(), 200);
}

fn refusal(certificate: &Path, key: &Path) -> String {
    let config = ServerConfig {
        tls_certificate: Some(certificate.to_owned()),
        tls_key: Some(key.to_owned()),
        ..Default::default()
    };
    let refused = Connections::new(&config, Metrics::default().connections.clone()).unwrap_err();
    format!("{refused:#}")
}

#[test]
fn files_that_are_wrong_are_refused_by_the_name_of_their_key() {
    let files = Files::new();
    let (chain, key) = (files.path("chain.pem"), files.path("key.pem"));
    let missing = files.path("missing.pem");
    let other = files.path("other.pem");
    std::fs::write(&other, KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let empty = files.path("empty.pem");
    std::fs::write(&empty, "nothing in here\n").unwrap();
    for (said, expected) in [
        (refusal(&missing, &key), ["server.tls_certificate", "missing.pem"]),
        (refusal(&chain, &missing), ["server.tls_key", "missing.pem"]),
        (refusal(&empty, &key), ["server.tls_certificate", "holds no certificate"]),
        (refusal(&chain, &empty), ["server.tls_key", "empty.pem"]),
        (refusal(&chain, &other), ["server.tls_key", "does not belong"]),
        (refusal(&chain, &chain), ["server.tls_key", "chain.pem"]),
    ] {
        assert!(expected.iter().all(|part| said.contains(part)), "{said}");
    }
}

#[test]
fn certificate_and_key_come_together_and_make_the_public_address_https() {
    let set = |name: &str| (format!("YIMATONG__SERVER__{name}"), "/etc/x.pem".to_owned());
    for (name, other) in [("TLS_CERTIFICATE", "tls_key"), ("TLS_KEY", "tls_certificate")] {
        let error = Config::load(None, [set(name)]).unwrap_err().to_string();
        assert!(error.contains(&format!("server.{other} is not")), "{error}");
    }
    let config = Config::load(None, [set("TLS_CERTIFICATE"), set("TLS_KEY")]).unwrap();
    assert_eq!(config.public_url(), "https://127.0.0.1:8080");
    assert_eq!(Config::default().public_url(), "http://127.0.0.1:8080");
}
