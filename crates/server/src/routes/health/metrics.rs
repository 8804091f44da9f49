//! `GET /metrics`: Prometheus text.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::app::App;
use crate::http::route::{Access, Class, Route};
use crate::metrics::set;

/// The media type of the format that the metrics crate writes.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(crate) fn route() -> Route {
    Route::get("/metrics", Access::Public, Class::B2, get(metrics))
        .summary("Metrics in the Prometheus text format")
        .answers_as(MEDIA_TYPE)
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let metrics = &app.metrics;
    set(&metrics.people, app.registry.people() as u64);
    set(&metrics.foreign_people, app.registry.foreign() as u64);
    let (part, parts) = app.registry.part().numbers();
    set(&metrics.part, part.into());
    set(&metrics.parts, parts.into());
    set(&metrics.registry_bytes, app.registry.bytes() as u64);
    set(&metrics.registry_sequence, app.registry.sequence());
    set(&metrics.registry_unreached, app.registry.unreached() as u64);
    metrics.overload.show(&app.overload.figures(), &app.alarms.names());
    metrics.clock_offset_s.set(app.clock.offset().as_secs_f64());
    let writer = app.store.counters().writer;
    set(&metrics.store_writes, writer.writes);
    set(&metrics.store_commits, writer.commits);
    if let (_, Some(oldest_s)) = app.registry.board.published_count() {
        metrics.status_list_age_s.set(app.now().as_second() - oldest_s);
    }
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], metrics.text()).into_response()
}
