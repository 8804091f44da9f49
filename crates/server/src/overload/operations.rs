//! What operators have set: limits, functions switched off, and a notice for residents; the same on every node.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::StaffId;
use yimatong_overload::Settings;
use yimatong_store::{NoticeRow, Operations, StoreError};

use super::Overload;
use crate::app::App;
use crate::digest::etag;
use crate::http::route::Function;

/// Which functions are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Switches {
    /// Vaccination on the code page.
    pub vaccine_badge: bool,
    /// Figures of the city.
    pub statistics: bool,
    /// Histories of results.
    pub history: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { vaccine_badge: true, statistics: true, history: true }
    }
}

impl Switches {
    /// Is this function on?
    #[must_use]
    pub fn is_on(&self, function: Function) -> bool {
        match function {
            Function::VaccineBadge => self.vaccine_badge,
            Function::Statistics => self.statistics,
            Function::History => self.history,
        }
    }

    /// What is switched off.
    #[must_use]
    pub fn off(&self) -> Vec<Function> {
        Function::ALL.into_iter().filter(|function| !self.is_on(*function)).collect()
    }
}

/// How urgent a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Good to know.
    Info,
    /// Changes what people should do now.
    Warning,
}

impl Level {
    /// As the API and the store write it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
        }
    }
}

/// A notice for residents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// How urgent it is.
    pub level: Level,
    /// When it was posted.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// All that is set, as of one version.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    pub(crate) version: u64,
    pub(crate) settings: Settings,
    pub(crate) switches: Switches,
    pub(crate) notice: Option<Notice>,
    pub(crate) changed_by: Option<StaffId>,
    pub(crate) changed_at: Option<Timestamp>,
}

impl Standing {
    /// Entity tag of the limits.
    pub(crate) fn settings_tag(&self) -> String {
        etag(&serde_json::to_vec(&self.settings).expect("numbers always serialise"))
    }
}

/// What is set, in memory.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    standing: RwLock<Arc<Standing>>,
}

impl Desk {
    /// What is set now.
    pub(crate) fn now(&self) -> Arc<Standing> {
        Arc::clone(&self.standing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over what the store says, unless something newer is known. `hold` makes it hold, in the order of versions.
    fn take(&self, operations: Operations, hold: impl FnOnce(&Standing)) {
        let mut standing = self.standing.write().unwrap_or_else(PoisonError::into_inner);
        if operations.version > standing.version {
            *standing = Arc::new(Standing::from(operations));
            hold(&standing);
        }
    }
}

impl Overload {
    /// Takes over what operators have set, here or on another node.
    pub(crate) fn follow(&self, operations: Operations) {
        self.desk.take(operations, |standing| self.change(standing.settings));
    }
}

impl App {
    /// Reads what operators have set.
    pub async fn follow_operations(&self) -> Result<(), StoreError> {
        self.overload.follow(self.store.operations().await?);
        Ok(())
    }
}

impl From<Operations> for Standing {
    fn from(row: Operations) -> Self {
        Self {
            version: row.version,
            settings: checked(read(row.settings.as_deref(), "limits")),
            switches: read(row.switches.as_deref(), "switches"),
            notice: row.notice.map(Notice::from),
            changed_by: row.changed_by,
            changed_at: row.changed_at,
        }
    }
}

impl From<NoticeRow> for Notice {
    fn from(row: NoticeRow) -> Self {
        let level = if row.level == Level::Warning.as_str() { Level::Warning } else { Level::Info };
        Self { zh: row.zh, en: row.en, level, at: row.at }
    }
}

/// Limits that another version allowed and this one can't keep are those as shipped.
fn checked(settings: Settings) -> Settings {
    match settings.check() {
        Ok(()) => settings,
        Err(error) => {
            tracing::error!(%error, "the limits that operators have set can't be; the defaults are used");
            Settings::default()
        }
    }
}

/// A document that another version wrote and this one can't read must not take the server down: the defaults hold then.
fn read<T: Default + for<'de> Deserialize<'de>>(text: Option<&str>, what: &str) -> T {
    let Some(text) = text else { return T::default() };
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::error!(%error, what, "what operators have set can't be read; the defaults are used");
        T::default()
    })
}
