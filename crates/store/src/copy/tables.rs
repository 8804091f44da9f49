//! All tables of a city. A test compares the list with what the migrations make.

use super::sampling_tables::{
    BOX_TUBE, CASE_FILE, RESAMPLE_TASK, SAMPLE, SAMPLE_PROBLEM, SAMPLING_LOAD, SAMPLING_POINT, TUBE,
    TUBE_BOX, TUBE_RESULT, TUBE_SAMPLE,
};
use super::table::Kind::{Boolean, Bytes, Integer, Real, Small, Text};
use super::table::Table;

/// The tables, in the order in which they are copied.
pub(super) const TABLES: &[Table] = &[
    PERSON,
    Table::in_chunks("phone_claim", 1, &[("phone_tag", Bytes), ("person_id", Integer)]),
    SLOT,
    RELATIVE,
    Table::in_chunks(
        "relative_holder",
        2,
        &[("person_id", Integer), ("holder_id", Integer), ("relation", Integer)],
    ),
    TEST_RESULT,
    REASON,
    Table::in_chunks("institution", 1, &[("name", Text), ("number", Integer)]),
    COMMUNITY,
    VENUE,
    VENUE_CHECK_IN,
    PERSON_CHECK_IN,
    SAMPLING_POINT,
    SAMPLING_LOAD,
    TUBE,
    TUBE_SAMPLE,
    SAMPLE,
    TUBE_BOX,
    BOX_TUBE,
    TUBE_RESULT,
    RESAMPLE_TASK,
    CASE_FILE,
    SAMPLE_PROBLEM,
    STAFF,
    Table::in_chunks("staff_change", 1, &[("change", Integer), ("session_id", Bytes), ("until_ms", Integer)]),
    Table::in_chunks("staff_name", 1, &[("name", Text), ("staff_id", Integer)]),
    ONE_TIME_PASSWORD,
    AUDIT,
    Table::in_chunks("change", 1, &[("seq", Integer), ("person_id", Integer), ("at_ms", Integer)]),
    CAMPAIGN,
    CAMPAIGN_REFINEMENT,
    Table::in_chunks(
        "campaign_given",
        2,
        &[("person_id", Integer), ("campaign", Integer), ("since_ms", Integer), ("undone_ms", Integer)],
    ),
    DECLARATION,
    IDEMPOTENCY,
    Table::at_once("sequence", 1, &[("name", Text), ("next", Integer)]),
    STORE_FACT,
    ROOM,
    OPERATIONS,
    Table::at_once("lease", 1, &[("name", Text), ("holder", Text), ("until_ms", Integer)]),
];

const PERSON: Table = Table::in_chunks(
    "person",
    1,
    &[
        ("person_id", Integer),
        ("tag", Bytes),
        ("seq", Integer),
        ("profile", Bytes),
        ("document", Bytes),
        ("name", Bytes),
        ("phone", Bytes),
        ("nationality", Text),
        ("community_id", Integer),
        ("household_id", Integer),
        ("registered_ms", Integer),
        ("latest_results", Bytes),
        ("doses", Integer),
        ("last_dose_day", Small),
        ("rounds", Bytes),
    ],
);

const SLOT: Table = Table::in_chunks(
    "slot",
    2,
    &[
        ("person_id", Integer),
        ("slot", Integer),
        ("kind", Integer),
        ("holder_id", Integer),
        ("device_key", Bytes),
        ("issued_ms", Integer),
        ("void_ms", Integer),
    ],
);

const RELATIVE: Table = Table::in_chunks(
    "relative",
    2,
    &[
        ("person_id", Integer),
        ("relative_id", Integer),
        ("relation", Integer),
        ("slot", Integer),
        ("added_ms", Integer),
    ],
);

const TEST_RESULT: Table = Table::in_chunks(
    "test_result",
    3,
    &[
        ("person_id", Integer),
        ("sampled_ms", Integer),
        ("result_id", Bytes),
        ("received_ms", Integer),
        ("reported_ms", Integer),
        ("outcome", Integer),
        ("tube", Integer),
        ("method", Integer),
        ("institution", Integer),
        ("former_outcome", Integer),
        ("corrected_ms", Integer),
    ],
);

const REASON: Table = Table::in_chunks(
    "reason",
    3,
    &[
        ("person_id", Integer),
        ("code", Integer),
        ("since_ms", Integer),
        ("until_ms", Integer),
        ("released_ms", Integer),
    ],
);

const COMMUNITY: Table = Table::in_chunks(
    "community",
    1,
    &[
        ("community_id", Integer),
        ("code", Integer),
        ("name", Text),
        ("street", Integer),
        ("street_name", Text),
        ("district", Integer),
        ("district_name", Text),
        ("group_count", Integer),
    ],
);

const VENUE: Table = Table::in_chunks(
    "venue",
    1,
    &[
        ("venue_id", Integer),
        ("name", Text),
        ("venue_type", Text),
        ("district_code", Integer),
        ("created_ms", Integer),
    ],
);

const VENUE_CHECK_IN: Table = Table::by_day(
    "venue_check_in",
    3,
    &[
        ("venue_id", Integer),
        ("day", Small),
        ("check_in_id", Bytes),
        ("at_ms", Integer),
        ("person_id", Integer),
        ("outcome", Integer),
        ("staff_id", Integer),
    ],
);

const PERSON_CHECK_IN: Table = Table::by_day(
    "person_check_in",
    4,
    &[
        ("person_id", Integer),
        ("day", Small),
        ("at_ms", Integer),
        ("check_in_id", Bytes),
        ("venue_id", Integer),
        ("outcome", Integer),
    ],
);

const STAFF: Table = Table::in_chunks(
    "staff",
    1,
    &[
        ("staff_id", Integer),
        ("name", Text),
        ("role", Text),
        ("password_hash", Text),
        ("totp_secret", Bytes),
        ("totp_step", Integer),
        ("venue_id", Integer),
        ("disabled_ms", Integer),
        ("created_ms", Integer),
    ],
);

const ONE_TIME_PASSWORD: Table = Table::in_chunks(
    "one_time_password",
    1,
    &[
        ("phone_tag", Bytes),
        ("code_hash", Bytes),
        ("used", Boolean),
        ("used_by", Bytes),
        ("expires_ms", Integer),
        ("tries_left", Integer),
        ("sent_ms", Integer),
        ("hour_ms", Integer),
        ("hour_count", Integer),
    ],
);

const AUDIT: Table = Table::in_chunks(
    "audit",
    1,
    &[
        ("audit_id", Integer),
        ("at_ms", Integer),
        ("staff_id", Integer),
        ("action", Text),
        ("subject_id", Integer),
        ("purpose", Text),
    ],
);

const CAMPAIGN: Table = Table::in_chunks(
    "campaign",
    1,
    &[
        ("number", Integer),
        ("id", Text),
        ("document", Text),
        ("state", Integer),
        ("version", Integer),
        ("drafted_by", Integer),
        ("drafted_ms", Integer),
        ("approved_by", Integer),
        ("approved_ms", Integer),
        ("started_by", Integer),
        ("started_ms", Integer),
        ("asked_by", Integer),
        ("asked_ms", Integer),
        ("counts", Text),
        ("most_given", Integer),
        ("closing_by", Integer),
        ("closing_ms", Integer),
        ("closed_by", Integer),
        ("closed_ms", Integer),
        ("reversed_by", Integer),
        ("reversed_ms", Integer),
        ("withdrawn_by", Integer),
        ("withdrawn_ms", Integer),
        ("given", Integer),
        ("undone", Integer),
    ],
);

const CAMPAIGN_REFINEMENT: Table = Table::in_chunks(
    "campaign_refinement",
    2,
    &[
        ("number", Integer),
        ("refinement_no", Integer),
        ("scope", Text),
        ("windows", Text),
        ("refined_by", Integer),
        ("refined_ms", Integer),
    ],
);

const DECLARATION: Table = Table::in_chunks(
    "declaration",
    2,
    &[
        ("person_id", Integer),
        ("declaration_id", Bytes),
        ("campaign", Integer),
        ("kind", Integer),
        ("sampled_ms", Integer),
        ("evidence_kind", Integer),
        ("evidence", Bytes),
        ("community_id", Integer),
        ("declared_by", Integer),
        ("declared_ms", Integer),
        ("review", Integer),
        ("reviewed_by", Integer),
        ("reviewed_ms", Integer),
        ("remark", Text),
    ],
);

const IDEMPOTENCY: Table = Table::in_chunks(
    "idempotency",
    1,
    &[("key", Bytes), ("request", Bytes), ("verb", Text), ("outcome", Text), ("at_ms", Integer)],
);

/// What nodes agree on, and the note of the copy, belong to the target only.
const STORE_FACT: Table = Table {
    only: Some("name NOT LIKE 'agreed-%' AND name <> 'copy'"),
    ..Table::at_once("store_fact", 1, &[("name", Text), ("value", Bytes)])
};

const ROOM: Table = Table::at_once(
    "room",
    1,
    &[("room_id", Integer), ("issued", Integer), ("serving", Integer), ("capacity_per_s", Real)],
);

const OPERATIONS: Table = Table::at_once(
    "operations",
    1,
    &[
        ("operations_id", Integer),
        ("version", Integer),
        ("settings", Text),
        ("switches", Text),
        ("notice_zh", Text),
        ("notice_en", Text),
        ("notice_level", Text),
        ("notice_ms", Integer),
        ("changed_by", Integer),
        ("changed_ms", Integer),
    ],
);
