//! Which alarms fire, and since when.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_overload::{AlarmEvent, AlarmFigures, Alarms, Firing, Now};

use super::told::ToldAlarm;

/// An alarm as people read it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmText {
    /// Its name, a stable kebab-case word.
    name: &'static str,
    /// When what it is about began.
    #[schemars(with = "String")]
    since: Timestamp,
    /// The latest value above the limit.
    value: f64,
    /// The limit.
    limit: f64,
    /// Unit of both.
    unit: &'static str,
    /// What is wrong and what to do, in Chinese.
    zh: &'static str,
    /// The same in English.
    en: &'static str,
    /// Where the runbook says more.
    runbook: String,
}

/// What the webhook is told.
#[derive(Debug, Clone, Serialize)]
pub struct AlarmNote {
    #[serde(flatten)]
    alarm: AlarmText,
    /// `firing` or `resolved`.
    state: &'static str,
    /// Which server tells it.
    node: String,
}

impl AlarmNote {
    pub(super) fn name(&self) -> &'static str {
        self.alarm.name
    }

    /// What is kept of it once it is told; none for its end.
    pub(super) fn to_keep(&self) -> Option<ToldAlarm> {
        let AlarmText { since, value, unit, .. } = &self.alarm;
        (self.state == "firing").then(|| ToldAlarm { since: *since, value: *value, unit: (*unit).to_owned() })
    }

    pub(super) fn log(&self) {
        let AlarmText { name, value, limit, unit, en, .. } = &self.alarm;
        if self.state == "firing" {
            tracing::warn!(value, limit, unit, "alarm {name}: {en}");
        } else {
            tracing::info!("alarm {name} is over");
        }
    }
}

/// The alarms of this server.
#[derive(Debug)]
pub struct AlarmBoard {
    node: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    alarms: Alarms,
    since: HashMap<&'static str, Timestamp>,
}

impl AlarmBoard {
    /// Nothing fires. `node` is the name under which this server tells of its alarms.
    #[must_use]
    pub fn new(node: &str) -> Self {
        Self { node: node.to_owned(), state: Mutex::default() }
    }

    /// Goes on with what was told before a restart: it fires until it is over. What is no alarm any more is left out.
    pub(super) fn resume(&self, told: &BTreeMap<String, ToldAlarm>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { alarms, since } = &mut *state;
        for (name, told) in told {
            if alarms.resume(name, &told.unit, told.value, Now::ZERO)
                && let Some(firing) = alarms.firing().find(|firing| firing.rule.name == name)
            {
                since.insert(firing.rule.name, told.since);
            }
        }
    }

    /// Judges the figures of this second; answers what changed.
    pub fn tick(&self, figures: &AlarmFigures, now: Now, at: Timestamp) -> Vec<AlarmNote> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let events = state.alarms.tick(figures, now);
        let note = |event| match event {
            AlarmEvent::Fired(firing) => {
                let held = SignedDuration::try_from(now.saturating_sub(firing.since)).unwrap_or_default();
                let since = at.checked_sub(held).unwrap_or(at);
                state.since.insert(firing.rule.name, since);
                self.note(text(&firing, since), "firing")
            }
            AlarmEvent::Resolved(firing) => {
                let since = state.since.remove(firing.rule.name).unwrap_or(at);
                self.note(text(&firing, since), "resolved")
            }
        };
        events.into_iter().map(note).collect()
    }

    /// Those that fire now.
    #[must_use]
    pub fn firing(&self) -> Vec<AlarmText> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let since = |firing: &Firing| state.since.get(firing.rule.name).copied().unwrap_or_default();
        state.alarms.firing().map(|firing| text(&firing, since(&firing))).collect()
    }

    /// Names of those that fire now.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.firing().iter().map(|alarm| alarm.name).collect()
    }

    fn note(&self, alarm: AlarmText, state: &'static str) -> AlarmNote {
        AlarmNote { alarm, state, node: self.node.clone() }
    }
}

fn text(firing: &Firing, since: Timestamp) -> AlarmText {
    let rule = firing.rule;
    AlarmText {
        name: rule.name,
        since,
        value: firing.value,
        limit: firing.limit,
        unit: firing.unit,
        zh: rule.zh,
        en: rule.en,
        runbook: rule.runbook(),
    }
}
