//! Alarms: judged once a second, kept for the operators' page, posted to a webhook.
//!
//! The rules are in `yimatong-overload`; here are their clock, what people read of them, and the way out. Judging never
//! waits for the webhook.

mod board;
#[cfg(test)]
mod tests;
mod told;
mod webhook;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};
use yimatong_overload::AlarmFigures;

use crate::clock::Clock;
use crate::config::AlarmsConfig;
use crate::outgoing::Service;
use told::Told;

pub use board::{AlarmBoard, AlarmNote, AlarmText};

const EVERY: Duration = Duration::from_secs(1);
/// Most notes that wait for the webhook: every alarm three times over. What comes beyond is in the log only.
const MOST_WAITING: usize = 64;

/// Where a data folder keeps which alarms the webhook was told of.
const TOLD: &str = "told-alarms.json";

/// Starts judging `figures` every second, and posting. Both end when `stop` becomes true. What was told before a restart and has
/// no end yet, as the folder `data` says, goes on.
pub fn start(
    board: &Arc<AlarmBoard>,
    config: &AlarmsConfig,
    data: &Path,
    clock: Arc<dyn Clock>,
    figures: impl Fn() -> AlarmFigures + Send + 'static,
    stop: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    let (outbox, notes) = mpsc::channel(MOST_WAITING);
    let mut jobs = Vec::new();
    if let Some(url) = &config.webhook_url {
        let service = Service::new(url, &config.webhook_secret);
        let told = Told::open(&data.join(TOLD));
        board.resume(&told.alarms());
        jobs.push(tokio::spawn(webhook::deliver(service, told, notes, stop.clone())));
    }
    jobs.push(tokio::spawn(judge(Arc::clone(board), outbox, clock, figures, stop.clone())));
    jobs
}

async fn judge(
    board: Arc<AlarmBoard>,
    outbox: mpsc::Sender<AlarmNote>,
    clock: Arc<dyn Clock>,
    figures: impl Fn() -> AlarmFigures,
    mut stop: watch::Receiver<bool>,
) {
    let begun = Instant::now();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        for note in board.tick(&figures(), begun.elapsed(), clock.now()) {
            note.log();
            match outbox.try_send(note) {
                // Without a webhook nobody is at the other end.
                Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
                Err(mpsc::error::TrySendError::Full(note)) => {
                    tracing::error!(
                        alarm = note.name(),
                        "too many notes wait for the webhook; this one is not posted"
                    );
                }
            }
        }
    }
}
