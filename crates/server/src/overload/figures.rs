//! The figures of admission control: of this moment, and of the last five minutes second by second.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_overload::{AdmissionState, AlarmFigures, Class, ClassTotals, RoomFigures};

use super::Overload;
use super::counts::Totals;
use crate::app::App;

/// Seconds that are looked back on.
const SECONDS: usize = 300;

/// Everything about one moment.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    pub(crate) admission: AdmissionState,
    pub(crate) totals: [Totals; 5],
    pub(crate) room: RoomFigures,
    pub(crate) paused: bool,
    pub(crate) flows_under_way: usize,
    pub(crate) parked: usize,
    pub(crate) lag_ms: f64,
}

/// One second of the past; counts are per second.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Second {
    /// Unix seconds.
    at_s: i64,
    /// By class, B0 to B4.
    classes: [Totals; 5],
    /// Recent wait for a permit by class, in milliseconds.
    queue_delay_ms: [f64; 5],
    capacity_per_s: Option<f64>,
    /// People in the waiting room, absent ones included.
    waiting: u64,
    /// Open connections.
    connections: u64,
}

/// The last five minutes.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Past>);

#[derive(Debug, Default)]
struct Past {
    seconds: VecDeque<Second>,
    before: [Totals; 5],
}

impl History {
    /// Adds a second.
    pub(crate) fn add(&self, figures: &Figures, connections: u64, now: Timestamp) {
        let mut past = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let classes = std::array::from_fn(|class| figures.totals[class].since(&past.before[class]));
        past.before = figures.totals;
        if past.seconds.len() == SECONDS {
            past.seconds.pop_front();
        }
        past.seconds.push_back(Second {
            at_s: now.as_second(),
            classes,
            queue_delay_ms: figures.admission.queue_delay.map(|delay| delay.as_secs_f64() * 1_000.0),
            capacity_per_s: figures.admission.capacity_per_s,
            waiting: figures.room.waiting(),
            connections,
        });
    }

    /// All seconds, the oldest first.
    pub(crate) fn seconds(&self) -> Vec<Second> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seconds.iter().cloned().collect()
    }
}

impl Overload {
    /// The figures of this moment.
    pub(crate) fn figures(&self) -> Figures {
        let admission = self.gate.state();
        let mut room = self.room.rules();
        let (figures, flows_under_way) = (room.figures(), room.flows().under_way());
        drop(room);
        Figures {
            admission,
            totals: std::array::from_fn(|class| self.counts[class].totals()),
            room: figures,
            paused: self.room.is_paused(self.gate.now()),
            flows_under_way,
            parked: self.refusals.parked(),
            lag_ms: self.lag.ms(),
        }
    }
}

/// The figures of one class, as operators see them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClassText {
    /// `b0` to `b4`.
    class: &'static str,
    #[serde(flatten)]
    totals: Totals,
    /// Requests before the gate.
    queued: usize,
    /// Recent wait for a permit, in milliseconds.
    queue_delay_ms: f64,
}

impl Figures {
    /// The figures by class.
    pub(crate) fn classes(&self) -> Vec<ClassText> {
        let text = |class: Class| ClassText {
            class: class.name(),
            totals: self.totals[class.index()],
            queued: self.admission.queued[class.index()],
            queue_delay_ms: self.admission.queue_delay[class.index()].as_secs_f64() * 1_000.0,
        };
        Class::ALL.map(text).into()
    }
}

impl App {
    /// The figures that alarms are judged by.
    pub fn alarm_figures(&self) -> AlarmFigures {
        let (figures, connections) = (self.overload.figures(), self.connections.figures());
        let oldest_s = self.registry.board.published_count().1;
        let now_s = self.now().as_second();
        AlarmFigures {
            classes: std::array::from_fn(|class| ClassTotals {
                offered: figures.totals[class].offered,
                // Only the gate's own: a device that asks too often, or a function that is off, is no overload.
                refused: figures.admission.counters[class].refused,
                ticketed: figures.totals[class].ticketed,
                failed: figures.totals[class].failed,
            }),
            queue_delay_ms: figures.admission.queue_delay.map(|delay| delay.as_secs_f64() * 1_000.0),
            saturated: figures.admission.saturated,
            store_time_ms: figures.admission.store_time.as_secs_f64() * 1_000.0,
            room_waiting: figures.room.waiting(),
            room_paused: figures.paused,
            connections_open: connections.open,
            connections_limit: connections.limit,
            lag_ms: figures.lag_ms,
            status_list_age_s: oldest_s.map_or(0.0, |oldest_s| (now_s - oldest_s) as f64),
            clock_offset_s: self.clock.offset().as_secs_f64().abs(),
            ready: self.is_ready(),
            parked: figures.parked as u64,
            parked_limit: super::refusal::MOST_PARKED as u64,
        }
    }
}
