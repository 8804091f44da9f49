//! Which alarms the webhook was told of and not yet told the end of: kept in a file, so that the end is told after a crash too.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One alarm as it was told last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ToldAlarm {
    /// When what it is about began.
    pub(super) since: Timestamp,
    /// The value that was told.
    pub(super) value: f64,
    /// Its unit, which says which condition of the alarm it was.
    pub(super) unit: String,
}

/// The alarms by name, and their file.
#[derive(Debug, Clone)]
pub(super) struct Told(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    alarms: Mutex<BTreeMap<String, ToldAlarm>>,
    /// Held while the file is written.
    file: Mutex<()>,
}

impl Told {
    /// Reads the file. One that is not there or damaged says nothing: what fires is then told anew.
    pub(super) fn open(path: &Path) -> Self {
        let read = fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if read.is_none() && path.exists() {
            tracing::warn!(file = %path.display(), "the file of told alarms can't be read and is begun anew");
        }
        let alarms = Mutex::new(read.unwrap_or_default());
        Self(Arc::new(Inner { path: path.to_owned(), alarms, file: Mutex::default() }))
    }

    /// Those whose end is not told yet.
    pub(super) fn alarms(&self) -> BTreeMap<String, ToldAlarm> {
        self.0.alarms.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps that an alarm is told (`Some`), or that its end is. The file follows on a thread of its own: a disk that hangs must
    /// not keep the alarm from being told.
    pub(super) fn note(&self, name: &str, told: Option<ToldAlarm>) {
        let mut alarms = self.0.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        match told {
            Some(alarm) => drop(alarms.insert(name.to_owned(), alarm)),
            None => drop(alarms.remove(name)),
        }
        drop(alarms);
        let told = self.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = told.write() {
                tracing::error!(%error, file = %told.0.path.display(), "which alarms were told can't be kept");
            }
        });
    }

    /// Writes what holds by now: whole or not at all, and never over something newer.
    fn write(&self) -> std::io::Result<()> {
        let _alone = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        let partial = self.0.path.with_extension("partial");
        let mut file = File::create(&partial)?;
        file.write_all(&serde_json::to_vec(&self.alarms())?)?;
        file.sync_all()?;
        fs::rename(&partial, &self.0.path)
    }
}
