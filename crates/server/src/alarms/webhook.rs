//! The way out: one note after the other, in the order they came.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::AlarmNote;
use super::told::Told;
use crate::outgoing::Service;

/// Pauses between the tries of a note; after the last one it is given up.
const AGAIN_AFTER: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];

/// Posts notes until `stop` becomes true. An alarm counts as told from its first try, its end when that is at the other end.
pub(super) async fn deliver(
    service: Service,
    told: Told,
    mut notes: mpsc::Receiver<AlarmNote>,
    mut stop: watch::Receiver<bool>,
) {
    let posting = async {
        while let Some(note) = notes.recv().await {
            let to_keep = note.to_keep();
            if to_keep.is_some() {
                told.note(note.name(), to_keep);
                post(&service, &note).await;
            } else {
                post(&service, &note).await;
                told.note(note.name(), None);
            }
        }
    };
    tokio::select! {
        () = posting => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

async fn post(service: &Service, note: &AlarmNote) {
    let body = serde_json::to_value(note).expect("a note is made of texts and numbers");
    let mut pauses = AGAIN_AFTER.iter();
    loop {
        let Err(error) = service.post(body.clone()).await else { return };
        let Some(pause) = pauses.next() else {
            tracing::error!(%error, alarm = note.name(), "the alarm webhook did not take a note; it is given up");
            return;
        };
        tracing::warn!(%error, alarm = note.name(), "the alarm webhook did not take a note; it is tried again");
        tokio::time::sleep(*pause).await;
    }
}
