-- Test results, the reasons of colours, and the names of testing institutions.

-- (person_id, result_id) is unique too: the verb looks before it inserts, under the person's lock.
CREATE TABLE test_result (
    person_id   BIGINT NOT NULL,
    sampled_ms  BIGINT NOT NULL,
    result_id   BYTEA  NOT NULL,
    received_ms BIGINT NOT NULL,
    reported_ms BIGINT NOT NULL,
    outcome     BIGINT NOT NULL,
    tube        BIGINT NOT NULL,
    method      BIGINT NOT NULL,
    institution BIGINT NOT NULL,
    PRIMARY KEY (person_id, sampled_ms, result_id)
);

CREATE TABLE reason (
    person_id   BIGINT NOT NULL,
    code        BIGINT NOT NULL,
    since_ms    BIGINT NOT NULL,
    until_ms    BIGINT,
    released_ms BIGINT,
    PRIMARY KEY (person_id, code, since_ms)
);

CREATE TABLE institution (
    name   TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_distributed_table('test_result', 'person_id', colocate_with => 'person');
        PERFORM create_distributed_table('reason', 'person_id', colocate_with => 'person');
        PERFORM create_reference_table('institution');
    END IF;
END
$$;
