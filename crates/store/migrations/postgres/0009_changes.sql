-- The feed of changed people that registries follow, on the coordinator of a cluster beside the sequence that numbers
-- it (why that is sound: src/postgres/change.rs), and the outcomes of idempotent requests.

CREATE TABLE change (
    seq       BIGINT NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL,
    at_ms     BIGINT NOT NULL
);

CREATE TABLE idempotency (
    key     BYTEA  NOT NULL PRIMARY KEY,
    request BYTEA  NOT NULL,
    verb    TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    at_ms   BIGINT NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_distributed_table('idempotency', 'key', colocate_with => 'none');
    END IF;
END
$$;
