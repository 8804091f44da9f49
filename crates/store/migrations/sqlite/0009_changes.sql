-- The feed of changed people that registries follow, and the outcomes of idempotent requests.

CREATE TABLE change (
    seq       INTEGER NOT NULL PRIMARY KEY,
    person_id INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency (
    key     BLOB    NOT NULL PRIMARY KEY,
    request BLOB    NOT NULL,
    verb    TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    at_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
