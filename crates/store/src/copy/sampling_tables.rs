//! The tables of sampling.

use super::table::Kind::{Bytes, Integer, Text};
use super::table::Table;

pub(super) const SAMPLING_POINT: Table = Table::in_chunks(
    "sampling_point",
    1,
    &[
        ("point_id", Integer),
        ("name", Text),
        ("kind", Integer),
        ("area", Integer),
        ("address", Text),
        ("opens_ms", Integer),
        ("closes_ms", Integer),
        ("closed_ms", Integer),
        ("created_ms", Integer),
        ("waiting", Integer),
        ("waiting_at_ms", Integer),
    ],
);

pub(super) const SAMPLING_LOAD: Table = Table::in_chunks(
    "sampling_load",
    3,
    &[
        ("span_min", Integer),
        ("start_ms", Integer),
        ("point_id", Integer),
        ("people", Integer),
        ("tubes", Integer),
    ],
);

pub(super) const TUBE: Table = Table::in_chunks(
    "tube",
    1,
    &[
        ("barcode", Text),
        ("size", Integer),
        ("household", Integer),
        ("household_id", Integer),
        ("campaign", Integer),
        ("point_id", Integer),
        ("staff_id", Integer),
        ("device", Bytes),
        ("opened_ms", Integer),
        ("sealed_ms", Integer),
        ("sealed_by", Integer),
        ("people", Integer),
        ("flags", Integer),
        ("box", Text),
        ("packed_ms", Integer),
        ("received_ms", Integer),
        ("received_by", Integer),
        ("result_version", Integer),
        ("outcome", Integer),
        ("result_received_ms", Integer),
    ],
);

pub(super) const TUBE_SAMPLE: Table = Table::in_chunks(
    "tube_sample",
    2,
    &[
        ("barcode", Text),
        ("sample_id", Bytes),
        ("person_id", Integer),
        ("sampled_ms", Integer),
        ("source", Integer),
        ("staff_id", Integer),
        ("undone_ms", Integer),
        ("undone_by", Integer),
    ],
);

pub(super) const SAMPLE: Table = Table::in_chunks(
    "sample",
    3,
    &[
        ("person_id", Integer),
        ("sampled_ms", Integer),
        ("sample_id", Bytes),
        ("barcode", Text),
        ("size", Integer),
        ("campaign", Integer),
        ("point_id", Integer),
        ("undone_ms", Integer),
    ],
);

pub(super) const TUBE_BOX: Table = Table::in_chunks(
    "tube_box",
    1,
    &[
        ("box", Text),
        ("point_id", Integer),
        ("packed_ms", Integer),
        ("packed_by", Integer),
        ("courier", Text),
        ("handed_ms", Integer),
        ("received_ms", Integer),
        ("received_by", Integer),
    ],
);

pub(super) const BOX_TUBE: Table = Table::in_chunks(
    "box_tube",
    2,
    &[("box", Text), ("barcode", Text), ("packed_ms", Integer), ("received_ms", Integer)],
);

pub(super) const TUBE_RESULT: Table = Table::in_chunks(
    "tube_result",
    2,
    &[
        ("barcode", Text),
        ("version", Integer),
        ("result_id", Bytes),
        ("outcome", Integer),
        ("method", Integer),
        ("received_ms", Integer),
        ("reported_ms", Integer),
        ("institution", Integer),
        ("posted_ms", Integer),
        ("staff_id", Integer),
        ("remark", Text),
    ],
);

pub(super) const RESAMPLE_TASK: Table = Table::in_chunks(
    "resample_task",
    2,
    &[
        ("person_id", Integer),
        ("task_id", Bytes),
        ("barcode", Text),
        ("campaign", Integer),
        ("sampled_ms", Integer),
        ("made_ms", Integer),
        ("done_ms", Integer),
        ("community_id", Integer),
    ],
);

pub(super) const CASE_FILE: Table = Table::in_chunks(
    "case_file",
    2,
    &[
        ("person_id", Integer),
        ("case_id", Bytes),
        ("opened_ms", Integer),
        ("barcode", Text),
        ("state", Integer),
    ],
);

pub(super) const SAMPLE_PROBLEM: Table = Table::in_chunks(
    "sample_problem",
    1,
    &[
        ("problem_id", Integer),
        ("at_ms", Integer),
        ("kind", Integer),
        ("barcode", Text),
        ("person_id", Integer),
        ("sample_id", Bytes),
        ("point_id", Integer),
        ("staff_id", Integer),
        ("resolved_ms", Integer),
        ("resolved_by", Integer),
        ("remark", Text),
    ],
);
