-- The feed of changed people that registries follow, on the coordinator of a cluster beside the sequence that numbers
-- it (why that is sound: src/postgres/change.rs), and the outcomes of idempotent requests, there too: a key says nothing
-- of the person, so that a worker away would refuse requests of people of the others.

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
