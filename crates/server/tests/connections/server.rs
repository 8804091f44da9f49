//! A server on a thread and a runtime of its own, so that tests can be plain blocking code.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use yimatong_server::app::App;
use yimatong_server::config::ServerConfig;
use yimatong_server::server::run;

use crate::city::City;
use crate::client::Client;

/// Longer than any test takes: a limit that must not be what ends a connection.
pub(crate) const NEVER_MS: u64 = 600_000;
/// A limit that a test waits for.
pub(crate) const SOON_MS: u64 = 300;

/// A running server; stopped when dropped.
pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a small city. Every time limit is [`NEVER_MS`] unless `configure` sets it.
    pub(crate) fn start(configure: impl FnOnce(&mut ServerConfig) + Send + 'static) -> Self {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.unwrap().block_on(async {
                let city = City::with(|config| {
                    let server = &mut config.server;
                    for limit_ms in [
                        &mut server.header_timeout_ms,
                        &mut server.idle_timeout_ms,
                        &mut server.idle_timeout_full_ms,
                        &mut server.body_timeout_ms,
                        &mut server.write_timeout_ms,
                    ] {
                        *limit_ms = NEVER_MS;
                    }
                    server.drain_s = 0;
                    configure(server);
                })
                .await;
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send((Arc::clone(&city.app), listener.local_addr().unwrap())).unwrap();
                let admin = match city.app.config.server.admin_listen {
                    Some(address) => Some(TcpListener::bind(address).await.unwrap()),
                    None => None,
                };
                let stop = async { drop(stopped.await) };
                run(Arc::clone(&city.app), listener, admin, stop).await.unwrap();
            });
        });
        let (app, address) = told.recv().unwrap();
        Self { app, address, stop: Some(stop), thread: Some(thread) }
    }

    /// A new connection.
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Asks it to stop; does not wait.
    pub(crate) fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until it has stopped.
    pub(crate) fn ended(mut self) {
        self.ask_to_stop();
        self.thread.take().unwrap().join().unwrap();
    }

    /// The value of a line of `/metrics`.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = self.app.metrics.text();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("yimatong_{name} ")));
        line.unwrap_or_else(|| panic!("{name} is not in {text}")).parse().unwrap()
    }

    /// Connections ended for this reason: `header`, `idle`, `body` or `write`.
    pub(crate) fn timeouts(&self, what: &str) -> u64 {
        self.metric(&format!("connection_timeouts_total{{timeout=\"{what}\"}}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ask_to_stop();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server panicked");
        }
    }
}

/// Asks again and again until it is so; gives up after about 30 s.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "between two looks at another thread")]
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("gave up waiting until {what}");
}
