//! How busy sampling points are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use yimatong_model::ids::SamplingPointId;

use super::sql::{PURGED_AT_ONCE, Sql, Values};
use super::tx::{Parameter, Tx, at};
use crate::codec::narrow;
use crate::error::Result;
use crate::sampling_load::{Counts, DAY, MINUTE, PointLoad, day_start, loads, purged_before, recent_after};

const ADD: Values = Values {
    head: "INSERT INTO sampling_load (span_min, start_ms, point_id, people, tubes) VALUES",
    types: &["bigint", "bigint", "bigint", "bigint", "bigint"],
    tail: "ON CONFLICT (span_min, start_ms, point_id)
           DO UPDATE SET people = sampling_load.people + excluded.people, tubes = sampling_load.tubes + excluded.tubes",
};
const READ: Sql = Sql::coordinator(
    "SELECT span_min, point_id, people, tubes FROM sampling_load
     WHERE span_min = $1 AND start_ms > $2 OR span_min = $3 AND start_ms = $4 ORDER BY span_min, start_ms, point_id",
);
const PURGE: Sql = Sql::coordinator(
    "DELETE FROM sampling_load WHERE span_min = $1 AND start_ms IN
         (SELECT start_ms FROM sampling_load WHERE span_min = $1 AND start_ms < $2 ORDER BY start_ms LIMIT $3)",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[READ, PURGE];
/// Its insert of many rows; the table is the coordinator's.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("", ADD)];

/// Adds what samples counted. Who else counts at the same points waits until this transaction is over: after people, before
/// numbers, and in the order of the rows.
pub(super) async fn add(tx: &Tx, counts: &Counts) -> Result<()> {
    let rows: Vec<[i64; 5]> = counts
        .rows()
        .map(|((span, start_ms, point), (people, tubes))| [span, start_ms, i64::from(point.0), people, tubes])
        .collect();
    let values: Vec<Parameter<'_>> = rows.iter().flatten().map(|value| value as Parameter<'_>).collect();
    tx.insert(&ADD, &values).await.map(drop)
}

/// The verb `sampling_point_loads`.
pub(super) async fn read(tx: &Tx, now: Timestamp) -> Result<BTreeMap<SamplingPointId, PointLoad>> {
    let mut counts = Vec::new();
    for row in tx.rows(&READ, &[&MINUTE, &recent_after(now), &DAY, &day_start(now)]).await? {
        let point = SamplingPointId(narrow(at(&row, 1)?, "a sampling point")?);
        counts.push((at(&row, 0)?, point, at(&row, 2)?, at(&row, 3)?));
    }
    Ok(loads(counts))
}

/// Removes the counts of minutes that are long past.
pub(super) async fn purge(tx: &Tx, now: Timestamp) -> Result<u64> {
    tx.execute(&PURGE, &[&MINUTE, &purged_before(now), &PURGED_AT_ONCE]).await
}
