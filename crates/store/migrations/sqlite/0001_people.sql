-- People, their phones and the slots of their codes.
-- Keyed by person_id (63-bit HMAC prefix) first everywhere; another value that must be unique has a claim table.
-- BLOB columns document, name, phone and profile are sealed (see src/keyring); tags are HMACs.

CREATE TABLE person (
    person_id      INTEGER PRIMARY KEY,
    tag            BLOB    NOT NULL, -- full HMAC of document kind and number
    seq            INTEGER NOT NULL, -- number of the person's latest change
    profile        BLOB    NOT NULL, -- what a code shows: masked name, tail, birth date, sex, kind
    document       BLOB    NOT NULL,
    name           BLOB    NOT NULL,
    phone          BLOB,
    nationality    TEXT    NOT NULL,
    community_id   INTEGER,
    household_id   INTEGER,
    registered_ms  INTEGER NOT NULL,
    latest_results BLOB,             -- projection of test_result: the two latest, newest first
    doses          INTEGER,
    last_dose_day  INTEGER           -- days since 1970-01-01
) STRICT;

CREATE TABLE phone_claim (
    phone_tag BLOB    NOT NULL PRIMARY KEY,
    person_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A slot number comes from one global sequence and is never given out twice. A void slot stays void.
CREATE TABLE slot (
    person_id  INTEGER NOT NULL, -- whose code it is
    slot       INTEGER NOT NULL,
    kind       INTEGER NOT NULL, -- 0 device, 1 relative, 2 paper
    holder_id  INTEGER,          -- who shows it, for a relative
    device_key BLOB,             -- uncompressed P-256 point, for a device
    issued_ms  INTEGER NOT NULL,
    void_ms    INTEGER,
    PRIMARY KEY (person_id, slot)
) STRICT, WITHOUT ROWID;

-- Next free number of each kind of number the application gives out.
CREATE TABLE sequence (
    name TEXT    NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sequence (name, next) VALUES
    ('slot', 0), ('change', 1), ('venue', 1), ('staff', 1), ('audit', 1), ('institution', 1);

-- Single facts about the store: the keyring it belongs to, how far back feeds and check-ins reach.
CREATE TABLE store_fact (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
