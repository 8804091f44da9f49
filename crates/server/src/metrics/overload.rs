//! Gauges of admission control and the waiting room; docs/metrics.md says what each means.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use yimatong_overload::{Alarms, Class};

use super::{Labels, set};
use crate::overload::figures::Figures;

type Real = Gauge<f64, AtomicU64>;

/// The gauges, set when the metrics page is read.
#[derive(Debug)]
pub struct OverloadMetrics {
    queued: Family<Labels, Gauge>,
    queue_delay_s: Family<Labels, Real>,
    permits: Gauge,
    permits_in_use: Gauge,
    capacity_per_s: Real,
    store_s: Real,
    saturated: Gauge,
    parked: Gauge,
    room_issued: Gauge,
    room_serving: Gauge,
    room_waiting: Gauge,
    room_rate_per_s: Real,
    room_paused: Gauge,
    room_flows_under_way: Gauge,
    lag_s: Real,
    alarms: Family<Labels, Gauge>,
}

impl OverloadMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let queued = Family::<Labels, Gauge>::default();
        registry.register("overload_queued", "Requests before the gate, by class", queued.clone());
        let queue_delay_s = Family::<Labels, Real>::default();
        registry.register(
            "overload_queue_delay_seconds",
            "Recent wait for a permit, by class",
            queue_delay_s.clone(),
        );
        let alarms = Family::<Labels, Gauge>::default();
        registry.register("alarm", "1 while the alarm of that name fires", alarms.clone());
        Self {
            alarms,
            queued,
            queue_delay_s,
            permits: gauge(registry, "overload_permits", "Requests that may use the store at a time"),
            permits_in_use: gauge(registry, "overload_permits_in_use", "Requests that use the store now"),
            capacity_per_s: gauge(
                registry,
                "overload_capacity_per_second",
                "What the store can finish; 0: not known",
            ),
            store_s: gauge(registry, "overload_store_seconds", "Mean time under a permit"),
            saturated: gauge(registry, "overload_saturated", "1 when all permits are in use"),
            parked: gauge(registry, "overload_parked", "Refusals that are held"),
            room_issued: gauge(registry, "room_issued", "The next place in the waiting room"),
            room_serving: gauge(registry, "room_serving", "Places below this one have been called"),
            room_waiting: gauge(registry, "room_waiting", "People who wait, absent ones included"),
            room_rate_per_s: gauge(registry, "room_rate_per_second", "Places called per second"),
            room_paused: gauge(registry, "room_paused", "1 when the store keeps the room from calling"),
            room_flows_under_way: gauge(registry, "room_flows_under_way", "Flows let in and not finished"),
            lag_s: gauge(registry, "event_loop_lag_seconds", "How late this process comes to its work"),
        }
    }

    /// Shows the figures of this moment.
    pub(crate) fn show(&self, figures: &Figures, firing: &[&'static str]) {
        for name in Alarms::rules().iter().map(|rule| rule.name) {
            let fires = firing.contains(&name);
            set(&self.alarms.get_or_create(&vec![("name", name.to_owned())]), fires.into());
        }
        let admission = &figures.admission;
        for class in Class::ALL {
            let (label, index) = (vec![("class", class.name().to_owned())], class.index());
            set(&self.queued.get_or_create(&label), admission.queued[index] as u64);
            self.queue_delay_s.get_or_create(&label).set(admission.queue_delay[index].as_secs_f64());
        }
        set(&self.permits, admission.limit.into());
        set(&self.permits_in_use, admission.in_flight.into());
        self.capacity_per_s.set(admission.capacity_per_s.unwrap_or(0.0));
        self.store_s.set(admission.store_time.as_secs_f64());
        set(&self.saturated, admission.saturated.into());
        set(&self.parked, figures.parked as u64);
        set(&self.room_issued, figures.room.issued);
        set(&self.room_serving, figures.room.serving);
        set(&self.room_waiting, figures.room.waiting());
        self.room_rate_per_s.set(figures.room.rate_per_s);
        set(&self.room_paused, figures.paused.into());
        set(&self.room_flows_under_way, figures.flows_under_way as u64);
        self.lag_s.set(figures.lag_ms / 1_000.0);
    }
}

fn gauge<G: prometheus_client::registry::Metric + Clone + Default>(
    registry: &mut Registry,
    name: &str,
    help: &str,
) -> G {
    let gauge = G::default();
    registry.register(name, help, gauge.clone());
    gauge
}
