-- People, their phones and the slots of their codes.
-- Keyed by person_id (63-bit HMAC prefix) first everywhere; another value that must be unique has a claim table.
-- BYTEA columns document, name, phone and profile are sealed (see src/keyring); tags are HMACs.
-- On Citus: tables of a person lie together, by person_id; a claim table by its value. What is not distributed
-- (sequence, store_fact, and in later files change, audit, room, operations, staff, one-time passwords, idempotency)
-- stays on the coordinator: each is one row, one log or small, all nodes share it, and it needs no worker to be up.
-- sequence is made known to the cluster: else a transaction with one worker would commit there first and on the
-- coordinator a moment later, and a coordinator that ends in between would give the same numbers out again.

CREATE TABLE person (
    person_id      BIGINT  NOT NULL PRIMARY KEY,
    tag            BYTEA   NOT NULL, -- full HMAC of document kind and number
    seq            BIGINT  NOT NULL, -- number of the person's latest change
    profile        BYTEA   NOT NULL, -- what a code shows: masked name, tail, birth date, sex, kind
    document       BYTEA   NOT NULL,
    name           BYTEA   NOT NULL,
    phone          BYTEA,
    nationality    TEXT    NOT NULL,
    community_id   BIGINT,
    household_id   BIGINT,
    registered_ms  BIGINT  NOT NULL,
    latest_results BYTEA,            -- projection of test_result: the two latest, newest first
    doses          BIGINT,
    last_dose_day  INTEGER           -- days since 1970-01-01
);

CREATE TABLE phone_claim (
    phone_tag BYTEA  NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL
);

-- A slot number comes from one global sequence and is never given out twice. A void slot stays void.
CREATE TABLE slot (
    person_id  BIGINT NOT NULL, -- whose code it is
    slot       BIGINT NOT NULL,
    kind       BIGINT NOT NULL, -- 0 device, 1 relative, 2 paper
    holder_id  BIGINT,          -- who shows it, for a relative
    device_key BYTEA,           -- uncompressed P-256 point, for a device
    issued_ms  BIGINT NOT NULL,
    void_ms    BIGINT,
    PRIMARY KEY (person_id, slot)
);

-- Next free number of each kind of number the application gives out.
CREATE TABLE sequence (
    name TEXT   NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);

INSERT INTO sequence (name, next) VALUES
    ('slot', 0), ('change', 1), ('venue', 1), ('staff', 1), ('audit', 1), ('institution', 1);

-- Single facts about the store: the keyring it belongs to, how far back feeds and check-ins reach.
CREATE TABLE store_fact (
    name  TEXT  NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
        PERFORM create_distributed_table('person', 'person_id', colocate_with => 'none');
        PERFORM create_distributed_table('slot', 'person_id', colocate_with => 'person');
        PERFORM create_distributed_table('phone_claim', 'phone_tag', colocate_with => 'none');
        PERFORM citus_add_local_table_to_metadata('sequence');
    END IF;
END
$$;
