//! The second listener, where one is set (`server.admin_listen`): probes and metrics, apart from residents.
//!
//! It has a few connections of its own, so that a probe finds a place also when all others are taken, and it answers until
//! the process ends. `/healthz` and `/readyz` stay on the first listener as well: a proxy asks where it sends.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::config::ServerConfig;
use crate::connections::{self, ConnectionMetrics, Connections, Stage};
use crate::router;

/// Most connections of probes and scrapes at once.
const CONNECTIONS: usize = 64;

/// Serves probes and metrics until what it returns is dropped.
pub(crate) fn start(app: &Arc<App>, listener: TcpListener) -> anyhow::Result<watch::Sender<Stage>> {
    let config = ServerConfig {
        connections: CONNECTIONS,
        tls_certificate: None,
        tls_key: None,
        ..app.config.server.clone()
    };
    // Counted apart: the metrics are about residents' connections.
    let counted = ConnectionMetrics::register(&mut prometheus_client::registry::Registry::default());
    let connections = Connections::new(&config, counted)?;
    connections::prepare(&listener).context("the listener of server.admin_listen can't be set up")?;
    let (stage, staged) = watch::channel(Stage::Serving);
    tokio::spawn(connections::accept(listener, connections, router::admin(app), staged));
    Ok(stage)
}
