-- The audit log: rows are only ever appended. On the coordinator of a cluster.

CREATE TABLE audit (
    audit_id   BIGINT NOT NULL PRIMARY KEY,
    at_ms      BIGINT NOT NULL,
    staff_id   BIGINT,
    action     TEXT   NOT NULL,
    subject_id BIGINT,
    purpose    TEXT
);
