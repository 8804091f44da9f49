-- The audit log: rows are only ever appended.

CREATE TABLE audit (
    audit_id   INTEGER NOT NULL PRIMARY KEY,
    at_ms      INTEGER NOT NULL,
    staff_id   INTEGER,
    action     TEXT    NOT NULL,
    subject_id INTEGER,
    purpose    TEXT
) STRICT;
