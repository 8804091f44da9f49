//! All statements of the adapter, in one table: prepared when the store is opened, so that one that the database can't run
//! is found then and not at night; and held to the rules by the tests.

use futures_util::future::{try_join, try_join_all};

use super::connection::Connection;
use super::error::store_error;
use super::sql::{Sql, Values};
use super::{
    agreement, audit, bulk, campaign, campaign_given, case_file, change, check_in, check_in_day, clock,
    community, declaration, idempotency, institution, lease, one_time_password, operations, overdue_tube,
    person, person_file, reason, register_many, relative, resample_task, result, room, sample, sample_people,
    sample_problem, sample_undo, sampling_load, sampling_point, sequence, slot, staff, staff_change, state,
    tube, tube_box, tube_result, vaccination, venue,
};
use crate::error::Result;

/// Statements by file.
pub(super) const ALL: &[(&str, &[Sql])] = &[
    ("agreement", agreement::ALL),
    ("audit", audit::ALL),
    ("bulk", bulk::ALL),
    ("campaign", campaign::ALL),
    ("campaign_given", campaign_given::ALL),
    ("case_file", case_file::ALL),
    ("change", change::ALL),
    ("check_in", check_in::ALL),
    ("check_in_day", check_in_day::ALL),
    ("clock", clock::ALL),
    ("community", community::ALL),
    ("declaration", declaration::ALL),
    ("idempotency", idempotency::ALL),
    ("institution", institution::ALL),
    ("lease", lease::ALL),
    ("one_time_password", one_time_password::ALL),
    ("operations", operations::ALL),
    ("overdue_tube", overdue_tube::ALL),
    ("person", person::ALL),
    ("person_file", person_file::ALL),
    ("reason", reason::ALL),
    ("register_many", register_many::ALL),
    ("relative", relative::ALL),
    ("resample_task", resample_task::ALL),
    ("result", result::ALL),
    ("room", room::ALL),
    ("sample", sample::ALL),
    ("sample_people", sample_people::ALL),
    ("sample_problem", sample_problem::ALL),
    ("sample_undo", sample_undo::ALL),
    ("sampling_load", sampling_load::ALL),
    ("sampling_point", sampling_point::ALL),
    ("sequence", sequence::ALL),
    ("slot", slot::ALL),
    ("staff", staff::ALL),
    ("staff_change", staff_change::ALL),
    ("state", state::ALL),
    ("tube", tube::ALL),
    ("tube_box", tube_box::ALL),
    ("tube_result", tube_result::ALL),
    ("vaccination", vaccination::ALL),
    ("venue", venue::ALL),
];

/// Inserts of many rows, each with the key of its table.
pub(super) const ALL_VALUES: [&[(&str, Values)]; 10] = [
    campaign_given::ALL_VALUES,
    check_in::ALL_VALUES,
    reason::ALL_VALUES,
    register_many::ALL_VALUES,
    result::ALL_VALUES,
    sample::ALL_VALUES,
    sampling_load::ALL_VALUES,
    tube::ALL_VALUES,
    tube_box::ALL_VALUES,
    tube_result::ALL_VALUES,
];

/// Prepares every statement.
pub(super) async fn prepare_all(connection: &Connection) -> Result<()> {
    let texts =
        ALL.iter().flat_map(|(_, statements)| statements.iter()).map(|sql| connection.prepare(sql.text));
    let values = ALL_VALUES.iter().copied().flatten().map(|(_, values)| connection.prepare_rows(values, 1));
    let prepared = try_join(try_join_all(texts), try_join_all(values)).await;
    prepared.map(drop).map_err(|error| store_error(&error))
}
