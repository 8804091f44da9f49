-- Sampling: points, tubes and who is in them, boxes, the lab's results of tubes, and what has to be looked after.
-- Kept twice: by tube, and a copy by person (sample). A tube's row is made by whoever tells first of it, the table, the
-- box or the lab, so columns of the others are null until they are told.

CREATE TABLE sampling_point (
    point_id   INTEGER NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    kind       INTEGER NOT NULL, -- 0 fixed, 1 mobile, 2 door to door
    area       INTEGER NOT NULL, -- code of a community (12 digits) or street (9 digits)
    address    TEXT    NOT NULL,
    opens_ms   INTEGER,
    closes_ms  INTEGER,
    closed_ms  INTEGER,          -- no longer used since
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE tube (
    barcode            TEXT    NOT NULL PRIMARY KEY,
    size               INTEGER,          -- people it is made for; null: the table has not told of it
    household          INTEGER,          -- 1: for the people of one household only
    household_id       INTEGER,          -- the first household known in it
    campaign           INTEGER,
    point_id           INTEGER,
    staff_id           INTEGER,
    device             BLOB,             -- which device opened it
    opened_ms          INTEGER,
    sealed_ms          INTEGER,
    sealed_by          INTEGER,
    people             INTEGER NOT NULL, -- different people with a live sample
    flags              INTEGER NOT NULL, -- bits: kinds of problem that are open for it
    box                TEXT,             -- last box it was packed into
    packed_ms          INTEGER,
    received_ms        INTEGER,
    received_by        INTEGER,
    result_version     INTEGER NOT NULL, -- 0: no result yet
    outcome            INTEGER,
    result_received_ms INTEGER           -- when the lab had it, as the result says
) STRICT, WITHOUT ROWID;

CREATE INDEX tube_unpacked ON tube (opened_ms, barcode) WHERE packed_ms IS NULL AND received_ms IS NULL;
CREATE INDEX tube_in_transit ON tube (packed_ms, barcode) WHERE packed_ms IS NOT NULL AND received_ms IS NULL;
CREATE INDEX tube_without_result ON tube (received_ms, barcode) WHERE received_ms IS NOT NULL AND result_version = 0;
CREATE INDEX tube_received_unsent ON tube (received_ms, barcode) WHERE received_ms IS NOT NULL AND packed_ms IS NULL;

CREATE TABLE tube_sample (
    barcode    TEXT    NOT NULL,
    sample_id  BLOB    NOT NULL, -- made on the device
    person_id  INTEGER NOT NULL,
    sampled_ms INTEGER NOT NULL,
    source     INTEGER NOT NULL, -- 0 code, 1 paper, 2 ID card scanned, 3 typed
    staff_id   INTEGER NOT NULL,
    undone_ms  INTEGER,
    undone_by  INTEGER,
    PRIMARY KEY (barcode, sample_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample (
    person_id  INTEGER NOT NULL,
    sampled_ms INTEGER NOT NULL,
    sample_id  BLOB    NOT NULL,
    barcode    TEXT    NOT NULL,
    size       INTEGER NOT NULL,
    campaign   INTEGER,
    point_id   INTEGER NOT NULL,
    undone_ms  INTEGER,
    PRIMARY KEY (person_id, sampled_ms, sample_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tube_box (
    box         TEXT    NOT NULL PRIMARY KEY,
    point_id    INTEGER,
    packed_ms   INTEGER,         -- null: it came without being sent
    packed_by   INTEGER,
    courier     TEXT,
    handed_ms   INTEGER,
    received_ms INTEGER,
    received_by INTEGER
) STRICT, WITHOUT ROWID;

-- Which tubes were sent in a box, and which came.
CREATE TABLE box_tube (
    box         TEXT NOT NULL,
    barcode     TEXT NOT NULL,
    packed_ms   INTEGER,
    received_ms INTEGER,
    PRIMARY KEY (box, barcode)
) STRICT, WITHOUT ROWID;

-- What labs told of a tube. Rows are only ever added: a correction is a new version.
CREATE TABLE tube_result (
    barcode     TEXT    NOT NULL,
    version     INTEGER NOT NULL, -- from 1
    result_id   BLOB    NOT NULL, -- given by the lab
    outcome     INTEGER NOT NULL,
    method      INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    reported_ms INTEGER NOT NULL,
    institution INTEGER NOT NULL,
    posted_ms   INTEGER NOT NULL,
    staff_id    INTEGER NOT NULL,
    remark      TEXT,
    PRIMARY KEY (barcode, version)
) STRICT, WITHOUT ROWID;

-- People who need a single sample: their pooled tube was positive, or a tube gave no answer.
CREATE TABLE resample_task (
    person_id    INTEGER NOT NULL,
    task_id      BLOB    NOT NULL, -- id of the person's result that it follows from
    barcode      TEXT    NOT NULL,
    campaign     INTEGER,
    sampled_ms   INTEGER NOT NULL, -- a single sample after this does it
    made_ms      INTEGER NOT NULL,
    done_ms      INTEGER,
    community_id INTEGER,
    PRIMARY KEY (person_id, task_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX resample_task_open ON resample_task (made_ms, task_id) WHERE done_ms IS NULL;
CREATE INDEX resample_task_open_by_community ON resample_task (community_id, made_ms, task_id) WHERE done_ms IS NULL;

-- Case files that a positive single test opens; what is in them comes with tracing.
CREATE TABLE case_file (
    person_id INTEGER NOT NULL,
    case_id   BLOB    NOT NULL, -- id of the person's result that opened it
    opened_ms INTEGER NOT NULL,
    barcode   TEXT,             -- null: the result came without a tube
    state     INTEGER NOT NULL, -- 0 open, 1 withdrawn because the result was corrected
    PRIMARY KEY (person_id, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_file_by_time ON case_file (opened_ms, case_id);

-- What is odd about samples and tubes, for somebody to look at. Rows are added and resolved, never removed.
CREATE TABLE sample_problem (
    problem_id  INTEGER NOT NULL PRIMARY KEY,
    at_ms       INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    barcode     TEXT    NOT NULL,
    person_id   INTEGER,
    sample_id   BLOB,
    point_id    INTEGER,
    staff_id    INTEGER,
    resolved_ms INTEGER,
    resolved_by INTEGER,
    remark      TEXT
) STRICT;

CREATE INDEX sample_problem_open ON sample_problem (problem_id) WHERE resolved_ms IS NULL;
CREATE INDEX sample_problem_open_by_tube ON sample_problem (barcode, kind) WHERE resolved_ms IS NULL;

-- The last eight rounds the person has a live sample in: numbers of campaigns, two bytes each, little-endian, ascending.
ALTER TABLE person ADD COLUMN rounds BLOB;

INSERT INTO sequence (name, next) VALUES ('sampling-point', 1), ('sample-problem', 1);
