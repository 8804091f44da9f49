//! What alarms are judged by: plain numbers, taken once a second.

use crate::Now;
use crate::class::Class;

/// Totals of one class since the server's start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassTotals {
    /// Requests that asked to use the store.
    pub offered: u64,
    /// Requests turned away because the store is busy. Those of a single device or address that asks too often do not belong
    /// here: they are no overload.
    pub refused: u64,
    /// Tickets of the waiting room given out.
    pub ticketed: u64,
    /// Requests the store failed, or was too late for.
    pub failed: u64,
}

/// The figures of one second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AlarmFigures {
    /// Totals by class.
    pub classes: [ClassTotals; 5],
    /// Recent wait for a permit by class, in milliseconds.
    pub queue_delay_ms: [f64; 5],
    /// All permits are in use.
    pub saturated: bool,
    /// Mean time under a permit, in milliseconds.
    pub store_time_ms: f64,
    /// People in the waiting room.
    pub room_waiting: u64,
    /// Calling is paused, because the store does not take the room's row.
    pub room_paused: bool,
    /// Open connections.
    pub connections_open: u64,
    /// Most connections; 0 for no limit.
    pub connections_limit: u64,
    /// How late the event loop is, in milliseconds.
    pub lag_ms: f64,
    /// Age of the oldest published status list, in seconds.
    pub status_list_age_s: f64,
    /// The server answers: its registry is filled and it is not stopping.
    pub ready: bool,
    /// How far this machine's clock is from the database's, in seconds.
    pub clock_offset_s: f64,
    /// Refusals held back before they are answered.
    pub parked: u64,
    /// Most of them; 0 for no limit.
    pub parked_limit: u64,
}

/// The figures, and how fast the totals grew since the tick before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured<'a> {
    pub(super) figures: &'a AlarmFigures,
    before: Option<&'a AlarmFigures>,
    passed_s: f64,
}

impl<'a> Measured<'a> {
    pub(super) fn new(figures: &'a AlarmFigures, before: Option<(&'a AlarmFigures, Now)>, now: Now) -> Self {
        let passed_s = before.map_or(1.0, |(_, at)| now.saturating_sub(at).as_secs_f64());
        // Two ticks that come together, after a pause, would make a rate of nearly anything.
        Self { figures, before: before.map(|(figures, _)| figures), passed_s: passed_s.max(0.5) }
    }

    /// Growth of a total in all these classes, per second. Nothing at the first tick: totals from before tell no rate.
    pub(super) fn per_s(&self, classes: &[Class], total: impl Fn(&ClassTotals) -> u64) -> f64 {
        let Some(before) = self.before else { return 0.0 };
        let grew = |class: &Class| {
            let class = class.index();
            total(&self.figures.classes[class]).saturating_sub(total(&before.classes[class]))
        };
        classes.iter().map(grew).sum::<u64>() as f64 / self.passed_s
    }

    /// The longest wait of these classes, in milliseconds.
    pub(super) fn queue_delay_ms(&self, classes: &[Class]) -> f64 {
        classes.iter().map(|class| self.figures.queue_delay_ms[class.index()]).fold(0.0, f64::max)
    }
}

/// `part` of `whole` in percent; 0 where there is no limit.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}
