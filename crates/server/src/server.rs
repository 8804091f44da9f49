//! Running the server: listen, serve, and stop without losing what was acknowledged.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::admin;
use crate::app::App;
use crate::connections::{self, Stage};
use crate::http::front::Front;
use crate::jobs;
use crate::router::router;

/// Serves until `stop` resolves, says for `leave_s` that it is not wanted any more, then drains: no new work, requests under way get `drain_s`, the store finishes
/// what is queued, the registry writes its snapshot.
/// `admin` is the listener of `server.admin_listen`.
pub async fn run(
    app: Arc<App>,
    listener: TcpListener,
    admin: Option<TcpListener>,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let site = router(&app);
    // Answers until the end, so that a probe is told of the drain.
    let _admin = admin.map(|listener| admin::start(&app, listener)).transpose()?;
    serve(app, site, listener, stop).await
}

/// Serves a site of the caller's, the same way.
pub(crate) async fn serve(
    app: Arc<App>,
    site: Front,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let (tell_stop, stopped) = watch::channel(false);
    let running_jobs = jobs::start(&app, &stopped);
    let (stage, staged) = watch::channel(Stage::Serving);
    connections::prepare(&listener).context("the listener can't be set up")?;
    tracing::info!("at most {} connections at once", app.connections.figures().limit);
    let accepting = tokio::spawn(connections::accept(listener, Arc::clone(&app.connections), site, staged));
    stop.await;
    let leave_s = app.config.server.leave_s;
    if leave_s > 0 {
        tracing::info!(
            "leaving: requests should go elsewhere from now on, and are answered for {leave_s} s more"
        );
        app.leave();
        tokio::time::sleep(Duration::from_secs(leave_s)).await;
    }
    tracing::info!("stopping: new requests are refused, requests under way are finished");
    app.drain();
    let _ = tell_stop.send(true);
    let _ = stage.send(Stage::Draining);
    accepting.await.context("the acceptor failed")?;
    let drain = Duration::from_secs(app.config.server.drain_s);
    if tokio::time::timeout(drain, app.connections.ended()).await.is_err() {
        tracing::warn!("some connections were still busy after {} s and are closed", drain.as_secs());
    }
    let _ = stage.send(Stage::Ended);
    for job in running_jobs {
        let _ = job.await;
    }
    app.flush_room().await;
    let closed = app.store.close().await;
    jobs::snapshot(Arc::clone(&app)).await;
    closed.context("the store could not be closed in time; what was not acknowledged may be missing")?;
    tracing::info!("stopped; everything acknowledged is on disk");
    Ok(())
}

/// Resolves on SIGTERM or Ctrl-C. From the call on, not only once it is waited for, they are asked to stop and kill nobody.
pub fn stop_signal() -> impl Future<Output = ()> {
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async {
        let Ok(mut terminate) = terminate else {
            tracing::error!("SIGTERM can't be listened to; use Ctrl-C");
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
}
