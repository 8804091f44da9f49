-- Test results, the reasons of colours, and the names of testing institutions.

-- (person_id, result_id) is unique too: the verb looks before it inserts, under the person's lock.
CREATE TABLE test_result (
    person_id   INTEGER NOT NULL,
    sampled_ms  INTEGER NOT NULL,
    result_id   BLOB    NOT NULL,
    received_ms INTEGER NOT NULL,
    reported_ms INTEGER NOT NULL,
    outcome     INTEGER NOT NULL,
    tube        INTEGER NOT NULL,
    method      INTEGER NOT NULL,
    institution INTEGER NOT NULL,
    PRIMARY KEY (person_id, sampled_ms, result_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reason (
    person_id   INTEGER NOT NULL,
    code        INTEGER NOT NULL,
    since_ms    INTEGER NOT NULL,
    until_ms    INTEGER,
    released_ms INTEGER,
    PRIMARY KEY (person_id, code, since_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE institution (
    name   TEXT    NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
