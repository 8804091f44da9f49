//! Alarms: rules over the figures of each second, with times and margins so that they fire soon and do not flap.
//!
//! The inside of the server judges by itself, because a city may have no monitoring, and one that scrapes every
//! quarter of a minute is late. An overload is told within five seconds of its start.

mod figures;
mod rules;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::Now;
use figures::Measured;

pub use figures::{AlarmFigures, ClassTotals};
pub use rules::AlarmRule;
use rules::Condition;

/// A tick may come this much early without a condition counting as shorter than it was.
const EARLY: Duration = Duration::from_millis(500);

/// An alarm that fires, or has just ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Firing {
    /// Which one.
    pub rule: &'static AlarmRule,
    /// When what it is about began.
    pub since: Now,
    /// The latest value above the limit.
    pub value: f64,
    /// The limit.
    pub limit: f64,
    /// Unit of both.
    pub unit: &'static str,
}

/// What a tick changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AlarmEvent {
    /// It fires.
    Fired(Firing),
    /// It is over.
    Resolved(Firing),
}

/// All alarms of one server.
#[derive(Debug)]
pub struct Alarms {
    watched: Vec<Watched>,
    before: Option<(AlarmFigures, Now)>,
}

#[derive(Debug)]
struct Watched {
    rule: &'static AlarmRule,
    /// Since when each condition holds.
    holds: Vec<Option<Now>>,
    firing: Option<Firing>,
    clear_since: Option<Now>,
}

impl Default for Alarms {
    fn default() -> Self {
        let watch = |rule: &'static AlarmRule| Watched {
            rule,
            holds: vec![None; rule.conditions.len()],
            firing: None,
            clear_since: None,
        };
        Self { watched: rules::RULES.iter().map(watch).collect(), before: None }
    }
}

impl Alarms {
    /// Every alarm there is.
    #[must_use]
    pub fn rules() -> &'static [AlarmRule] {
        rules::RULES
    }

    /// Judges the figures of this second.
    pub fn tick(&mut self, figures: &AlarmFigures, now: Now) -> Vec<AlarmEvent> {
        let before = self.before.as_ref().map(|(figures, at)| (figures, *at));
        let measured = Measured::new(figures, before, now);
        let events = self.watched.iter_mut().filter_map(|watched| watched.tick(&measured, now)).collect();
        self.before = Some((figures.clone(), now));
        events
    }

    /// An alarm fired before a restart, `value` by the condition with this unit: it fires until it is over. False if there is no
    /// such alarm any more.
    pub fn resume(&mut self, name: &str, unit: &str, value: f64, now: Now) -> bool {
        let Some(watched) = self.watched.iter_mut().find(|watched| watched.rule.name == name) else {
            return false;
        };
        let rule = watched.rule;
        let Some(condition) = rule.conditions.iter().find(|condition| condition.unit == unit) else {
            return false;
        };
        let Condition { limit, unit, .. } = *condition;
        watched.firing = Some(Firing { rule, since: now, value, limit, unit });
        true
    }

    /// Those that fire now.
    pub fn firing(&self) -> impl Iterator<Item = Firing> {
        self.watched.iter().filter_map(|watched| watched.firing)
    }
}

impl Watched {
    fn tick(&mut self, measured: &Measured<'_>, now: Now) -> Option<AlarmEvent> {
        let (worst, clear) = self.judge(measured, now);
        if let (Some(firing), Some(worst)) = (&mut self.firing, worst) {
            *firing = Firing { since: firing.since, ..worst };
        }
        if !clear {
            self.clear_since = None;
        }
        match (self.firing, worst) {
            (None, Some(firing)) => {
                self.firing = Some(firing);
                Some(AlarmEvent::Fired(firing))
            }
            (Some(firing), _) if clear && self.clear_for(now) => {
                (self.firing, self.clear_since) = (None, None);
                Some(AlarmEvent::Resolved(firing))
            }
            _ => None,
        }
    }

    /// The first condition that has held long enough, and whether all are clear.
    fn judge(&mut self, measured: &Measured<'_>, now: Now) -> (Option<Firing>, bool) {
        let (mut worst, mut clear) = (None, true);
        for (condition, holds) in self.rule.conditions.iter().zip(&mut self.holds) {
            let value = (condition.value)(measured);
            clear &= value <= condition.clear || value.is_nan();
            if value > condition.limit {
                let since = *holds.get_or_insert(now);
                let long = now.saturating_sub(since) + EARLY >= Duration::from_secs(condition.for_s);
                let (limit, unit) = (condition.limit, condition.unit);
                if long && worst.is_none() {
                    worst = Some(Firing { rule: self.rule, since, value, limit, unit });
                }
            } else {
                *holds = None;
            }
        }
        (worst, clear)
    }

    fn clear_for(&mut self, now: Now) -> bool {
        let since = *self.clear_since.get_or_insert(now);
        now.saturating_sub(since) + EARLY >= Duration::from_secs(self.rule.over_after_s)
    }
}
