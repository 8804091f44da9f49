-- Sampling: points, tubes and who is in them, boxes, the lab's results of tubes, and what has to be looked after.
-- Kept twice: by tube, and a copy by person (sample); the two are never joined. A tube's row is made by whoever tells first
-- of it, the table, the box or the lab, so columns of the others are null until they are told. Barcodes are ordered by
-- their bytes.

CREATE TABLE sampling_point (
    point_id   BIGINT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    kind       BIGINT NOT NULL, -- 0 fixed, 1 mobile, 2 door to door
    area       BIGINT NOT NULL, -- code of a community (12 digits) or street (9 digits)
    address    TEXT NOT NULL,
    opens_ms   BIGINT,
    closes_ms  BIGINT,
    closed_ms  BIGINT, -- no longer used since
    created_ms BIGINT NOT NULL
);

CREATE TABLE tube (
    barcode            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    size               BIGINT, -- people it is made for; null: the table has not told of it
    household          BIGINT, -- 1: for the people of one household only
    household_id       BIGINT, -- the first household known in it
    campaign           BIGINT,
    point_id           BIGINT,
    staff_id           BIGINT,
    device             BYTEA, -- which device opened it
    opened_ms          BIGINT,
    sealed_ms          BIGINT,
    sealed_by          BIGINT,
    people             BIGINT NOT NULL, -- different people with a live sample
    flags              BIGINT NOT NULL, -- bits: kinds of problem that are open for it
    box                TEXT COLLATE "C", -- last box it was packed into
    packed_ms          BIGINT,
    received_ms        BIGINT,
    received_by        BIGINT,
    result_version     BIGINT NOT NULL, -- 0: no result yet
    outcome            BIGINT,
    result_received_ms BIGINT -- when the lab had it, as the result says
);

CREATE INDEX tube_unpacked ON tube (opened_ms, barcode) WHERE packed_ms IS NULL AND received_ms IS NULL;
CREATE INDEX tube_in_transit ON tube (packed_ms, barcode) WHERE packed_ms IS NOT NULL AND received_ms IS NULL;
CREATE INDEX tube_without_result ON tube (received_ms, barcode) WHERE received_ms IS NOT NULL AND result_version = 0;
CREATE INDEX tube_received_unsent ON tube (received_ms, barcode) WHERE received_ms IS NOT NULL AND packed_ms IS NULL;

CREATE TABLE tube_sample (
    barcode    TEXT COLLATE "C" NOT NULL,
    sample_id  BYTEA NOT NULL, -- made on the device
    person_id  BIGINT NOT NULL,
    sampled_ms BIGINT NOT NULL,
    source     BIGINT NOT NULL, -- 0 code, 1 paper, 2 ID card scanned, 3 typed
    staff_id   BIGINT NOT NULL,
    undone_ms  BIGINT,
    undone_by  BIGINT,
    PRIMARY KEY (barcode, sample_id)
);

CREATE TABLE sample (
    person_id  BIGINT NOT NULL,
    sampled_ms BIGINT NOT NULL,
    sample_id  BYTEA NOT NULL,
    barcode    TEXT COLLATE "C" NOT NULL,
    size       BIGINT NOT NULL,
    campaign   BIGINT,
    point_id   BIGINT NOT NULL,
    undone_ms  BIGINT,
    PRIMARY KEY (person_id, sampled_ms, sample_id)
);

CREATE TABLE tube_box (
    box         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    point_id    BIGINT,
    packed_ms   BIGINT, -- null: it came without being sent
    packed_by   BIGINT,
    courier     TEXT,
    handed_ms   BIGINT,
    received_ms BIGINT,
    received_by BIGINT 
);

-- Which tubes were sent in a box, and which came.
CREATE TABLE box_tube (
    box         TEXT COLLATE "C" NOT NULL,
    barcode     TEXT COLLATE "C" NOT NULL,
    packed_ms   BIGINT,
    received_ms BIGINT,
    PRIMARY KEY (box, barcode)
);

-- What labs told of a tube. Rows are only ever added: a correction is a new version.
CREATE TABLE tube_result (
    barcode     TEXT COLLATE "C" NOT NULL,
    version     BIGINT NOT NULL, -- from 1
    result_id   BYTEA NOT NULL, -- given by the lab
    outcome     BIGINT NOT NULL,
    method      BIGINT NOT NULL,
    received_ms BIGINT NOT NULL,
    reported_ms BIGINT NOT NULL,
    institution BIGINT NOT NULL,
    posted_ms   BIGINT NOT NULL,
    staff_id    BIGINT NOT NULL,
    remark      TEXT,
    PRIMARY KEY (barcode, version)
);

-- People who need a single sample: their pooled tube was positive, or a tube gave no answer.
CREATE TABLE resample_task (
    person_id    BIGINT NOT NULL,
    task_id      BYTEA NOT NULL, -- id of the person's result that it follows from
    barcode      TEXT COLLATE "C" NOT NULL,
    campaign     BIGINT,
    sampled_ms   BIGINT NOT NULL, -- a single sample after this does it
    made_ms      BIGINT NOT NULL,
    done_ms      BIGINT,
    community_id BIGINT,
    PRIMARY KEY (person_id, task_id)
);

CREATE INDEX resample_task_open ON resample_task (made_ms, task_id) WHERE done_ms IS NULL;
CREATE INDEX resample_task_open_by_community ON resample_task (community_id, made_ms, task_id) WHERE done_ms IS NULL;

-- Case files that a positive single test opens; what is in them comes with tracing.
CREATE TABLE case_file (
    person_id BIGINT NOT NULL,
    case_id   BYTEA NOT NULL, -- id of the person's result that opened it
    opened_ms BIGINT NOT NULL,
    barcode   TEXT COLLATE "C", -- null: the result came without a tube
    state     BIGINT NOT NULL, -- 0 open, 1 withdrawn because the result was corrected
    PRIMARY KEY (person_id, case_id)
);

CREATE INDEX case_file_by_time ON case_file (opened_ms, case_id);

-- What is odd about samples and tubes, for somebody to look at. Rows are added and resolved, never removed.
CREATE TABLE sample_problem (
    problem_id  BIGINT NOT NULL PRIMARY KEY,
    at_ms       BIGINT NOT NULL,
    kind        BIGINT NOT NULL,
    barcode     TEXT COLLATE "C" NOT NULL,
    person_id   BIGINT,
    sample_id   BYTEA,
    point_id    BIGINT,
    staff_id    BIGINT,
    resolved_ms BIGINT,
    resolved_by BIGINT,
    remark      TEXT
);

CREATE INDEX sample_problem_open ON sample_problem (problem_id) WHERE resolved_ms IS NULL;
CREATE INDEX sample_problem_open_by_tube ON sample_problem (barcode, kind) WHERE resolved_ms IS NULL;

-- The last eight rounds the person has a live sample in: numbers of campaigns, two bytes each, little-endian, ascending.
ALTER TABLE person ADD COLUMN rounds BYTEA;

INSERT INTO sequence (name, next) VALUES ('sampling-point', 1), ('sample-problem', 1);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_reference_table('sampling_point');
        PERFORM create_distributed_table('tube', 'barcode', colocate_with => 'none');
        PERFORM create_distributed_table('tube_sample', 'barcode', colocate_with => 'tube');
        PERFORM create_distributed_table('tube_result', 'barcode', colocate_with => 'tube');
        PERFORM create_distributed_table('sample', 'person_id', colocate_with => 'person');
        PERFORM create_distributed_table('resample_task', 'person_id', colocate_with => 'person');
        PERFORM create_distributed_table('case_file', 'person_id', colocate_with => 'person');
        PERFORM create_distributed_table('tube_box', 'box', colocate_with => 'none');
        PERFORM create_distributed_table('box_tube', 'box', colocate_with => 'tube_box');
    END IF;
END
$$;
