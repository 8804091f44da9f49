//! What alarms are judged by, taken from everywhere in the server.

use yimatong_overload::{AlarmFigures, Class, ClassTotals};

use crate::app::App;
use crate::overload::MOST_PARKED;

impl App {
    /// The figures of this second.
    pub(crate) fn alarm_figures(&self) -> AlarmFigures {
        let figures = self.overload.figures();
        let admission = &figures.admission;
        let totals = |class: Class| {
            let (all, at_gate) = (figures.totals[class.index()], admission.counters[class.index()]);
            // Of those turned away only the gate's own: a device that asks too often, or a function that is off, is no overload.
            ClassTotals {
                offered: all.offered,
                refused: at_gate.refused,
                ticketed: all.ticketed,
                failed: all.failed,
            }
        };
        let oldest_s = self.registry.board.published_count().1;
        AlarmFigures {
            classes: Class::ALL.map(totals),
            queue_delay_ms: admission.queue_delay.map(|delay| delay.as_secs_f64() * 1_000.0),
            permits_limit: admission.limit,
            permits_in_use: admission.in_flight,
            saturated: admission.saturated,
            store_time_ms: admission.store_time.as_secs_f64() * 1_000.0,
            capacity_per_s: admission.capacity_per_s,
            room_waiting: figures.room.waiting(),
            room_paused: figures.paused,
            connections_open: 0,
            connections_limit: 0,
            lag_ms: figures.lag_ms,
            status_list_age_s: oldest_s.map_or(0.0, |oldest_s| (self.now().as_second() - oldest_s) as f64),
            ready: self.is_ready(),
            parked: figures.parked as u64,
            parked_limit: MOST_PARKED as u64,
        }
    }
}
