//! `yimatong bench connections`: one acceptor against one per core with SO_REUSEPORT, over short connections beside
//! many idle ones, and at the cap.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::routing::get;
use clap::Args;
use prometheus_client::registry::Registry;
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::figure::{Figure, Limit, median};
use crate::clock::monotonic;
use crate::config::ServerConfig;
use crate::connections::{ConnectionMetrics, Connections, Stage, accept, prepare};

const SHORT: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
const KEPT: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

#[derive(Debug, Args)]
pub(super) struct ConnectionsBench {
    /// Turns per way of accepting.
    #[arg(long, default_value_t = 7)]
    turns: usize,
    /// Milliseconds of a turn.
    #[arg(long, default_value_t = 1_000)]
    turn_ms: u64,
}

/// What is asked of the acceptors.
#[derive(Debug, Clone, Copy)]
struct Setting {
    what: &'static str,
    cap: usize,
    idle: usize,
    clients: usize,
}

const SETTINGS: [Setting; 2] = [
    Setting { what: "64 clients beside 2,000 idle connections", cap: 10_000, idle: 2_000, clients: 64 },
    Setting { what: "128 clients at a cap of 32", cap: 32, idle: 0, clients: 128 },
];

/// Seconds from connecting to the end of the answer, of every connection of a turn.
struct Turn {
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    longest_ms: f64,
}

impl ConnectionsBench {
    pub(super) fn run(&self) -> anyhow::Result<Vec<Figure>> {
        let mut figures = Vec::new();
        for setting in SETTINGS {
            let mut seen = [Vec::new(), Vec::new()];
            for _ in 0..self.turns {
                for (turns, acceptors) in seen.iter_mut().zip([1, 2]) {
                    turns.push(turn(setting, acceptors, Duration::from_millis(self.turn_ms))?);
                }
            }
            for (turns, how) in seen.iter().zip(["one acceptor", "SO_REUSEPORT x2"]) {
                let mut tell = |name: &str, unit, of: fn(&Turn) -> f64| {
                    let figure = format!("{}, {how}: {name}", setting.what);
                    figures.push(Figure::new(
                        figure,
                        median(turns.iter().map(of).collect()),
                        unit,
                        Limit::None,
                    ));
                };
                tell("connections", "per s", |turn| turn.per_s);
                tell("p50", "ms", |turn| turn.p50_ms);
                tell("p99", "ms", |turn| turn.p99_ms);
                tell("longest", "ms", |turn| turn.longest_ms);
            }
        }
        Ok(figures)
    }
}

/// A fresh server on a runtime of its own, and clients on another.
fn turn(setting: Setting, acceptors: usize, lasting: Duration) -> anyhow::Result<Turn> {
    let server = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (stage, address) = serve(&server, setting.cap, acceptors)?;
    let clients = Builder::new_current_thread().enable_all().build()?;
    let seconds = clients.block_on(drive(setting, address, lasting))?;
    let _ = stage.send(Stage::Ended);
    server.shutdown_timeout(Duration::from_secs(1));
    let place = |share: f64| {
        let place = (seconds.len() as f64 * share) as usize;
        seconds[place.min(seconds.len() - 1)] * 1_000.0
    };
    Ok(Turn {
        per_s: seconds.len() as f64 / lasting.as_secs_f64(),
        p50_ms: place(0.5),
        p99_ms: place(0.99),
        longest_ms: place(1.0),
    })
}

/// Starts the acceptors over a site of one fixed answer.
fn serve(
    runtime: &Runtime,
    cap: usize,
    acceptors: usize,
) -> anyhow::Result<(watch::Sender<Stage>, SocketAddr)> {
    let config = ServerConfig { connections: cap, ..Default::default() };
    let connections = Connections::new(&config, ConnectionMetrics::register(&mut Registry::default()))?;
    let site = Router::new().route("/", get(async || "ok"));
    let (stage, staged) = watch::channel(Stage::Serving);
    let _inside = runtime.enter();
    let mut address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    for _ in 0..acceptors {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_reuse_port(acceptors > 1)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(1)?;
        let listener = TcpListener::from_std(socket.into())?;
        address = listener.local_addr()?;
        prepare(&listener)?;
        runtime.spawn(accept(listener, Arc::clone(&connections), site.clone(), staged.clone()));
    }
    Ok((stage, address))
}

/// Opens the idle connections, then lets every client open one connection after the other; their times, sorted.
async fn drive(setting: Setting, address: SocketAddr, lasting: Duration) -> anyhow::Result<Vec<f64>> {
    let mut idle = Vec::with_capacity(setting.idle);
    for _ in 0..setting.idle {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(KEPT).await?;
        anyhow::ensure!(stream.read(&mut [0; 512]).await? > 0, "the server closed an idle connection");
        idle.push(stream);
    }
    let end = monotonic() + lasting;
    let mut clients = JoinSet::new();
    for _ in 0..setting.clients {
        clients.spawn(client(address, end));
    }
    let mut seconds = Vec::new();
    while let Some(times) = clients.join_next().await {
        seconds.extend(times.context("a client failed")??);
    }
    anyhow::ensure!(!seconds.is_empty(), "no connection was served");
    seconds.sort_by(f64::total_cmp);
    Ok(seconds)
}

async fn client(address: SocketAddr, end: Instant) -> anyhow::Result<Vec<f64>> {
    let mut seconds = Vec::new();
    loop {
        let begun = monotonic();
        if begun >= end {
            return Ok(seconds);
        }
        let socket = TcpSocket::new_v4()?;
        // The end of a connection leaves no port waiting.
        socket.set_zero_linger()?;
        let mut stream = socket.connect(address).await?;
        stream.write_all(SHORT).await?;
        let mut answer = Vec::with_capacity(256);
        stream.read_to_end(&mut answer).await?;
        anyhow::ensure!(answer.starts_with(b"HTTP/1.1 200"), "not served");
        seconds.push(begun.elapsed().as_secs_f64());
    }
}
