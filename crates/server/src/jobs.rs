//! What the server does by itself: following changes, publishing status lists, snapshots, retention, keys.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, ToSpan as _};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use yimatong_model::clock::city_day;

use crate::alarms;
use crate::app::App;
use crate::clock::{self, monotonic};
use crate::overload::{lag, room};

/// How often changes that other nodes wrote are looked for: with the time it takes to read 200,000 of them, 2 s at most.
const HEAR_EVERY: Duration = Duration::from_millis(500);
/// How often status lists are published, and what operators have set is read. A colour is at every gate that asks within this,
/// the list's `ttl` and the gate's own interval.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);
/// How long publishing rests, in times of what it took, and at most.
const PUBLISH_REST: u32 = 4;
const LONGEST_PUBLISH_REST: Duration = Duration::from_secs(2);
/// How often the database is asked for the time.
const TIME_EVERY: Duration = Duration::from_secs(2);
/// How often what people declare is read, and campaigns that two people decided to close are worked on.
const DECLARATIONS_EVERY: Duration = Duration::from_secs(2);
/// How often the progress of campaigns is noted.
const PROGRESS_EVERY: Duration = Duration::from_secs(60);
/// How often sampling points and how busy they are is read.
const POINTS_EVERY: Duration = Duration::from_secs(15);
/// How often keys, staff and communities are read again.
const RELOAD_EVERY: Duration = Duration::from_secs(60);
/// How often rows past their time are removed.
const PURGE_EVERY: Duration = Duration::from_secs(600);
/// A node that has removed rows does so again the next time, and another one when it has not for so long, in seconds.
const RETENTION_LEASE_S: i64 = 1_500;

/// Starts all jobs. They end when `stop` becomes true; each finishes what it is doing.
#[must_use]
pub fn start(app: &Arc<App>, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let figures = Arc::clone(app);
    let mut jobs = alarms::start(
        &app.alarms,
        &app.config.alarms,
        &app.config.store.data,
        Arc::clone(&app.clock),
        move || figures.alarm_figures(),
        stop,
    );
    let snapshot_every = Duration::from_secs(app.config.registry.snapshot_every_s.max(10));
    jobs.extend([
        tokio::spawn(every(HEAR_EVERY, Arc::clone(app), stop.clone(), follow)),
        tokio::spawn(every(TIME_EVERY, Arc::clone(app), stop.clone(), follow_time)),
        tokio::spawn(every(FOLLOW_EVERY, Arc::clone(app), stop.clone(), publish)),
        tokio::spawn(every(FOLLOW_EVERY, Arc::clone(app), stop.clone(), follow_operations)),
        tokio::spawn(every(FOLLOW_EVERY, Arc::clone(app), stop.clone(), follow_staff)),
        tokio::spawn(every(FOLLOW_EVERY, Arc::clone(app), stop.clone(), remember)),
        tokio::spawn(every(room::EVERY, Arc::clone(app), stop.clone(), async |app| app.tick_room())),
        tokio::spawn(watch_lag(Arc::clone(app), stop.clone())),
        tokio::spawn(every(FOLLOW_EVERY, Arc::clone(app), stop.clone(), follow_campaigns)),
        tokio::spawn(every(DECLARATIONS_EVERY, Arc::clone(app), stop.clone(), follow_declarations)),
        tokio::spawn(every(DECLARATIONS_EVERY, Arc::clone(app), stop.clone(), work_on_campaigns)),
        tokio::spawn(every(PROGRESS_EVERY, Arc::clone(app), stop.clone(), note_progress)),
        tokio::spawn(every(POINTS_EVERY, Arc::clone(app), stop.clone(), follow_points)),
        tokio::spawn(every(RELOAD_EVERY, Arc::clone(app), stop.clone(), reload)),
        tokio::spawn(every(PURGE_EVERY, Arc::clone(app), stop.clone(), purge)),
        tokio::spawn(every(snapshot_every, Arc::clone(app), stop.clone(), snapshot)),
    ]);
    jobs
}

async fn every<F>(
    period: Duration,
    app: Arc<App>,
    mut stop: watch::Receiver<bool>,
    job: impl Fn(Arc<App>) -> F,
) where
    F: Future<Output = ()>,
{
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        tokio::select! {
            _ = ticks.tick() => job(Arc::clone(&app)).await,
            _ = stopped(&mut stop) => return,
        }
    }
}

/// Resolves when `stop` became true, or nobody can set it any more.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn follow(app: Arc<App>) {
    if let Err(error) = app.follow_registry().await {
        tracing::error!(
            error = format!("{error:#}"),
            "the registry can't follow the store; codes are shown as of the last change"
        );
    }
}

async fn follow_time(app: Arc<App>) {
    // A store that is away is told of by the others; time goes on by the node's own monotonic clock.
    if let Err(error) = clock::follow(&*app.store, &*app.clock).await {
        tracing::debug!(%error, "the database can't be asked for the time");
    }
}

async fn follow_staff(app: Arc<App>) {
    if let Err(error) = app.follow_staff().await {
        tracing::error!(error = format!("{error:#}"), "what other nodes changed about staff can't be read");
    }
}

async fn follow_operations(app: Arc<App>) {
    if let Err(error) = app.follow_operations().await {
        tracing::error!(%error, "what operators have set can't be read; the limits stay as they are");
    }
}

async fn follow_campaigns(app: Arc<App>) {
    if let Err(error) = app.follow_campaigns().await {
        tracing::error!(
            error = format!("{error:#}"),
            "the campaigns can't be read; schedules stay as they are"
        );
    }
}

async fn follow_declarations(app: Arc<App>) {
    if let Err(error) = app.follow_declarations().await {
        tracing::error!(%error, "what people declare can't be read; campaigns are counted as of the last time");
    }
}

async fn work_on_campaigns(app: Arc<App>) {
    app.work_on_campaigns().await;
}

async fn note_progress(app: Arc<App>) {
    app.note_progress().await;
}

async fn follow_points(app: Arc<App>) {
    if let Err(error) = app.follow_sampling_points().await {
        tracing::error!(%error, "the sampling points can't be read; their queues are shown as of the last time");
    }
}

/// Adds a second to the history that operators see.
async fn remember(app: Arc<App>) {
    app.overload.history.add(&app.overload.figures(), app.connections.figures().open, app.now());
}

/// Looks how late a timer rings.
async fn watch_lag(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        let asked = monotonic();
        tokio::select! {
            () = tokio::time::sleep(lag::EVERY) => app.overload.lag.seen(asked.elapsed().saturating_sub(lag::EVERY)),
            () = stopped(&mut stop) => return,
        }
    }
}

/// A job of its own: a store that hangs must not keep gates from what is known.
async fn publish(app: Arc<App>) {
    let began = monotonic();
    let result = tokio::task::spawn_blocking(move || {
        app.registry.tick(app.now());
        app.publish_status_lists()
    })
    .await;
    if let Ok(Err(error)) = result {
        tracing::error!(error = format!("{error:#}"), "the status lists could not be published");
    }
    // While a closing colours people in all lists, each is signed anew every time: codes are to be shown meanwhile.
    tokio::time::sleep(began.elapsed().saturating_mul(PUBLISH_REST).min(LONGEST_PUBLISH_REST)).await;
}

async fn reload(app: Arc<App>) {
    let trust = Arc::clone(&app);
    let result = tokio::task::spawn_blocking(move || trust.reload_trust()).await;
    if let Ok(Err(error)) = result {
        tracing::error!(
            error = format!("{error:#}"),
            "the certificates of other signers could not be read again; the old ones stay"
        );
    }
    let keys = Arc::clone(&app);
    let result = tokio::task::spawn_blocking(move || keys.reload_signing_keys()).await;
    if let Ok(Err(error)) = result {
        tracing::error!(
            error = format!("{error:#}"),
            "the signing keys could not be read again; the old ones stay"
        );
    }
    if let Err(error) = app.load_staff().await {
        tracing::error!(error = format!("{error:#}"), "the staff could not be read again");
    }
    if let Err(error) = app.load_communities().await {
        tracing::error!(error = format!("{error:#}"), "the communities could not be read again");
    }
}

async fn purge(app: Arc<App>) {
    let now = app.now();
    let oldest = city_day(now).saturating_sub(i64::from(app.config.store.check_in_days).days());
    let result = async {
        let until = now.saturating_add(SignedDuration::from_secs(RETENTION_LEASE_S)).unwrap_or(now);
        if !app.store.take_lease("retention", &app.holder, now, until).await? {
            return Ok(0);
        }
        app.store.purge_expired(now).await?;
        app.store.drop_check_ins_before(oldest).await
    };
    if let Err(error) = result.await {
        tracing::error!(%error, "rows past their time could not be removed");
    }
}

/// Writes the registry to its file.
pub async fn snapshot(app: Arc<App>) {
    if app.registry.is_loading() {
        tracing::warn!("no snapshot is written while the city is being read anew");
        return;
    }
    let written =
        tokio::task::spawn_blocking(move || app.registry.write_snapshot(&app.snapshot_path())).await;
    if let Ok(Err(error)) = written {
        tracing::error!(
            error = format!("{error:#}"),
            "the snapshot could not be written; the next start takes longer"
        );
    }
}
