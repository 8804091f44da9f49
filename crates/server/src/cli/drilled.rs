//! What a drill asks of the server that it starts: a store of a known size, another protection, and troubles on command.
//!
//! Troubles come by standard input, which nobody but the parent process holds: `stall-store <ms>`, `drop-registry`.

use std::io::BufRead as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use tokio::sync::mpsc;
use yimatong_store::{Provision, SqliteStore};

use crate::app::App;
use crate::overload::Protection;

/// Hidden arguments of `serve`.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Drilled {
    /// Connections of the store.
    #[arg(long, value_name = "N", hide = true, requires = "drill_store_time_ms")]
    drill_store_connections: Option<u32>,
    /// Time each verb keeps its connection busy.
    #[arg(long, value_name = "MS", hide = true, requires = "drill_store_connections")]
    drill_store_time_ms: Option<u64>,
    /// Stop when standard input ends: the drill that started this is gone.
    #[arg(long = "drill-until-eof", hide = true, requires = "drill_store_connections")]
    pub(super) until_eof: bool,
    /// How the store is protected.
    #[arg(
        long,
        value_enum,
        hide = true,
        default_value = "ours",
        requires_if("off", "drill_store_connections"),
        requires_if("shed", "drill_store_connections")
    )]
    pub(super) protection: Protection,
}

impl Drilled {
    /// The size of the store, if a drill set one.
    pub(super) fn provision(&self) -> Option<Provision> {
        let connections = self.drill_store_connections?;
        Some(Provision { connections, time: Duration::from_millis(self.drill_store_time_ms?) })
    }
}

/// Obeys commands from standard input until it ends; answers each with a line that begins `drill: `.
pub(super) async fn obey(app: Arc<App>, store: Arc<SqliteStore>) {
    let (send, mut commands) = mpsc::unbounded_channel();
    // A thread of its own: a read of standard input can't be broken off, and must not keep the server from stopping.
    let reader = std::thread::Builder::new().name("drill-commands".to_owned());
    let started = reader.spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    if let Err(error) = started {
        // Without it nobody can tell that the drill is gone.
        tracing::error!(%error, "the drill can't be listened to");
        return;
    }
    while let Some(line) = commands.recv().await {
        match command(&line, &app, &store).await {
            Ok(done) => println!("drill: {done}"),
            Err(error) => println!("drill: error: {error}"),
        }
    }
}

async fn command(line: &str, app: &Arc<App>, store: &SqliteStore) -> anyhow::Result<String> {
    match line.split_ascii_whitespace().collect::<Vec<_>>()[..] {
        ["stall-store", ms] => {
            store.stall(Duration::from_millis(ms.parse()?));
            Ok(format!("the store is stalled for {ms} ms"))
        }
        ["drop-registry"] => {
            let _loading = app.registry.begin_loading();
            app.registry.forget();
            let people = app.reload_registry().await?;
            Ok(format!("the registry was dropped and holds {people} people again"))
        }
        _ => bail!("commands are: stall-store <ms>, drop-registry"),
    }
}
